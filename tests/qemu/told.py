# SPDX-License-Identifier: BSD-2-Clause
"""What the probe printed as a kernel of any protocol, held against what the
door gave: strings, modules, memory map, state of the machine."""
import re
import zlib
from typing import NamedTuple

import doors
import probe
from probe import PAGE, Area

GIB = 1 << 30
TOP = 4 * GIB
ACPI = 3
CR0_PE, CR0_ET = 1, 0x10
EFLAGS_ONE = 2  # the bit that is always set
ARITHMETIC = 0x8d5  # carry, parity, adjust, zero, sign, overflow
FIRST_CODE = 0x08
SEGMENTS = ("cs", "ds", "es", "ss", "fs", "gs")
MULTIBOOT = ("multiboot1", "multiboot2")
OWN_NAME = r"gangway \d+\.\d+\.\d+"
MB1_MEMORY, MB1_CMDLINE, MB1_MODULES = 1 << 0, 1 << 2, 1 << 3
MB1_MAP, MB1_LOADER = 1 << 6, 1 << 9
TAG_MAP, TAG_MEMORY, TAG_LOAD_BASE = 6, 4, 21
TAG_OLD_RSDP, TAG_NEW_RSDP = 14, 15
BOOT_FLAG, LOADER_UNKNOWN, LOADED_HIGH = 0xaa55, 0xff, 1
VMLINUX_LIMITS = {"xloadflags": probe.ABOVE_4G,
                  "initrd_addr_max": 0x7fffffff}


class Module(NamedTuple):
    at: int
    size: int
    crc: int
    string_at: int
    string: str


class File(NamedTuple):
    """A file that a door gave."""
    data: bytes
    words: str = ""
    name: str = ""  # in front of the words, if the loader is of that kind


class Given(NamedTuple):
    """All that a door gave, the kernel's own line included."""
    kernel: File
    modules: tuple = ()
    append: str = ""
    loader: str = ""  # empty if the door has no such thing
    regions: tuple = ()  # the memory map: start, size, type
    hops: int = 1  # gangways that pass it on

    @property
    def has_names(self):
        """Do strings of Multiboot's begin with a name, the loader's or one
        of gangway's making?"""
        return not self.loader.startswith("GRUB 2")

    def line(self, protocol):
        words = " ".join(filter(None, (self.kernel.words, self.append)))
        return self.named(protocol, self.kernel.name or "kernel", words)

    def string(self, protocol, number):
        file = self.modules[number]
        made_up = "" if self.loader else "module%d" % (number + 1)
        name = file.name or made_up
        return self.named(protocol, name, file.words)

    def named(self, protocol, name, words):
        """A string as a kernel of that protocol gets it."""
        if protocol not in MULTIBOOT or not self.has_names:
            return words
        return " ".join(filter(None, (name, words)))

    def loader_name(self):
        """A pattern for what the kernel is told: the loader in front goes
        first, and gangway once."""
        own = [OWN_NAME] if self.hops else []
        return " ".join(filter(None, [re.escape(self.loader), *own]))


class Told(probe.Report):
    """The output of a probe of any protocol."""

    @property
    def protocol(self):
        return self["protocol"]

    @property
    def modules(self):
        """Rows whose last field is a string in brackets."""
        found = []
        for row in self.values.get("module", []):
            *numbers, string = row.split(" ", 4)
            found.append(Module(*(int(word, 0) for word in numbers),
                                string[1:-1]))
        return found

    @property
    def loader(self):
        return self["loader"][1:-1]

    @property
    def tags(self):
        """Of Multiboot2: type and size."""
        return [(int(kind, 0), int(size, 0))
                for kind, size, *_ in self.rows("tag")]

    def areas(self, kind):
        return [Area(*(int(word, 0) for word in row))
                for row in self.rows("area_" + kind)]

    def segment(self, name):
        """Selector, base, limit, type; the latter if the table has them."""
        return [int(word, 0) for word in self[name].split()]

    def has_rsdp(self):
        return any(row[-1] == "good" for row in self.rows("rsdp"))


def merged(regions):
    """Sorted, neighbours of one type joined."""
    found = []
    for start, size, kind in sorted(regions):
        if found and found[-1][1] == start and found[-1][2] == kind:
            found[-1] = (found[-1][0], start + size, kind)
        elif size:
            found.append((start, start + size, kind))
    return found


def check_map(told, given):
    """The door's map; a copy of the RSDP may have made one page ACPI's."""
    regions = [tuple(region) for region in told.e820]
    own = [region for region in regions
           if region[1:] == (PAGE, ACPI) and region not in given.regions]
    assert len(own) <= 1
    regions = [(*region[:2], probe.E820_RAM) if region in own else region
               for region in regions]
    same(merged(regions), merged(given.regions), "memory map")
    probe.check_e820(told)


def check_in_ram(told, areas):
    ram = told.ram()
    for area in areas:
        assert any(one.start <= area.start and area.end <= one.end
                   for one in ram), "%#x is not in RAM" % area.start


def check_state(told, hops=1):
    """Beyond what protocols promise: a clean 32-bit machine, with selectors
    that a kernel may keep while its own table has nothing behind them."""
    assert told.number("cr0") & ~CR0_ET == CR0_PE
    assert told.number("cr4") == 0 and told.number("efer") == 0
    assert told.number("flags") & ~ARITHMETIC == EFLAGS_ONE
    gdt = Area(told.number("gdt"), told.number("gdt_limit") + 1)
    for name in SEGMENTS:
        assert len(told.segment(name)) == 4, name + " is not in the GDT"
        wanted = FIRST_CODE if name == "cs" else FIRST_CODE + 8
        assert not hops or told.segment(name)[0] == wanted, name
    taken = told.areas("image") + told.areas("module")
    assert not any(gdt.overlaps(area) for area in taken)
    check_in_ram(told, [gdt, Area(told.number("rsp") - PAGE, PAGE)])


def check_image(told, kernel):
    """It lies where it wants to; the probe has compared its content."""
    assert told.entry == kernel.bits
    if not kernel.moves:
        assert told.load == kernel.load
        return
    first = told.load + kernel.first
    assert first % kernel.moves.align == 0
    assert kernel.moves.first <= first
    assert told.load + kernel.end - 1 <= kernel.moves.last


def same(got, wanted, what):
    assert got == wanted, "%s: %r, not %r" % (what, got, wanted)


def check_modules(told, given):
    got = told.modules
    same([module.size for module in got],
         [len(file.data) for file in given.modules], "modules")
    for module, file in zip(got, given.modules):
        assert module.crc == zlib.crc32(file.data), "a module is damaged"
        assert module.at % PAGE == 0 and module.at + module.size <= TOP


def check_strings(told, given):
    same(told.cmdline, given.line(told.protocol), "command line")
    for number, module in enumerate(told.modules):
        same(module.string, given.string(told.protocol, number), "string")
    if told.protocol in MULTIBOOT:
        assert re.fullmatch(given.loader_name(), told.loader), told.loader


def check_memory_sizes(told):
    """mem_lower and mem_upper: KiB from 0, and from 1 MiB to a hole."""
    def kib(start):
        return max([(area.end - start) // 1024 for area in told.ram()
                    if area.start <= start < area.end], default=0)
    assert told.number("mem_lower") == kib(0)
    assert told.number("mem_upper") == kib(1 << 20)


def check_multiboot1(told, given):
    flags = told.number("info_flags")
    wanted = MB1_MEMORY | MB1_CMDLINE | MB1_MAP | MB1_LOADER
    assert flags & wanted == wanted
    assert bool(flags & MB1_MODULES) == bool(given.modules)
    check_memory_sizes(told)


def check_multiboot2(told, kernel):
    kinds = [kind for kind, _ in told.tags]
    once = [kind for kind in kinds if kind != 3]
    assert len(set(once)) == len(once), "a tag is there twice"
    assert {TAG_MAP, TAG_MEMORY, TAG_LOAD_BASE} <= set(kinds)
    assert told.number("load_base") == told.load + kernel.first
    check_memory_sizes(told)


def check_sections(told, sections):
    """Those of the file, by their content; behind them their names."""
    nr, _, _, names = (int(word, 0) for word in told.rows("sections")[0])
    rows = [[int(word, 0) for word in row] for row in told.rows("section")]
    same((nr, names, len(rows)),
         (len(sections) + 2, len(sections) + 1, nr), "sections")
    for (kind, _, at, *content), wanted in zip(rows[1:], sections):
        same((kind, *content), (wanted.type, len(wanted.data), wanted.crc),
             "section " + wanted.name)
        assert at


def check_pvh(told):
    assert told.number("info_version") == 1
    assert told.number("info_flags") == 0


def check_linux(told, given):
    """A vmlinux: its setup header is made up by the loader."""
    assert told.field("boot_flag") == BOOT_FLAG
    assert told.field("header") == b"HdrS"
    assert told.field("version") >= 0x20c
    assert told.field("type_of_loader") == LOADER_UNKNOWN
    assert told.field("loadflags") & LOADED_HIGH
    assert told.zero_page[0x1ef] == 0
    image = probe.bzimage.Image(b"", VMLINUX_LIMITS, 0, 0)
    probe.check_initrd(told, image, doors.join(
        [module.data for module in given.modules]))
    probe.check_places(told)


def check(told, kernel, given, has_rsdp=True):
    """All promises to a kernel of kernels.py."""
    assert told.finished, "the probe died:\n" + told.text
    assert not told.failures, told.text
    same(told.protocol, kernel.protocol, "protocol")
    check_image(told, kernel)
    check_map(told, given)
    check_in_ram(told, told.areas("image") + told.areas("module")
                 + told.areas("info"))
    if told.protocol == "linux":
        check_linux(told, given)
    else:
        check_state(told, given.hops)
        check_modules(told, given)
    if told.protocol == "pvh":
        check_pvh(told)
    elif told.protocol == "multiboot1":
        check_multiboot1(told, given)
    elif told.protocol == "multiboot2":
        check_multiboot2(told, kernel)
    if told.protocol in MULTIBOOT and kernel.sections:
        check_sections(told, kernel.sections)
    if told.protocol in ("multiboot2", "pvh"):
        same(told.has_rsdp(), has_rsdp, "RSDP")
    check_strings(told, given)
