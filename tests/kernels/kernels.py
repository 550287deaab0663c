# SPDX-License-Identifier: BSD-2-Clause
"""The probe as a kernel of any protocol but bzImage, with everything in the
file under a test's control.

Each function returns a Kernel: the file, and what must be true of it when it
runs. Addresses are physical; at is where the program itself goes, and others
are more segments of the file. What is not said is as in a plain kernel.
"""
import pathlib
import struct
from typing import NamedTuple, Optional

import elf
import flat
from elf import Segment
from flat import ENTRY64_AT, ENTRY_LIVE_AT, MIB

LINK = 4 * MIB
KERNEL_HALF = {32: 0xc0000000, 64: 0xffffffff80000000}
MB1_MAGIC, MB2_MAGIC = 0x1badb002, 0xe85250d6
MB1_PAGE_ALIGN, MB1_MEMORY, MB1_VIDEO = 1, 2, 4
MB1_ADDRESSES = 1 << 16
MB1_FLAGS = MB1_PAGE_ALIGN | MB1_MEMORY
I386 = 0
OPTIONAL = 1
TAG_END, TAG_INFO_REQUEST, TAG_ADDRESS, TAG_ENTRY = 0, 1, 2, 3
TAG_CONSOLE, TAG_FRAMEBUFFER, TAG_MODULE_ALIGN = 4, 5, 6
TAG_EFI_BS, TAG_EFI64, TAG_RELOCATABLE = 7, 9, 10
NO_PREFERENCE, LOW, HIGH = 0, 1, 2
ADDRESSES = ("header", "load", "load_end", "bss_end", "entry")
FILE_START = 0xffffffff
PHYS32_ENTRY, PHYS32_RELOC = 18, 19
LINUX_BUILD_SALT = 0x100


class Moves(NamedTuple):
    """Where a relocatable kernel may go; last: of its last byte."""
    first: int
    last: int
    align: int


# The 64-bit one works at any distance of such multiples from its place
LINUX_MOVES = Moves(0, (1 << 64) - 1, 2 * MIB)


class Kernel(NamedTuple):
    data: bytes  # the whole file
    protocol: str
    pieces: list  # of memory, from the program's first byte
    load: int  # where that goes, if it does not move
    bits: int = 32  # of the mode it is to be entered in
    moves: Optional[Moves] = None
    sections: tuple = ()

    @property
    def first(self):
        """Its lowest byte, from the program's first."""
        return min(piece.offset for piece in self.pieces)

    @property
    def end(self):
        return max(piece.end for piece in self.pieces)

    def write(self, path):
        pathlib.Path(path).write_bytes(self.data)
        return path


def place(protocol, at, size, bss, others):
    """The program and all segments of the file, the empty ones too."""
    more = [flat.piece(s.at - at, s.data, s.size) for s in others if s.size]
    code, pieces = flat.program(protocol, size, bss, more)
    return [Segment(at, code, pieces[0].memsz), *others], pieces


def wrap(protocol, bits, at, size=0, bss=0, others=(), virtual=None,
         entry=None, offset=0, symbols=False, **rest):
    """The program as an ELF file, and its pieces. virtual: what is added to
    physical addresses; entry: what e_entry says, virtual if there is such;
    offset: of the program's entry."""
    segments, pieces = place(protocol, at, size, bss, others)
    if virtual is not None:
        segments = [s._replace(virtual=s.at + virtual)
                    if s.virtual is None else s for s in segments]
    if entry is None:
        entry = at + offset + (virtual or 0)
    sections = elf.symbols(bits) if symbols else []
    data = elf.write(bits, segments, entry, sections=sections, **rest)
    return data, pieces, sections


def multiboot1_header(flags=MB1_FLAGS, addresses=None, video=(0, 0, 0, 0)):
    """addresses: header, load, load_end, bss_end, entry."""
    if addresses:
        flags |= MB1_ADDRESSES
    data = struct.pack("<III", MB1_MAGIC, flags,
                       -(MB1_MAGIC + flags) & 0xffffffff)
    if addresses or flags & MB1_VIDEO:
        data += struct.pack("<5I", *(addresses or (0,) * 5))
    if flags & MB1_VIDEO:
        data += struct.pack("<4I", *video)
    return data


def multiboot1(bits=32, at=LINK, flags=MB1_FLAGS, video=(0, 0, 0, 0),
               addresses=None, **rest):
    """By its ELF headers; addresses: fields that say something else, with
    bit 16 set."""
    header = multiboot1_header(flags, addresses, video)
    data, pieces, sections = wrap("multiboot1", bits, at, head=header,
                                  head_align=4, **rest)
    return Kernel(data, "multiboot1", pieces, at, sections=sections)


class Flat(NamedTuple):
    """A file that is no ELF: junk, the header at header_at, junk, the
    program, tail. It is loaded from byte skip on, to the program's end, and
    has bss zeros behind that."""
    at: int
    header_at: int = 64
    skip: int = 0
    size: int = 0
    bss: int = 0
    tail: bytes = b""

    def make(self, protocol, header_of, fields):
        """header_of makes the header from the address fields' values."""
        blank = header_of(dict.fromkeys(ADDRESSES, 0))
        start = -(-(self.header_at + len(blank)) // 16) * 16
        end = self.at + flat.size(self.size)
        told = dict(header=self.at - start + self.header_at,
                    load=self.at - start + self.skip, load_end=end,
                    bss_end=end + self.bss if self.bss else 0, entry=self.at)
        told.update(fields)
        front = flat.noise(self.header_at) + header_of(told)
        front += flat.noise(start - len(front))
        loaded = front[self.skip:]
        code, pieces = flat.program(protocol, self.size, self.bss,
                                    [flat.piece(-len(loaded), loaded)])
        return Kernel(front + code + self.tail, protocol, pieces, self.at)


def multiboot1_flat(at=LINK, flags=MB1_FLAGS, shape=None, **fields):
    """By its address fields, each of which can be said otherwise; shape: of
    the file, see Flat."""
    def header(told):
        return multiboot1_header(flags, [told[name] for name in ADDRESSES])
    return Flat(at, **(shape or {})).make("multiboot1", header, fields)


def tag(kind, payload=b"", flags=0):
    """A tag of a Multiboot2 header."""
    head = struct.pack("<HHI", kind, flags, 8 + len(payload))
    return elf.pad(head + payload, 8)


def words(*numbers):
    return struct.pack("<%dI" % len(numbers), *numbers)


def multiboot2_header(tags):
    data = b"".join(tags) + tag(TAG_END)
    length = 16 + len(data)
    check = -(MB2_MAGIC + I386 + length) & 0xffffffff
    return struct.pack("<IIII", MB2_MAGIC, I386, length, check) + data


def relocatable(moves, preference, flags=0):
    return tag(TAG_RELOCATABLE, words(moves.first, moves.last, moves.align,
                                      preference), flags)


def multiboot2(bits=32, at=LINK, tags=(), moves=None,
               preference=NO_PREFERENCE, **rest):
    """By its ELF headers; moves: with the tag that makes it relocatable."""
    if moves:
        tags = [*tags, relocatable(moves, preference)]
    data, pieces, sections = wrap("multiboot2", bits, at,
                                  head=multiboot2_header(tags), **rest)
    return Kernel(data, "multiboot2", pieces, at, 32, moves, sections)


def multiboot2_flat(at=LINK, tags=(), moves=None,
                    preference=NO_PREFERENCE, shape=None, **fields):
    """By the address and entry tags; shape: of the file, see Flat. A load
    address of FILE_START means the file's first byte, whose place then
    follows from the program's."""
    if moves:
        tags = [*tags, relocatable(moves, preference)]

    def header(told):
        *address, entry = (told[name] for name in ADDRESSES)
        return multiboot2_header([tag(TAG_ADDRESS, words(*address)),
                                  tag(TAG_ENTRY, words(entry)), *tags])
    kernel = Flat(at, **(shape or {})).make("multiboot2", header, fields)
    return kernel._replace(moves=moves)


def live_tags(at):
    """The program at an address wants EFI's boot services, and is entered
    while it has them."""
    return [tag(TAG_EFI_BS), tag(TAG_EFI64, words(at + ENTRY_LIVE_AT))]


def live(bits=32, at=LINK, tags=(), moves=None, preference=NO_PREFERENCE,
         has_entry=True, **rest):
    """A Multiboot2 kernel with an EFI64 entry, by its ELF headers; without
    has_entry it has the same at e_entry."""
    tags = [*live_tags(at)[:2 if has_entry else 1], *tags]
    if moves:
        tags.append(relocatable(moves, preference))
    data, pieces, sections = wrap("live", bits, at,
                                  offset=0 if has_entry else ENTRY_LIVE_AT,
                                  head=multiboot2_header(tags), **rest)
    return Kernel(data, "live", pieces, at, 64, moves, sections)


def live_flat(at=LINK, moves=None, preference=NO_PREFERENCE, shape=None):
    """The same by the address tag, and without the entry of tag 3."""
    tags = live_tags(at)
    if moves:
        tags.append(relocatable(moves, preference))

    def header(told):
        *address, _ = (told[name] for name in ADDRESSES)
        return multiboot2_header([tag(TAG_ADDRESS, words(*address)), *tags])
    kernel = Flat(at, **(shape or {})).make("live", header, {})
    return kernel._replace(bits=64, moves=moves)


def entry_note(entry, bits):
    """With as many bytes as QEMU reads: those of the file's class."""
    return elf.note("Xen", PHYS32_ENTRY, entry.to_bytes(bits // 8, "little"))


def pvh(bits=64, at=LINK, moves=None, notes=None, entry=None, **rest):
    """moves: with the note that makes it relocatable. notes: instead of the
    usual, for each PT_NOTE a list; entry: e_entry, which nobody needs."""
    if notes is None:
        notes = [[entry_note(at, bits)]]
        if moves:
            notes[0].append(elf.note("Xen", PHYS32_RELOC, words(
                moves.align, moves.first, moves.last)))
    data, pieces, sections = wrap("pvh", bits, at, notes=notes, entry=entry,
                                  **rest)
    return Kernel(data, "pvh", pieces, at, 32, moves, sections)


def vmlinux(bits=64, at=16 * MIB, notes=None, **rest):
    """As Linux is linked: virtual addresses in the kernel's half, e_entry
    physical; the 64-bit one can also be started by PVH."""
    offset = ENTRY64_AT if bits == 64 else 0
    if notes is None:
        notes = [[elf.note("Linux", LINUX_BUILD_SALT, b"salt\0")]]
        if bits == 64:
            notes[0].insert(0, entry_note(at, bits))
    rest.setdefault("virtual", KERNEL_HALF[bits])
    rest.setdefault("entry", at + offset)
    data, pieces, sections = wrap("linux", bits, at, notes=notes, **rest)
    moves = LINUX_MOVES if bits == 64 and at % LINUX_MOVES.align == 0 \
        else None
    return Kernel(data, "linux", pieces, at, bits, moves, sections)


def several(protocol, headers, at=LINK):
    """An ELF64 file with the headers of several protocols, whose program and
    entries are those of one of them."""
    first = multiboot1_header() if "multiboot1" in headers else b""
    first = elf.pad(first, 8)
    if "multiboot2" in headers:
        first += multiboot2_header([])
    notes = [elf.note("Linux", LINUX_BUILD_SALT, b"salt\0")] \
        if "vmlinux" in headers else []
    if "pvh" in headers:
        notes.append(entry_note(at, 64))
    bits = 64 if protocol == "linux" else 32
    data, pieces, _ = wrap(protocol, 64, at, head=first,
                           notes=[notes] if notes else [],
                           offset=ENTRY64_AT if bits == 64 else 0)
    return Kernel(data, protocol, pieces, at, bits,
                  LINUX_MOVES if bits == 64 else None)
