#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A kernel was removed (/etc/kernel/postrm.d VERSION IMAGE).
set -eu
[ -x /usr/sbin/gangway-kernel ] || exit 0
# An upgrade of the same version calls postinst.d next.
case "${DEB_MAINT_PARAMS:-}" in
*upgrade*) exit 0 ;;
esac
exec /usr/sbin/gangway-kernel remove "$1"
