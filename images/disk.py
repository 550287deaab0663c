# SPDX-License-Identifier: BSD-2-Clause
"""A disk that BIOS and UEFI boot from: GPT, GRUB in a BIOS boot partition, and
an ESP with the UKI, which UEFI starts by itself and GRUB through gangway.elf."""
import pathlib
import shutil
import struct
import tempfile
import uuid

from steps import MIB, SECTOR, copy, fat, run, size_of

HERE = pathlib.Path(__file__).resolve().parent
PLATFORM = pathlib.Path("/usr/lib/grub/i386-pc")
GRUB_MODULES = ["biosdisk", "part_gpt", "fat", "search", "search_fs_file",
                "multiboot2", "boot", "relocator", "mmap"]
# Partition types of the UEFI and discoverable partitions specifications
BIOS_BOOT = "21686148-6449-6E6F-744E-656564454649"
ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
ROOT = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"
GRUB_AT, ESP_AT = 1 * MIB, 2 * MIB
GPT_ROOM = 1 * MIB  # behind the partitions, for the second table
# FAT32 has 65,525 clusters at least: at two sectors each these are 64 MiB.
ESP_LEAST, CLUSTER = 72 * MIB, 2
# Where GRUB's boot sector and the first sector of its image (boot.S,
# diskboot.S) have the number of the sector that they load
BOOT_NEXT, IMAGE_NEXT = 0x5c, 0x1f4
BOOT_CODE = 440  # up to the MBR's table


def align(value, step=MIB):
    return -(-value // step) * step


def make_esp(image, work, gangway, uki):
    tree = work / "esp"
    copy(uki, tree / "EFI/BOOT/BOOTX64.EFI")
    copy(gangway, tree / "gangway.elf")
    size = max(ESP_LEAST, align(size_of(tree) * 5 // 4))
    fat(image, tree, size, "-F", "-c", CLUSTER, "-v", "ESP")
    return size


def make_grub(image):
    """GRUB with its commands; no menu, no files of its own."""
    run("grub-mkimage", "-O", "i386-pc", "-p", "/", "-c", HERE / "disk.cfg",
        "-o", image, *GRUB_MODULES)
    data = bytearray(image.read_bytes())
    struct.pack_into("<Q", data, IMAGE_NEXT, GRUB_AT // SECTOR + 1)
    boot = bytearray((PLATFORM / "boot.img").read_bytes()[:BOOT_CODE])
    struct.pack_into("<Q", boot, BOOT_NEXT, GRUB_AT // SECTOR)
    return bytes(boot), bytes(data)


def table(name, sizes):
    """For sfdisk: (place, size, type) each, and the same names each time."""
    lines = ["label: gpt", "label-id: %s" % name]
    lines += ["start=%d, size=%d, type=%s, uuid=%s" % (
        at // SECTOR, size // SECTOR, kind, uuid.uuid5(name, kind))
        for at, size, kind in sizes]
    return "\n".join(lines) + "\n"


def make(target, gangway, uki, root, name):
    """root: a file system's image, or None; name: the disk's UUID."""
    with tempfile.TemporaryDirectory(dir=target.parent) as work:
        work = pathlib.Path(work)
        size = make_esp(work / "esp.img", work, gangway, uki)
        boot, grub = make_grub(work / "core.img")
        parts = [(GRUB_AT, MIB, BIOS_BOOT), (ESP_AT, size, ESP)]
        end = ESP_AT + size
        if root:
            parts.append((end, align(root.stat().st_size), ROOT))
            end += parts[-1][1]
        with open(target, "wb") as disk:
            disk.truncate(end + GPT_ROOM)
        run("sfdisk", "--quiet", target, stdin=table(name, parts))
        with open(target, "r+b") as disk:
            disk.write(boot)
            disk.seek(GRUB_AT)
            disk.write(grub)
            for at, image in [(ESP_AT, work / "esp.img"), (ESP_AT + size, root)]:
                disk.seek(at)
                if image:
                    with open(image, "rb") as source:
                        shutil.copyfileobj(source, disk)
