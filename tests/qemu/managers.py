# SPDX-License-Identifier: BSD-2-Clause
"""Boot managers that users have under UEFI, Debian's own, each set up to start
one application with words, and without a menu: what a disk has to have on it."""
import esp
import grub
from targets import fetched

SECOND = "EFI/BOOT/grubx64.efi"  # what Debian's shim starts


def shim(version):
    return fetched("shim-" + version, "shimx64.efi")


def systemd_boot(version):
    if version == "257":
        return fetched("systemd-257", "systemd-measure").with_name(
            "efi") / "systemd-bootx64.efi"
    return fetched("systemd-boot-" + version, "systemd-bootx64.efi")


def grub_of_debian(version):
    """All modules in one image, as Debian signs it."""
    return fetched("grub-" + version, "grubx64.efi")


def entry(key, path, words, more=""):
    return "title Test\n%s %s\noptions %s\n%s" % (key, path, words, more)


def by_systemd_boot(version, path, words, key="efi", more=""):
    """By an entry of type 1."""
    return {esp.FALLBACK: systemd_boot(version),
            "loader/loader.conf": "timeout 0\ndefault x.conf\n",
            "loader/entries/x.conf": entry(key, path, words, more)}


def by_grub(version, path, words, command="chainloader", more=""):
    config = "%s %s %s\n%sboot\n" % (command, path, words, more)
    return {esp.FALLBACK: grub_of_debian(version),
            "EFI/debian/grub.cfg": config}


REFIND = """timeout -1
textonly
scanfor manual
menuentry "Test" {
    loader %s
    %s
    options "%s"
}
"""


def by_refind(path, words, more=""):
    return {esp.FALLBACK: fetched("refind", "refind_x64.efi"),
            "EFI/BOOT/refind.conf": REFIND % (path, more, words)}


def behind_shim(version, files):
    """What the firmware would have started is a shim's second stage."""
    return {**files, esp.FALLBACK: shim(version),
            SECOND: files[esp.FALLBACK]}
