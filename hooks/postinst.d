#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A kernel was installed (/etc/kernel/postinst.d VERSION IMAGE), or its initramfs
# made anew (/etc/initramfs/post-update.d VERSION INITRD).
set -eu
[ -x /usr/sbin/gangway-kernel ] || exit 0
case ${2:-} in
*initrd*) exec /usr/sbin/gangway-kernel add "$1" "/boot/vmlinuz-$1" "$2" ;;
*) exec /usr/sbin/gangway-kernel add "$1" ${2:+"$2"} ;;
esac
