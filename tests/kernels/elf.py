# SPDX-License-Identifier: BSD-2-Clause
"""Write ELF files, with any values in them.

A file is: ELF header, program headers, head (for a Multiboot header), notes,
the segments' bytes, the sections' bytes, section headers, tail.
"""
import struct
import zlib
from typing import NamedTuple, Optional

PAGE = 4096
NOTE_ALIGN = 4  # loaders take p_align for the padding of names and contents
ET_EXEC = 2
EM_386, EM_X86_64 = 3, 62
PT_LOAD, PT_NOTE = 1, 4
SHT_SYMTAB, SHT_STRTAB = 2, 3
RWX = 7
READABLE = 4


class Form(NamedTuple):
    """What differs between 32 and 64 bits."""
    number: int
    machine: int
    header: str
    header_size: int
    program_size: int
    section: str


FORMS = {
    32: Form(1, EM_386, "<HHIIIIIHHHHHH", 52, 32, "<10I"),
    64: Form(2, EM_X86_64, "<HHIQQQIHHHHHH", 64, 56, "<IIQQQQIIQQ"),
}


class Segment(NamedTuple):
    """A PT_LOAD."""
    at: int  # p_paddr
    data: bytes = b""
    memsz: Optional[int] = None  # as the data
    virtual: Optional[int] = None  # p_vaddr, if another
    flags: int = RWX

    @property
    def vaddr(self):
        return self.at if self.virtual is None else self.virtual

    @property
    def size(self):
        return len(self.data) if self.memsz is None else self.memsz


class Section(NamedTuple):
    """A section that no segment loads."""
    name: str
    type: int
    data: bytes = b""
    entry_size: int = 0

    @property
    def crc(self):
        return zlib.crc32(self.data)


def pad(data, align):
    return data + bytes(-len(data) % align)


def note(owner, kind, desc, align=NOTE_ALIGN):
    name = owner.encode() + b"\0"
    head = struct.pack("<III", len(name), len(desc), kind)
    return pad(pad(head + name, align) + desc, align)


def symbols(bits, nr=4):
    """A symbol table and its strings, the sections of a kernel that prints
    back-traces; and the names of the sections."""
    names = b"\0" + b"".join(b"symbol%d\0" % n for n in range(nr))
    size = 16 if bits == 32 else 24
    table = bytes(size) + bytes(range(1, 1 + size)) * nr
    return [Section(".symtab", SHT_SYMTAB, table, entry_size=size),
            Section(".strtab", SHT_STRTAB, names)]


def program_header(bits, kind, flags, align, *values):
    """values: offset, virtual and physical address, sizes in the file and
    in memory."""
    values = [value % (1 << bits) for value in values]
    if bits == 32:
        return struct.pack("<8I", kind, *values, flags, align)
    return struct.pack("<IIQQQQQQ", kind, flags, *values, align)


def section_header(bits, name, section, offset, link):
    return struct.pack(FORMS[bits].section, name, section.type, 0, 0, offset,
                       len(section.data), link, 0, 4, section.entry_size)


class File:
    """A file that grows at its end."""

    def __init__(self, bits, nr_programs):
        self.form, self.bits = FORMS[bits], bits
        self.programs = b""
        self.nr_programs = nr_programs
        self.data = bytes(self.form.header_size
                          + nr_programs * self.form.program_size)
        self.sections = (0, 0, 0)  # offset, number, index of the names

    def put(self, data, align=16):
        """Append; where it lies."""
        self.data = pad(self.data, align)
        self.data += data
        return len(self.data) - len(data)

    def put_head(self, head, at, align):
        """Append a header where it is wanted."""
        if at is not None:
            assert at >= len(self.data), "there are other headers"
            self.data = self.data.ljust(at, b"\0")
        self.put(head, align)

    def put_note(self, notes):
        data = b"".join(notes)
        self.programs += program_header(
            self.bits, PT_NOTE, READABLE, NOTE_ALIGN,
            self.put(data, NOTE_ALIGN), 0, 0, len(data), len(data))

    def put_segment(self, segment):
        offset = self.put(segment.data, PAGE) if segment.data \
            else len(self.data)
        self.programs += program_header(
            self.bits, PT_LOAD, segment.flags, PAGE, offset, segment.vaddr,
            segment.at, len(segment.data), segment.size)

    def put_sections(self, sections):
        """Their bytes and their table, with the names' section as its last
        entry."""
        names = b"\0"
        rows = [bytes(struct.calcsize(self.form.section))]
        names_at = Section(".shstrtab", SHT_STRTAB)
        total = b"".join(s.name.encode() + b"\0"
                         for s in [*sections, names_at])
        names_at = names_at._replace(data=b"\0" + total)
        for number, section in enumerate([*sections, names_at], 1):
            offset = self.put(section.data) if section.data else 0
            link = number + 1 if section.type == SHT_SYMTAB else 0
            rows.append(section_header(self.bits, len(names), section,
                                       offset, link))
            names += section.name.encode() + b"\0"
        self.sections = (self.put(b"".join(rows)), len(rows), len(rows) - 1)

    def bytes(self, entry, machine, kind):
        form, (table, nr, names) = self.form, self.sections
        assert len(self.programs) == self.nr_programs * form.program_size
        ident = b"\x7fELF" + bytes([form.number, 1, 1]) + bytes(9)
        header = struct.pack(
            form.header, kind, machine or form.machine, 1, entry,
            form.header_size, table, 0, form.header_size, form.program_size,
            self.nr_programs, struct.calcsize(form.section) if nr else 0, nr,
            names)
        head = ident + header + self.programs
        return head + self.data[len(head):]


def write(bits, segments, entry, head=b"", head_at=None, head_align=8,
          shift=0, notes=(), sections=(), machine=None, kind=ET_EXEC,
          tail=b""):
    """The bytes of a file; notes: a list of notes for each PT_NOTE; shift:
    bytes by which head misses its alignment."""
    file = File(bits, len(segments) + len(notes))
    file.put_head(bytes(shift) + head, head_at, head_align)
    for one in notes:
        file.put_note(one)
    for segment in segments:
        file.put_segment(segment)
    if sections:
        file.put_sections(sections)
    return file.bytes(entry, machine, kind) + tail
