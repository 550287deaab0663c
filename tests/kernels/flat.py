# SPDX-License-Identifier: BSD-2-Clause
"""The probe's program as one flat image, told about itself: what protocol it
is started by, of what pieces its file consists, and their checksums."""
import os
import pathlib
import random
import struct
import zlib
from typing import NamedTuple

BUILT = (pathlib.Path(__file__).resolve().parents[2] /
         os.environ.get("GANGWAY_BUILD", "build") / "tests")
MIB = 1 << 20

# As in probe.h
ENTRY64_AT = 0x200
CONFIG_AT, CONFIG_SIZE = 0x400, 0x180
ENTRY_LIVE_AT = 0x580
CONFIG, PIECE = "<IIIIIIIIQ", "<qIIII"
MAX_PIECES = 12
PROTOCOLS = {"linux": 1, "multiboot1": 2, "multiboot2": 3, "pvh": 4,
             "live": 5}


class Piece(NamedTuple):
    """A segment: bytes of the file, then zeros."""
    offset: int  # in memory, from the program's first byte
    size: int  # in the file
    memsz: int
    crc: int

    @property
    def end(self):
        return self.offset + self.memsz


class Header(NamedTuple):
    """Of a bzImage's setup header, what the probe acts on."""
    version: int = 0
    relocatable: int = 0
    alignment: int = 0
    init_size: int = 0
    pref_address: int = 0


def noise(size):
    """Bytes that nothing mistakes for a kernel; the same for each size."""
    return random.Random(size).randbytes(size)


def piece(offset, data, memsz=None):
    return Piece(offset, len(data), len(data) if memsz is None else memsz,
                 zlib.crc32(data))


def checksum(code, mutable):
    """Of what neither the program nor this file changes."""
    crc = zlib.crc32(code[:CONFIG_AT])
    crc = zlib.crc32(code[CONFIG_AT + CONFIG_SIZE:mutable[0]], crc)
    return zlib.crc32(code[mutable[1]:], crc)


def template():
    return bytearray((BUILT / "probe.bin").read_bytes())


def size(wanted=0):
    """Of a program that has at least as many bytes as wanted."""
    return -(-max(wanted, len(template())) // 16) * 16


def program(protocol, wanted=0, bss=0, others=(), header=Header()):
    """The flat image, grown to as many bytes as wanted, and all pieces, its
    own first; bss: zeros that must lie behind it."""
    code = template()
    mutable = struct.unpack_from("<II", code, CONFIG_AT)
    code += noise(size(wanted) - len(code))
    own = Piece(0, len(code), len(code) + bss, checksum(code, mutable))
    pieces = [own, *others]
    assert len(pieces) <= MAX_PIECES
    struct.pack_into(CONFIG, code, CONFIG_AT, *mutable, PROTOCOLS[protocol],
                     len(pieces), *header)
    for number, one in enumerate(pieces):
        at = CONFIG_AT + struct.calcsize(CONFIG)
        struct.pack_into(PIECE, code, at + number * struct.calcsize(PIECE),
                         *one, 0)
    return bytes(code), pieces
