# SPDX-License-Identifier: BSD-2-Clause
"""Scripts for tests/kernels/stage.S: any memory content and any state of the
CPU, then a jump through one of gangway's doors. Here the host, not a loader,
decides where everything lies and what the door's tables say."""
import struct
from typing import NamedTuple

import doors
import machine
from bzimage import MIB

STAGE = doors.BUILD / "tests" / "stage.elf"
MB1_MAGIC, MB2_MAGIC = 0x2badb002, 0x36d76289
MB1_HEADER_MAGIC, MB2_HEADER_MAGIC = 0x1badb002, 0xe85250d6
MB1_SEARCHED = 8192
MBI_CMDLINE, MBI_MODULES, MBI_MAP, MBI_LOADER = 4, 8, 64, 512
START_INFO_MAGIC = 0x336ec578
PT_LOAD = 1
PHYS32_ENTRY = 18
RAM, RESERVED = 1, 2
INFO_AT = 0x10000  # the door's tables, up to 0x90000


STEP_ZEROS, STEP_PORT = 0, 1  # in place of an offset in the script


class State(NamedTuple):
    """Of the CPU, as a loader leaves it. The default is no better than the
    protocols promise: direction flag set, no stack, and no table behind the
    segment registers, which are what QEMU's loader made of them."""
    entry: int = 0
    eax: int = 0
    ebx: int = 0
    ecx: int = 0
    edx: int = 0
    esi: int = 0
    edi: int = 0
    ebp: int = 0
    esp: int = 0
    eflags: int = 0x402
    cr0: int = 0x11
    cr3: int = 0
    cr4: int = 0
    efer: int = 0
    cs: int = 0  # 0: as it is
    ds: int = 0  # and the other data segments
    tr: int = 0  # 0: none
    gdt: tuple = (0, 0)  # base, limit
    idt: tuple = (0, 0)

    def bytes(self):
        head = struct.pack("<9I", self.eflags, self.edi, self.esi, self.ebp,
                           self.esp, self.ebx, self.edx, self.ecx, self.eax)
        head += struct.pack("<4I", self.cr0, self.cr3, self.cr4, self.efer)
        head += struct.pack("<IHHH", self.entry, self.cs, self.ds, self.tr)
        for base, limit in (self.gdt, self.idt):
            head += struct.pack("<HI", limit, base)
        return head + bytes(2)


class Module(NamedTuple):
    at: int
    data: bytes
    string: str = ""


def usual_map(top):
    """A small PC's memory map with RAM up to top."""
    return [(0, 0x9f000, RAM), (0x9f000, 0x1000, RESERVED),
            (0xf0000, 0x10000, RESERVED), (MIB, top - MIB, RAM)]


def segments(data):
    """An ELF file's: physical address, bytes, size in memory of each."""
    is_64 = data[4] == 2
    table, = struct.unpack_from("<Q" if is_64 else "<I", data,
                                0x20 if is_64 else 0x1c)
    size, count = struct.unpack_from("<HH", data, 0x36 if is_64 else 0x2a)
    for at in range(table, table + size * count, size):
        if is_64:
            kind, _, offset, _, paddr, filesz, memsz = \
                struct.unpack_from("<IIQQQQQ", data, at)
        else:
            kind, offset, _, paddr, filesz, memsz = \
                struct.unpack_from("<IIIIII", data, at)
        if kind == PT_LOAD:
            yield paddr, data[offset:offset + filesz], memsz


class Script:
    """Steps to take before the jump."""

    def __init__(self, tables_at=INFO_AT):
        self.steps = []
        self.state = State()
        self.free = tables_at

    def put(self, at, data):
        """Bytes at an address, in front of all later steps."""
        self.steps.append((at, bytes(data), len(data)))

    def clear(self, at, size):
        self.steps.append((at, None, size))

    def write_port(self, port, value):
        """A doubleword."""
        self.steps.append((port, STEP_PORT, value))

    def place(self, data, align=8):
        """Put a table of the door's where there is room; its address."""
        at = -(-self.free // align) * align
        self.put(at, data)
        self.free = at + len(data)
        return at

    def text(self, string):
        return self.place(string.encode() + b"\0", 1)

    def load_elf(self, path):
        return self.load_segments(path.read_bytes())

    def load_segments(self, data):
        """Put an ELF64 file's segments at their physical addresses; the end
        of the highest."""
        end = 0
        for at, content, memsz in segments(data):
            self.put(at, content)
            self.clear(at + len(content), memsz - len(content))
            end = max(end, at + memsz)
        return end

    def put_modules(self, modules):
        for module in modules:
            self.put(module.at, module.data)

    def enter(self, entry, eax, ebx):
        self.state = State(entry, eax, ebx)

    def bytes(self):
        """The script as stage.S reads it."""
        state = self.state.bytes() + struct.pack("<I", len(self.steps))
        head = len(state) + 12 * len(self.steps)
        table, contents = b"", []
        for to, data, size in self.steps:
            source = STEP_ZEROS if data is None else data
            if isinstance(data, bytes):
                source = head
                contents.append(data)
                head += len(data)
            table += struct.pack("<III", to, source, size)
        return b"".join([state, table, *contents])


def mb1_entry(path):
    """The entry address in the a.out fields of a Multiboot1 header."""
    data = path.read_bytes()
    for at in range(0, MB1_SEARCHED - 32, 4):
        magic, flags, check = struct.unpack_from("<III", data, at)
        if magic == MB1_HEADER_MAGIC and \
                (magic + flags + check) & 0xffffffff == 0:
            return struct.unpack_from("<I", data, at + 28)[0]
    raise ValueError("no Multiboot1 header")


def mb2_entry(path):
    """The address in the entry tag of a Multiboot2 header, or e_entry."""
    data = path.read_bytes()
    for at in range(0, 32768 - 16, 8):
        magic, _, length, _ = struct.unpack_from("<IIII", data, at)
        if magic != MB2_HEADER_MAGIC:
            continue
        tag = at + 16
        while tag < at + length:
            kind, _, size = struct.unpack_from("<HHI", data, tag)
            if kind == 3:
                return struct.unpack_from("<I", data, tag + 8)[0]
            tag += -(-size // 8) * 8
        return struct.unpack_from("<Q", data, 0x18)[0]
    raise ValueError("no Multiboot2 header")


def pvh_entry(path):
    """The address in the note XEN_ELFNOTE_PHYS32_ENTRY."""
    data = path.read_bytes()
    at = data.index(struct.pack("<I4s", PHYS32_ENTRY, b"Xen\0"))
    return struct.unpack_from("<I", data, at + 8)[0]


def mb1_info(script, modules=(), memory_map=(), cmdline="gangway",
             loader="stage", nr_modules=None, modules_at=None):
    """Put a Multiboot1 info; nr_modules and modules_at may lie."""
    table = b"".join(
        struct.pack("<IIII", m.at, m.at + len(m.data),
                    script.text(m.string), 0) for m in modules)
    memory = b"".join(struct.pack("<IQQI", 20, *entry)
                      for entry in memory_map)
    flags = MBI_CMDLINE | MBI_MODULES | MBI_MAP | MBI_LOADER
    head = struct.pack(
        "<7I", flags, 0, 0, 0, script.text(cmdline),
        len(modules) if nr_modules is None else nr_modules,
        script.place(table) if modules_at is None else modules_at)
    memory_at = script.place(memory)
    head += bytes(16) + struct.pack("<II", len(memory), memory_at)
    head += bytes(12) + struct.pack("<I", script.text(loader))
    return script.place(head.ljust(116, b"\0"))


def tag(kind, payload):
    data = struct.pack("<II", kind, 8 + len(payload)) + payload
    return data + bytes(-len(data) % 8)


def mb2_info(script, modules=(), memory_map=(), cmdline="", loader="GRUB 2",
             extra=b""):
    """Put a Multiboot2 info as GRUB would; extra: more tags."""
    tags = tag(1, cmdline.encode() + b"\0") + tag(2, loader.encode() + b"\0")
    for m in modules:
        tags += tag(3, struct.pack("<II", m.at, m.at + len(m.data))
                    + m.string.encode() + b"\0")
    tags += tag(6, struct.pack("<II", 24, 0) + b"".join(
        struct.pack("<QQII", *entry, 0) for entry in memory_map))
    tags += extra + tag(0, b"")
    return script.place(struct.pack("<II", 8 + len(tags), 0) + tags)


def pvh_info(script, modules=(), memory_map=(), cmdline="", version=1,
             rsdp=0):
    """Put a start_info that is aligned to 4 bytes only, as some do."""
    table = b"".join(
        struct.pack("<4Q", m.at, len(m.data),
                    script.text(m.string) if m.string else 0, 0xbad)
        for m in modules)
    memory = b"".join(struct.pack("<QQII", *entry, 0)
                      for entry in memory_map)
    head = struct.pack(
        "<4I3Q", START_INFO_MAGIC, version, 0, len(modules),
        script.place(table, 4), script.text(cmdline) if cmdline else 0, rsdp)
    if version:
        head += struct.pack("<QII", script.place(memory, 4),
                            len(memory_map), 0)
    script.place(bytes(4))
    return script.place(head, 4)


def loaded(gangway, modules, tables_at):
    """A script that has put everything but the door's tables; and the end
    of gangway."""
    script = Script(tables_at)
    script.put_modules(modules)
    return script, script.load_elf(gangway)


def through_mb1(gangway, modules, memory_map, tables_at=INFO_AT, **info):
    """A script that boots modules through the Multiboot1 door."""
    script, _ = loaded(gangway, modules, tables_at)
    at = mb1_info(script, modules, memory_map, **info)
    script.enter(mb1_entry(gangway), MB1_MAGIC, at)
    return script


def through_mb2(gangway, modules, memory_map, tables_at=INFO_AT, **info):
    """A script that boots modules through the Multiboot2 door."""
    script, _ = loaded(gangway, modules, tables_at)
    at = mb2_info(script, modules, memory_map, **info)
    script.enter(mb2_entry(gangway), MB2_MAGIC, at)
    return script


def through_pvh(gangway, modules, memory_map, behind=False,
                tables_at=INFO_AT, **info):
    """A script that boots modules through the PVH door; behind: all that
    the door gives lies right behind gangway, as Xen puts it."""
    script, end = loaded(gangway, modules, tables_at)
    if behind:
        script.free = end
    at = pvh_info(script, modules, memory_map, **info)
    script.enter(pvh_entry(gangway), 0, at)
    return script


def arguments(folder, script):
    """QEMU's arguments for a machine with the memory of a script."""
    (folder / "script").write_bytes(script.bytes())
    return ["-kernel", STAGE, "-initrd", folder / "script"]


def run(folder, script, **options):
    return machine.run(folder, *arguments(folder, script), **options)
