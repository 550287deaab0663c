# SPDX-License-Identifier: BSD-2-Clause
"""QEMU arguments that start gangway.efi as what others take it for: a Linux or
a Multiboot kernel, with at most one file as its initrd or module."""
import re

import doors
import esp
import grub
import netboot
import syslinux

CODE32_START = 0x100000  # as the setup header has it


def direct(*more):
    def args(_, kernel, initrd, words):
        return ["-kernel", kernel, "-append", words, *more] + (
            ["-initrd", initrd] if initrd else [])
    return args


def by_grub(command, initrd_command):
    def args(folder, kernel, initrd, words):
        disk = folder / "grub.img"
        behind = ["%s /boot/initrd" % initrd_command] if initrd else []
        more = [command] if command.startswith("linux") else []
        grub.make_bios(disk, command, kernel, words, behind=behind, more=more,
                       files={"initrd": initrd} if initrd else {})
        return ["-drive", "if=virtio,format=raw,file=%s"
                % doors.escape(disk)]
    return args


def isolinux(folder, kernel, initrd, words):
    files = dict({"gangway.efi": kernel}, **({"i": initrd} if initrd else {}))
    return syslinux.make_linux(folder, files, "gangway.efi", words,
                               "i" if initrd else None)


def mboot(folder, kernel, initrd, words):
    files = dict({"gangway.efi": kernel}, **({"i": initrd} if initrd else {}))
    return syslinux.make(folder, files, "gangway.efi " + words
                         + (" --- i" if initrd else ""))


def ipxe(folder, kernel, initrd, words):
    files = dict({"gangway.efi": kernel}, **({"i": initrd} if initrd else {}))
    return netboot.bios(folder, files, ["kernel gangway.efi " + words]
                        + (["initrd i"] if initrd else []))


# Way: what gives QEMU's arguments, the machine, the door that it leads to
WAYS = {
    "seabios": (direct(), "pc", "linux"),
    "qboot": (direct("-bios", "qboot.rom"), "pc", "linux"),
    # With ACPI Linux finds no timer there under TCG
    "microvm": (direct(), "microvm,acpi=off,isa-serial=on", "linux"),
    "grub-linux": (by_grub("linux", "initrd"), "pc", "linux"),
    "grub-linux16": (by_grub("linux16", "initrd16"), "pc", "linux"),
    "grub-multiboot": (by_grub("multiboot", "module"), "pc", "multiboot1"),
    "grub-multiboot2": (by_grub("multiboot2", "module2"), "pc",
                        "multiboot2"),
    "isolinux": (isolinux, "pc", "linux"),
    "mboot": (mboot, "pc", "multiboot1"),
    "ipxe": (ipxe, "pc", "multiboot1"),  # which it looks for first
}


def arguments(way, folder, initrd=None, words="", kernel=esp.GANGWAY_EFI):
    """Keywords for machine.run(), and a positional list of arguments."""
    make, machine, _ = WAYS[way]
    return make(folder, kernel, initrd, words), {"machine": machine}


def check_words(line, packed, outer):
    """GRUB and others have words of their own around those."""
    assert re.fullmatch(r"%s (BOOT_IMAGE=\S+ )?%s( initrd=\S+)?"
                        % (packed, outer), line), line
