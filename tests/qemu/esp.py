# SPDX-License-Identifier: BSD-2-Clause
"""FAT disks that UEFI boots from, and Unified Kernel Images as they are made
by objcopy and by ukify."""
import os
import pathlib
import struct
import subprocess

import doors

GANGWAY_EFI = pathlib.Path(os.environ.get("GANGWAY_EFI",
                                          doors.BUILD / "gangway.efi"))
FALLBACK = "EFI/BOOT/BOOTX64.EFI"
FAT16_MOST = 500 << 20
PAGE = 4096
FIRST_SECTION_AT = 0x100000  # behind gangway's own


def align(value, step):
    return -(-value // step) * step


def output(*command):
    done = subprocess.run([str(word) for word in command],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert not done.returncode, "%s:\n%s" % (command[0], done.stdout.decode())
    return done.stdout.decode()


def run(*command):
    output(*command)


def make(folder, files, room=8 << 20):
    """A disk of {path on it: path of a file, or text}, with so many bytes of
    room; QEMU's arguments."""
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
        image.truncate(used + room)
    run("mformat", "-i", disk, *(["-F"] if used > FAT16_MOST else []), "::")
    for path in sorted(tree.iterdir()):
        run("mcopy", "-i", disk, "-s", path, "::")
    return ["-bios", doors.OVMF, "-drive",
            "if=virtio,format=raw,file=%s" % doors.escape(disk)]


def uki(target, sections, stub=GANGWAY_EFI, places=None):
    """Put {name: path or bytes} into sections of a stub; places: where, as an
    image in memory, if not one behind the other."""
    at, words = FIRST_SECTION_AT, []
    for name, content in sections.items():
        if isinstance(content, bytes):
            path = target.parent / ("section" + name)
            path.write_bytes(content)
            content = path
        place = (places or {}).get(name, at)
        words += ["--add-section", "%s=%s" % (name, content),
                  "--change-section-vma", "%s=0x%x" % (name, place)]
        at += align(content.stat().st_size, PAGE)
    run("objcopy", *words, stub, target)
    return target


def pack(target, kernel, *words):
    """A UKI of gangway.efi by the program, as users make it."""
    run(doors.BUILD / "gangway", "pack", "--stub", GANGWAY_EFI, "-o", target,
        "--kernel", kernel, *words)
    return target


# The order of systemd's ukify: .linux is the last, to have room behind it
UKIFY_ORDER = [".osrel", ".cmdline", ".dtb", ".uname", ".splash", ".initrd",
               ".ucode", ".linux"]
HEAD = 24  # bytes of the PE header before the optional one
ALIGNMENTS, IMAGE_AND_HEADERS_SIZE = 32, 56  # in that
READABLE_DATA = 0x40000040


def size_of_image(name, content):
    """In memory, which ukify gives .linux if it is a PE image."""
    if name != ".linux" or content[:2] != b"MZ":
        return 0
    pe, = struct.unpack_from("<I", content, 0x3c)
    return struct.unpack_from("<I", content,
                              pe + HEAD + IMAGE_AND_HEADERS_SIZE)[0]


def ukify(target, sections, stub=GANGWAY_EFI):
    """The same as ukify does it: each section right behind the image so far,
    in the headers and in the file. A list of pairs keeps its order, and may
    have a name twice, as UKIs with profiles do."""
    data = bytearray(stub.read_bytes())
    pe, = struct.unpack_from("<I", data, 0x3c)
    count, size = (struct.unpack_from("<H", data, pe + at)[0]
                   for at in (6, 20))
    optional = pe + HEAD
    page, block = struct.unpack_from("<II", data, optional + ALIGNMENTS)
    end, room = struct.unpack_from("<II", data, optional + IMAGE_AND_HEADERS_SIZE)
    if isinstance(sections, dict):
        sections = sorted(sections.items(),
                          key=lambda item: UKIFY_ORDER.index(item[0]))
    for name, content in sections:
        if not isinstance(content, bytes):
            content = content.read_bytes()
        length = max(len(content), size_of_image(name, content))
        row, end = optional + size + 40 * count, align(end, page)
        assert row + 40 <= room, "no room in the headers"
        data += bytes(-len(data) % block)
        struct.pack_into("<8sIIII12xI", data, row, name.encode(),
                         length, end, align(len(content), block),
                         len(data), READABLE_DATA)
        data += content + bytes(-len(content) % block)
        end += length
        count += 1
    struct.pack_into("<H", data, pe + 6, count)
    struct.pack_into("<I", data, optional + IMAGE_AND_HEADERS_SIZE,
                     align(end, page))
    target.write_bytes(data)
    return target
