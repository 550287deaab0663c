# SPDX-License-Identifier: BSD-2-Clause
"""FAT disks that UEFI boots from, and Unified Kernel Images made by objcopy."""
import os
import pathlib
import subprocess

import doors

GANGWAY_EFI = pathlib.Path(os.environ.get("GANGWAY_EFI",
                                          doors.BUILD / "gangway.efi"))
FALLBACK = "EFI/BOOT/BOOTX64.EFI"
FAT16_MOST = 500 << 20
PAGE = 4096
FIRST_SECTION_AT = 0x100000  # behind gangway's own


def run(*command):
    done = subprocess.run([str(word) for word in command],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert not done.returncode, "%s:\n%s" % (command[0], done.stdout.decode())


def make(folder, files):
    """A disk of {path on it: path of a file, or text}; QEMU's arguments."""
    disk = folder / "esp.img"
    tree = folder / "esp"
    used = 0
    for name, content in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, pathlib.Path):
            path.symlink_to(content)
        else:
            data = content if isinstance(content, bytes) else content.encode()
            path.write_bytes(data)
        used += path.stat().st_size
    with open(disk, "wb") as image:
        image.truncate(used + (8 << 20))
    run("mformat", "-i", disk, *(["-F"] if used > FAT16_MOST else []), "::")
    for path in sorted(tree.iterdir()):
        run("mcopy", "-i", disk, "-s", path, "::")
    return ["-bios", doors.OVMF, "-drive",
            "if=virtio,format=raw,file=%s" % doors.escape(disk)]


def uki(target, sections, stub=GANGWAY_EFI):
    """Put {name: path or bytes} into sections of a stub."""
    at, words = FIRST_SECTION_AT, []
    for name, content in sections.items():
        if isinstance(content, bytes):
            path = target.parent / ("section" + name)
            path.write_bytes(content)
            content = path
        words += ["--add-section", "%s=%s" % (name, content),
                  "--change-section-vma", "%s=0x%x" % (name, at)]
        at += -(-content.stat().st_size // PAGE) * PAGE
    run("objcopy", *words, stub, target)
    return target
