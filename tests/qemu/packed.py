# SPDX-License-Identifier: BSD-2-Clause
"""gangway.elf with a kernel and its modules in one file, as packed.h says."""
import struct

import stage

MAGIC, VERSION, WITHIN = b"gangway's pack\r\n", 1, 8192
SEALED = 1
PAGE = 4096
PHDR = struct.Struct("<IIQQQQQQ")


def pad(data, align=PAGE):
    return data + bytes(-len(data) % align)


def pack(files):
    """A head, entries, strings, and each file on a page; files: (bytes, name,
    words) each, the kernel first."""
    strings, entries = b"", []
    strings_at = 8 + 32 * len(files)
    texts = [("%s %s" % (name, words) if words else name).encode()
             for _, name, words in files]
    at = len(pad(bytes(strings_at + sum(map(len, texts)))))
    body = b""
    for (data, name, _), text in zip(files, texts):
        entries.append(struct.pack(
            "<QQIIII", at + len(body), len(data), strings_at + len(strings),
            len(text), len(name), 0))
        strings += text
        body += pad(data)
    head = struct.pack("<II", len(files), 0) + b"".join(entries) + strings
    return pad(head) + body


def patch_segments(file):
    """.bss goes to the end of the file."""
    table, = struct.unpack_from("<Q", file, 0x20)
    count, = struct.unpack_from("<H", file, 0x38)
    rows = {at: list(PHDR.unpack_from(file, at))
            for at in range(table, table + PHDR.size * count, PHDR.size)}
    loads = {row[4]: at for at, row in rows.items() if row[0] == stage.PT_LOAD}
    at = loads[max(loads)]
    row = rows[at]
    row[2] = max(loads) - min(loads)
    row[5] = row[6] = len(file) - row[2]
    PHDR.pack_into(file, at, *row)
    return min(loads)


def make(gangway, files, flags=0):
    """The whole file."""
    file = bytearray(gangway.read_bytes())
    mark = file.index(MAGIC, 0, WITHIN)
    version, _, image_len, _ = struct.unpack_from("<IIQQ", file, mark + 16)
    assert version == VERSION and image_len % PAGE == 0
    content = pack(files)
    file += bytes(image_len - len(file)) + content
    struct.pack_into("<I", file, mark + 20, flags)
    struct.pack_into("<Q", file, mark + 32, len(content))
    end = patch_segments(file) + len(file)
    for at in range(0, WITHIN, 4):
        magic, one, two, three = struct.unpack_from("<4I", file, at)
        if magic == stage.MB1_HEADER_MAGIC and \
                not (magic + one + two) & 0xffffffff:
            struct.pack_into("<II", file, at + 20, end, end)
        if magic == stage.MB2_HEADER_MAGIC and \
                not (magic + one + two + three) & 0xffffffff:
            struct.pack_into("<II", file, at + 32, end, end)  # of tag 2
    return bytes(file)
