# SPDX-License-Identifier: BSD-2-Clause
"""gangway.efi, with a sound kernel packed into it, whose own headers are
damaged: those of Linux's setup, PE, Multiboot 1 and 2. Each is started by who
reads them, and these may refuse it, or load it wrongly; once gangway runs, it
boots or says its sentence, as ever.

Whether it ran is seen in RAM: its first act is to put arguments onto a stack
that ends where the file did.
"""
import functools
import struct

import bzimage
import doors
import esp
import subjects
import syslinux
from bzimage import MIB
from damage import Structure, of_format, words
from memory import PAGE

KERNEL_INFO, SELF_LEN = b"LToP", 56  # which lies before that: efi/settle.h
MB1_MAGIC, MB2_MAGIC = 0x1badb002, 0xe85250d6
SETUP_LEN = 4096
FIXUPS_AT = 24  # in that
ARGUMENTS = 16  # bytes
FIXED = 40  # of SELF_LEN: what is the same in each copy
HOPELESS = 5  # seconds of a machine that gangway has not been reached in
LINE = subjects.LINE
ISOLINUX_SAYS = r"Invalid or corrupt kernel image|Booting kernel failed"


class Self:
    """Where gangway.efi lies in a machine's RAM, by its words in the file."""

    def __init__(self, data):
        at = data.index(KERNEL_INFO) - SELF_LEN
        self.mark = data[at:at + FIXED]
        self.offset = at - SETUP_LEN
        self.loaded_len, self.len = struct.unpack_from("<II", data, at)
        pe, = struct.unpack_from("<I", data, 0x3c)
        size, = struct.unpack_from("<H", data, pe + 20)
        raw_size, raw_at = struct.unpack_from("<II", data, pe + 24 + size + 16)
        self.code_at, self.code_len = raw_at - SETUP_LEN, raw_size
        table, end, base = struct.unpack_from("<III", data, at + FIXUPS_AT)
        self.fixed = [base + place for place, in struct.iter_unpack(
            "<I", data[SETUP_LEN + table:SETUP_LEN + end])]
        self.code = self.code_of(data, SETUP_LEN)

    def code_of(self, memory, start):
        """Without the addresses that it puts there itself."""
        at = start + self.code_at
        code = bytearray(memory[at:at + self.code_len])
        for place in self.fixed:
            if 0 <= place - self.code_at < len(code):
                code[place - self.code_at:place - self.code_at + 4] = bytes(4)
        return code

    def homes(self, ram):
        """The ranges of its copies."""
        memory, found, at = ram.content(), [], -1
        while (at := memory.find(self.mark, at + 1)) >= 0:
            found.append((at - self.offset, at - self.offset + self.len))
        return found

    def has_begun(self, ram):
        """Is there one that is whole, on a page as each header asks for, and
        has run? Elsewhere its loader has entered it amid an instruction."""
        memory = ram.content()
        for start, _ in self.homes(ram):
            top = start + self.loaded_len
            if start % PAGE == 0 and \
                    self.code_of(memory, start) == self.code and \
                    any(memory[top - ARGUMENTS:top]):
                return True
        return False


@functools.lru_cache(maxsize=None)
def gangway():
    return Self(esp.GANGWAY_EFI.read_bytes())


def setup_fields(data):
    """Of Linux's header, its signs, and kernel_info behind its own."""
    info = data.index(KERNEL_INFO)
    fields = tuple((at, struct.calcsize("<" + code))
                   for at, code in bzimage.FIELDS.values() if code != "4s")
    return fields + ((0, 2), (0x202, 4), (0x200, 1), (0x201, 1)) + \
        words(info, info + 16)


def pe_fields(data):
    """DOS's two, and all of PE's, with the first directories."""
    pe, = struct.unpack_from("<I", data, 0x3c)
    optional = pe + 24
    return ((0, 2), (0x3c, 4), (pe, 4)) + of_format("HHIIIHH", pe + 4) + \
        of_format("HBBIIIII", optional) + \
        of_format("QIIHHHHHHIIIIHHQQQQII", optional + 24) + \
        words(optional + 112, optional + 112 + 6 * 8)


def section_fields(data):
    pe, = struct.unpack_from("<I", data, 0x3c)
    count, = struct.unpack_from("<H", data, pe + 6)
    table = pe + 24 + struct.unpack_from("<H", data, pe + 20)[0]
    return ((pe + 6, 2), (pe + 20, 2)) + words(table, table + 40 * count)


def multiboot_fields(data, magic, size):
    at = data.index(struct.pack("<I", magic))
    return words(at, at + size)


# Ways: what starts the file

def by_seabios(folder, data):
    (folder / "kernel").write_bytes(data)
    end = MIB + len(data) + gangway().len + subjects.SLACK
    return subjects.Boot(["-kernel", folder / "kernel", "-append", LINE],
                         [(MIB, end), *subjects.FIRMWARE])


def by_isolinux(folder, data):
    """Which unpacks itself and more into all of low memory."""
    (folder / "kernel").write_bytes(data)
    args = syslinux.make_linux(folder, {"gangway.efi": folder / "kernel"},
                               "gangway.efi", LINE)
    return subjects.Boot(args, [(0, subjects.SMALL * MIB)],
                         refusal=ISOLINUX_SAYS)


def by_grub(command):
    def boot(number):
        return "%s /boot/%d %s" % (command, number, LINE)
    return boot


def in_grub(name, data, fields, command=None, guarded=True):
    return subjects.Subject("hybrid-" + name, Structure(data, fields),
                            by_grub(command or name), guarded, many="grub",
                            own=gangway())


def alone(name, data, fields, boot):
    return subjects.Subject("hybrid-" + name, Structure(data, fields), boot,
                            own=gangway())


def by_gangway(folder):
    """Packed by the program, which tells Multiboot's loaders the length."""
    kernel, initrd = folder / "pk", folder / "pi"
    kernel.write_bytes(bzimage.make().data)
    initrd.write_bytes(subjects.INITRD)
    return esp.pack(folder / "p", kernel, "--type", "hybrid", "--initrd",
                    initrd, "--cmdline", "probe.brief").read_bytes()


def all_subjects(folder):
    data, packed = subjects.packed_efi_file(folder), by_gangway(folder)
    setup, sections = setup_fields(data), section_fields(data)
    mb1 = multiboot_fields(packed, MB1_MAGIC, 32)
    mb2 = multiboot_fields(packed, MB2_MAGIC, 0x90)
    isolinux = [alone("isolinux", data, setup, by_isolinux)] \
        if (doors.BUILD / "targets" / "syslinux").exists() else []
    return [
        alone("seabios", data, setup, by_seabios), *isolinux,
        in_grub("linux", data, setup), in_grub("linux16", data, setup),
        in_grub("multiboot", packed, mb1),
        in_grub("multiboot2", packed, mb2),
        in_grub("sections", data, sections, "linux", False),
        subjects.Subject("hybrid-efi", Structure(data, pe_fields(data)),
                         subjects.itself, False, many="firmware",
                         own=gangway()),
    ]
