#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A script of grub-mkconfig(8): a submenu in which gangway starts each kernel,
# the bundles that gangway-kernel keeps, and Xen. What the firmware is decides
# when the menu is shown: a BIOS, UEFI, or UEFI with Secure Boot, where GRUB has
# no multiboot2 and bundles on the ESP are what is left.
# shellcheck disable=SC2016
set -e
# shellcheck source=/dev/null
. "${pkgdatadir:-/usr/share/grub}/grub-mkconfig_lib"
files=/usr/lib/gangway
conf=/etc/gangway.conf
own=/usr/sbin/gangway-kernel
[ -r "$files/gangway.elf" ] && [ -r "$files/gangway.efi" ] || exit 0
! grep -q '^[[:blank:]]*grub[[:blank:]]*=[[:blank:]]*no[[:blank:]]*$' "$conf" \
	2>/dev/null || exit 0

os=${GRUB_DISTRIBUTOR:+$GRUB_DISTRIBUTOR }GNU/Linux
root=${GRUB_DEVICE:-}
if [ -n "${GRUB_DEVICE_UUID:-}" ] && [ "${GRUB_DISABLE_LINUX_UUID:-}" != true ]
then
	root=UUID=$GRUB_DEVICE_UUID
fi
words="root=$root ro ${GRUB_CMDLINE_LINUX:-} ${GRUB_CMDLINE_LINUX_DEFAULT:-}"
xen_words="${GRUB_CMDLINE_XEN:-} ${GRUB_CMDLINE_XEN_DEFAULT:-}"

# ---- lines of a menu entry, indented by one tab ---------------------------------
# GRUB's root becomes the file system of this file.
find_device() {
	prepare_grub_to_access_device \
		"$("${grub_probe:-grub-probe}" --target=device "$1")" |
		sed 's/^/\t/'
}

# on COMMAND FILE [WORDS]: find it, and give it to a command of GRUB.
on() {
	find_device "$2"
	path=$(make_system_path_relative_to_its_root "$2" | grub_quote)
	printf "\t%s '%s' %s\n" "$1" "$path" "${3:-}" | tr -s ' ' | sed 's/ $//'
}

# Under UEFI gangway.efi keeps boot services for those who need them.
start_gangway() {
	find_device "$files/gangway.elf"
	path=$(make_system_path_relative_to_its_root "$files")
	cat <<END
	if [ "\$grub_platform" = efi -a "\$grub_cpu" = x86_64 ]; then
		multiboot2 $path/gangway.efi
	else
		multiboot2 $path/gangway.elf
	fi
END
}

start_linux() {
	on module2 "$1" "$words"
	initrd=${1%/*}/initrd.img-${1#*-}
	[ ! -r "$initrd" ] || on 'module2 --nounzip' "$initrd"
}

# entry TITLE ID: a menu entry of the lines that come in.
entry() {
	printf "menuentry '%s' --class gnu-linux --class os %s '%s' {\n" \
		"$(echo "$1" | grub_quote)" '$menuentry_id_option' "$2"
	cat
	echo "}"
}

# only CONDITION: the lines that come in count where it holds. GRUB does not take
# a condition for nothing.
only() {
	lines=$(cat)
	[ -z "$lines" ] || printf 'if [ %s ]; then\n%s\nfi\n' "$1" "$lines"
}

# ---- what is there -----------------------------------------------------------------
newest_first() {
	sort -Vr
}

kernels() {
	for file in /boot/vmlinuz-*; do
		if grub_file_is_not_garbage "$file"; then echo "$file"; fi
	done | newest_first
}

# Those that can be dom0, says their configuration.
dom0_kernels() {
	kernels | while read -r file; do
		if grep -qx CONFIG_XEN_DOM0=y "/boot/config-${file#*-}" 2>/dev/null; then
			echo "$file"
		fi
	done
}

hypervisors() {
	for file in /boot/xen-[0-9]*; do
		case $file in
		*.config | *'*') ;;
		*) if grub_file_is_not_garbage "$file"; then echo "$file"; fi ;;
		esac
	done | newest_first
}

bundles() {
	[ ! -x "$own" ] || "$own" list | newest_first
}

# ---- the entries -------------------------------------------------------------------
linux_entries() {
	kernels | while read -r kernel; do
		version=${kernel#*-}
		echo "Found linux image for gangway: $kernel" >&2
		{
			start_gangway
			start_linux "$kernel"
		} | entry "$os, with Linux $version by gangway" "gangway-$version"
	done | only '"$lockdown" != y'
}

bundle_entries() {
	bundles | while read -r file; do
		echo "Found bundle of gangway: $file" >&2
		name=${file##*/}
		case $name in
		*.efi) on chainloader "$file" ;;
		*.elf) on multiboot2 "$file" ;;
		*) start_gangway && on module2 "$file" ;;
		esac | entry "$name" "$name" |
			case $name in
			*.efi) only '"$grub_platform" = efi' ;;
			*) only '"$lockdown" != y' ;;
			esac
	done
}

# gangway starts Xen, which gets the kernel and its initrd as modules; or Xen
# starts gangway as the kernel of a PVH dom0, with all inside of it.
xen_entries() {
	hypervisors | while read -r xen; do
		echo "Found Xen for gangway: $xen" >&2
		name=Xen-$(basename "${xen#*-}" .gz)
		dom0_kernels | while read -r kernel; do
			version=${kernel#*-}
			{
				start_gangway
				on module2 "$xen" "$xen_words"
				start_linux "$kernel"
			} | entry "$os, with $name and Linux $version by gangway" \
				"gangway-$name-$version"
		done
		bundles | grep -v '\.efi$' | while read -r file; do
			{
				printf '\tinsmod gzio\n' # gangway needs none for Xen
				on multiboot2 "$xen" "dom0=pvh $xen_words"
				case $file in
				*.elf) on module2 "$file" ;;
				*)
					on module2 "$files/gangway.elf"
					on 'module2 --nounzip' "$file"
					;;
				esac
			} | entry "$name, dom0 by gangway: ${file##*/}" \
				"$name-${file##*/}"
		done
	done | only '"$lockdown" != y'
}

menu=$(
	linux_entries
	bundle_entries
	xen_entries
)
case $menu in
*menuentry*)
	echo "submenu 'gangway' \$menuentry_id_option 'gangway' {"
	printf '%s\n' "$menu" | sed 's/^/\t/'
	echo "}"
	;;
esac
