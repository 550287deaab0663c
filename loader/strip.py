#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""strip.py IN OUT: keep of an ELF64 file only what its segments hold.

Symbols and the section table are for debuggers; no loader reads them.
"""
import struct
import sys

PHDR = struct.Struct("<IIQQQQQQ")


def strip(elf):
    e_phoff, = struct.unpack_from("<Q", elf, 32)
    e_phnum, = struct.unpack_from("<H", elf, 56)
    end = 0
    for i in range(e_phnum):
        _, _, offset, _, _, filesz, _, _ = PHDR.unpack_from(
            elf, e_phoff + i * PHDR.size)
        end = max(end, offset + filesz)
    out = bytearray(elf[:end])
    struct.pack_into("<Q", out, 40, 0)          # e_shoff
    struct.pack_into("<HHH", out, 58, 64, 0, 0)  # e_shentsize, num, strndx
    return out


def main():
    with open(sys.argv[1], "rb") as source:
        stripped = strip(source.read())
    with open(sys.argv[2], "wb") as target:
        target.write(stripped)


if __name__ == "__main__":
    main()
