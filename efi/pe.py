#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""pe.py IN OUT SBAT: make a UEFI application of an ELF64 file.

IN is linked at 0 as efi/efi.lds says, which keeps room for the sections that
are made here. What is relative to where the image lies becomes a base
relocation, so that the firmware, and no code of ours, applies it before it
takes the rights away. The file is laid out as the image in memory, less the
zeroes at its end: what loads it as one piece need not know PE. The same input
gives the same bytes.
"""
import struct
import sys

PAGE = 4096
R_X86_64_RELATIVE = 8
SHF_ALLOC = 2
SHT_NOBITS = 8
CODE, DATA, BSS_DATA = 0x60000020, 0x40000040, 0xC0000040
DISCARDABLE = 0x42000040
NX_COMPAT, APPLICATION, AMD64 = 0x100, 10, 0x8664
TAKES_INITRD = 1  # by LoadFile2: a version of the image, by Linux's custom
RIGHTS = {".text": CODE, ".rodata": DATA, ".sbat": DATA,
          ".reloc": DISCARDABLE, ".data": BSS_DATA}
FIRST = ".setup", ".head"
SYSSIZE_AT = 0x1f4  # of Linux's setup header, in units of 16 bytes
DIRECTORIES, RELOC_DIRECTORY = 16, 5
ROOM_FOR_HEADERS = 2 * PAGE  # what header.S has there; and a UKI's sections
DIR64 = 10


def align(value, step):
    return -(-value // step) * step


class Elf:
    def __init__(self, data):
        self.data = data
        if data[:5] != b"\x7fELF\x02":
            sys.exit("pe.py: not an ELF64 file")
        self.entry, = struct.unpack_from("<Q", data, 24)
        table, = struct.unpack_from("<Q", data, 40)
        size, count, names = struct.unpack_from("<HHH", data, 58)
        rows = [struct.unpack_from("<IIQQQQIIQQ", data, table + i * size)
                for i in range(count)]
        strings = rows[names][4]
        self.sections = {}
        for name, kind, flags, at, offset, length, *_ in rows:
            end = data.index(b"\0", strings + name)
            text = data[strings + name:end].decode()
            if flags & SHF_ALLOC and length:
                content = b"" if kind == SHT_NOBITS else \
                    data[offset:offset + length]
                self.sections[text] = (at, length, content)

    def first_pages(self):
        """What header.S has there, and where it wants PE's headers."""
        first = bytearray(b"".join(self.sections[name][2] for name in FIRST))
        if len(first) != ROOM_FOR_HEADERS:
            sys.exit("pe.py: the first pages have %d bytes" % len(first))
        return first, struct.unpack_from("<I", first, 0x3c)[0]

    def relocations(self):
        """Places that hold an address, with the address."""
        _, length, content = self.sections.get(".rela.dyn", (0, 0, b""))
        for at in range(0, length, 24):
            place, info, addend = struct.unpack_from("<QQq", content, at)
            if info != R_X86_64_RELATIVE:
                sys.exit("pe.py: a relocation of type %d" % (info & 0xffff))
            yield place, addend


def pieces(elf):
    """name: [address, size in memory, content]; .bss is .data's end."""
    out = {}
    for name in RIGHTS:
        if name in elf.sections:
            at, length, content = elf.sections[name]
            out[name] = [at, length, bytearray(content)]
    if ".bss" in elf.sections:
        at, length, _ = elf.sections[".bss"]
        data = out.setdefault(".data", [at, 0, bytearray()])
        data[1] = at + length - data[0]
    allowed = {*FIRST, ".bss", ".rela.dyn", ".dynamic", ".dynsym", ".dynstr",
               ".gnu.hash", ".hash"}
    stray = set(elf.sections) - set(out) - allowed
    if stray:
        sys.exit("pe.py: sections with no place: %s" % sorted(stray))
    return out


def relocate(elf, parts):
    places = []
    for place, addend in elf.relocations():
        for at, _, content in parts.values():
            if at <= place and place + 8 <= at + len(content):
                struct.pack_into("<Q", content, place - at, addend)
                places.append(place)
                break
        else:
            sys.exit("pe.py: relocation of 0x%x outside of all" % place)
    return sorted(places)


def base_relocations(places):
    """Blocks of a page each; a dummy if there is nothing to relocate."""
    blocks = {}
    for place in places or [0]:
        kind = DIR64 if places else 0
        blocks.setdefault(place & -PAGE, []).append(
            kind << 12 | place & (PAGE - 1))
    out = b""
    for page, entries in sorted(blocks.items()):
        entries += [0] * (len(entries) % 2)
        out += struct.pack("<II%dH" % len(entries), page,
                           8 + 2 * len(entries), *entries)
    return out


def headers(elf, table, image_size, file_size, reloc):
    directories = [(0, 0)] * DIRECTORIES
    directories[RELOC_DIRECTORY] = reloc
    sizes = {rights: sum(row[4] for row in table if row[5] == rights)
             for rights in (CODE, DATA, BSS_DATA)}
    out = b"PE\0\0" + struct.pack("<HHIIIHH", AMD64, len(table), 0, 0, 0,
                                   112 + 8 * DIRECTORIES, 0x22e)
    out += struct.pack("<HBBIIIII", 0x20b, 0, 0, sizes[CODE],
                       sizes[DATA] + sizes[BSS_DATA], 0, elf.entry, PAGE)
    out += struct.pack("<QIIHHHHHHIIIIHH", 0, PAGE, PAGE, 0, 0,
                       TAKES_INITRD, 0, 0, 0, 0,
                       image_size, ROOM_FOR_HEADERS, 0, APPLICATION,
                       NX_COMPAT)
    out += struct.pack("<QQQQII", 0x100000, 0x1000, 0, 0, 0, DIRECTORIES)
    out += b"".join(struct.pack("<II", *entry) for entry in directories)
    for name, at, size, offset, raw, rights in table:
        out += struct.pack("<8sIIIIIIHHI", name.encode(), size, at, raw,
                           offset, 0, 0, 0, 0, rights)
    first, at = elf.first_pages()
    struct.pack_into("<I", first, SYSSIZE_AT, (file_size - PAGE) // 16)
    if any(first[at:]) or at + len(out) > len(first):
        sys.exit("pe.py: no room for headers")
    return first[:at] + out.ljust(len(first) - at, b"\0")


def fill(parts, name, content):
    """Put what is made here into the room that the linker kept for it."""
    at, room, _ = parts.get(name, (0, 0, b""))
    if len(content) > room:
        sys.exit("pe.py: %s has %d bytes, and room for %d"
                 % (name, len(content), room))
    parts[name] = [at, len(content), content]


def convert(elf, sbat):
    parts = pieces(elf)
    relocs = base_relocations(relocate(elf, parts))
    fill(parts, ".sbat", sbat)
    fill(parts, ".reloc", relocs)
    table, body = [], b""
    for name, (at, length, content) in sorted(parts.items(),
                                              key=lambda row: row[1][0]):
        raw = align(max(len(content), 1), PAGE)
        if at != ROOM_FOR_HEADERS + len(body):
            sys.exit("pe.py: %s is not behind what precedes it" % name)
        table.append((name, at, length, at, raw, RIGHTS[name]))
        body += bytes(content).ljust(raw, b"\0")
    end = max(at + length for at, length, _ in parts.values())
    reloc = (parts[".reloc"][0], len(relocs))
    return headers(elf, table, align(end, PAGE), ROOM_FOR_HEADERS + len(body),
                   reloc) + body


def main():
    with open(sys.argv[1], "rb") as source:
        elf = Elf(source.read())
    with open(sys.argv[3], "rb") as source:
        sbat = source.read()
    with open(sys.argv[2], "wb") as target:
        target.write(convert(elf, sbat))


if __name__ == "__main__":
    main()
