# SPDX-License-Identifier: BSD-2-Clause
"""QEMU arguments that start gangway through each of its doors, with the same
files: a list of (path, words) in the order a loader gives its modules."""
import os
import pathlib
import random
from typing import NamedTuple

import fit
import grub

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("GANGWAY_BUILD", "build")
GANGWAY = pathlib.Path(os.environ.get("GANGWAY", BUILD / "gangway.elf"))
GANGWAY_PVH = pathlib.Path(os.environ.get("GANGWAY_PVH",
                                          BUILD / "gangway-pvh.elf"))
OVMF = "/usr/share/ovmf/OVMF.fd"
GRUB_DOORS = {
    "grub-mb1": ("bios", "multiboot"), "grub-mb2": ("bios", "multiboot2"),
    "efi-mb1": ("efi", "multiboot"), "efi-mb2": ("efi", "multiboot2"),
}


class File(NamedTuple):
    path: pathlib.Path
    words: str = ""


def escape(text):
    """QEMU separates modules by commas and takes two for one."""
    return str(text).replace(",", ",,")


def mb1(files, append=""):
    """QEMU's own Multiboot1 loader."""
    modules = ",".join(
        escape("%s %s" % file if file.words else file.path)
        for file in files)
    args = ["-kernel", GANGWAY, "-append", append]
    return args + (["-initrd", modules] if files else [])


def pvh(bundle, append=""):
    """QEMU's PVH loader, which gives one module at most."""
    args = ["-kernel", GANGWAY_PVH, "-append", append]
    return args + (["-initrd", bundle] if bundle else [])


def pvh_fit(folder, files, append="", **more):
    """The same with a FIT image of a kernel and the other files joined."""
    kernel, *rest = files
    ramdisk = None
    if rest:
        ramdisk = folder / "ramdisk"
        ramdisk.write_bytes(join(path.read_bytes() for path, _ in rest))
    fit.make(folder / "bundle.fit", kernel.path, ramdisk,
             kernel.words or None, **more)
    return pvh(folder / "bundle.fit", append)


def join(parts):
    """What gangway makes of several initrds: each padded to 4 bytes."""
    joined = b""
    for part in parts:
        joined += bytes(-len(joined) % 4) + part
    return joined


def noise(size):
    """Bytes that nothing mistakes for a kernel; the same for each size."""
    return random.Random(size).randbytes(size)


def through_grub(door, folder, files, append="", **more):
    kind, protocol = GRUB_DOORS[door]
    disk = folder / "grub.img"
    grub.MAKERS[kind](disk, protocol, GANGWAY, append, files, **more)
    firmware = ["-bios", OVMF] if kind == "efi" else []
    return firmware + ["-drive",
                       "if=virtio,format=raw,file=%s" % escape(disk)]


def args(door, folder, files, append=""):
    """The arguments for a door by name."""
    files = [File(*file) for file in files]
    if door == "mb1":
        return mb1(files, append)
    if door == "pvh":
        return pvh_fit(folder, files, append)
    return through_grub(door, folder, files, append)
