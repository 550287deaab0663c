#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A kernel was installed (/etc/kernel/postinst.d VERSION IMAGE), or its initramfs
# made anew (/etc/initramfs/post-update.d VERSION INITRD).
set -eu
own=/usr/sbin/gangway-kernel
[ -x "$own" ] || exit 0
case ${2:-} in
*initrd*)
	# A kernel's package has its initramfs made first, and calls this next.
	[ -z "${DEB_MAINT_PARAMS:-}" ] || exit 0
	exec "$own" refresh "$1" "${2%/*}/vmlinuz-$1" "$2"
	;;
*) exec "$own" add "$1" ${2:+"$2"} ;;
esac
