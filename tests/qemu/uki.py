# SPDX-License-Identifier: BSD-2-Clause
"""Unified kernel images byte by byte: any sections, in any order."""
import struct

HEAD_AT, OPTIONAL_LEN, HEADERS = 0x40, 240, 0x1000
PAGE, FILE_ALIGN = 0x1000, 0x200
DATA = 0x40000040  # read only
APPLICATION = 10


def section(name, content, virtual_at, raw_at, virtual_size=None):
    return struct.pack(
        "<8s6I2HI", name.encode(),
        len(content) if virtual_size is None else virtual_size, virtual_at,
        -(-len(content) // FILE_ALIGN) * FILE_ALIGN, raw_at, 0, 0, 0, 0, DATA)


def make(sections):
    """A PE32+ file; sections: (name, content) each, and its VirtualSize if it
    is not the content's. It has no code: firmware would not start it."""
    table, body, at = b"", b"", HEADERS
    for name, content, *size in sections:
        table += section(name, content, at, HEADERS + len(body), *size)
        at += -(-max(len(content), *size, 1) // PAGE) * PAGE
        body += content + bytes(-len(content) % FILE_ALIGN)
    head = struct.pack("<4s2H3I2H", b"PE\0\0", 0x8664, len(sections), 0, 0, 0,
                       OPTIONAL_LEN, 0x22)
    optional = bytearray(OPTIONAL_LEN)
    struct.pack_into("<H", optional, 0, 0x20b)
    struct.pack_into("<II", optional, 32, PAGE, FILE_ALIGN)
    struct.pack_into("<II", optional, 56, at, HEADERS)
    struct.pack_into("<H", optional, 68, APPLICATION)
    struct.pack_into("<I", optional, 108, 16)
    file = b"MZ".ljust(60, b"\0") + struct.pack("<I", HEAD_AT)
    file += head + bytes(optional) + table
    assert len(file) <= HEADERS
    return file.ljust(HEADERS, b"\0") + body
