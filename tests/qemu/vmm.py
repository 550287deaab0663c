# SPDX-License-Identifier: BSD-2-Clause
"""Virtual machine monitors, played by tests/kernels/stage.S: memory and CPU as
they hand them to a kernel, byte by byte, from their sources.

    Cloud Hypervisor 53   arch/src/x86_64/{layout,regs,mod}.rs
    Firecracker 1.16      src/vmm/src/arch/x86_64/{layout,regs,gdt,mod}.rs
    crosvm (August 2026)  x86_64/src/{lib,regs}.rs, kernel_loader/src

and older releases of the first two where they did it otherwise. They have no
firmware: memory is zero but for what they write. Here it is dirty, but for
the BIOS data area. The machine is QEMU's pc, whose first MiB is made RAM
altogether, as theirs is.
"""
import struct
from typing import NamedTuple

import doors
import mp_table
import stage
import vmm_acpi
from bzimage import MIB
from stage import RAM, RESERVED

GIB = 1 << 30
DIRT = b"\xa5"
PAGE = 4096
BDA, BDA_END, EBDA_POINTER = 0x400, 0x500, 0x40e
VIDEO_HOLE = 0xa0000
FRONT = 0x80000000  # bus 0, device 0 in PCI's address port
CONFIG_ADDRESS, CONFIG_DATA = 0xcf8, 0xcfc
# i440FX: all of C0000-FFFFF, then A0000-BFFFF, are RAM, to read and to write
ALL_RAM = [(0x58, 0x33333000), (0x5c, 0x33333333), (0x70, 0x004a0000)]
LOADER_OTHER = 0xff
ZERO_PAGE, PAGE_TABLES, CMDLINE = 0x7000, 0x9000, 0x20000
START_INFO, MODLIST, MEMMAP = 0x6000, 0x6040, 0x7000
MULTIBOOT_INFO = 0x6000
LARGE, PRESENT = 0x83, 3
PE, ET, PG = 1, 0x10, 1 << 31
PAE, LA57 = 1 << 5, 1 << 12
LME = 1 << 8
BUSY = 1 << 41  # in a TSS: ltr takes one that is not, and makes it so
SETUP_DATA, SETUP_RNG_SEED = 0x20800, 9
BZIMAGE = MIB  # where the protected-mode part of one goes


class Vmm(NamedTuple):
    """What differs between them."""

    low: tuple  # the map below 1 MiB
    rsdp: int = 0  # 0: no ACPI
    tables: int = 0  # the other tables; 0: behind the RSDP
    told: bool = True  # of the RSDP, by the protocol
    mmconfig: tuple = ()
    gdt: int = 0x500
    first: int = 1  # of the table's entries in use
    cr0: int = PE | ET
    stack: int = 0x8ff0
    mapped: int = 1  # GiB
    levels: int = 4
    ebda: int = 0
    seed: bytes = b""
    lowest: int = MIB  # where a file may begin
    mp: tuple = ()  # where the MP table's pointer is, and the table

    def regions(self, top):
        """The memory map, for RAM up to an address, in the VMM's order."""
        return (*self.low, (MIB, top - MIB, RAM), *self.mmconfig)


CLOUD_HYPERVISOR = Vmm(
    ((0, 0xa0000, RAM),), 0xa0000, cr0=PE, ebda=0xa000,
    mp=(0xf0100, 0xf0110),
    mmconfig=((0xe8000000, 256 * MIB, RESERVED),))
# From 0.7 to 15, for files without a PVH note, where the host has five levels
# of page tables: the most that anybody does at Linux's entry.
FIVE_LEVELS = CLOUD_HYPERVISOR._replace(cr0=PE | ET, levels=5)
# From 1.8 on; before that without ACPI, and by PVH from 1.12 on.
FIRECRACKER = Vmm(
    ((0, 0x9fc00, RAM), (0x9fc00, 0xe0000 - 0x9fc00, RESERVED)), 0xe0000,
    0xa0000, mp=(0x9fc00, 0x9fc10))
FIRECRACKER_PVH = FIRECRACKER._replace(
    told=False, mmconfig=((0xeec00000, 256 * MIB, RESERVED),))
OLD_FIRECRACKER = Vmm(((0, 0x9fc00, RAM),), mp=(0x9fc00, 0x9fc10))
CROSVM = Vmm(
    ((0, 0xa0000, RAM), (0xa0000, MIB - 0xa0000, RESERVED)), 0xe0000,
    told=False, gdt=0x1500, first=2, stack=0x8000, mapped=4,
    seed=bytes(range(256)), mmconfig=((0xf4000000, 64 * MIB, RESERVED),),
    lowest=2 * MIB, mp=(0x9fc00, 0x9e800))


def descriptor(flags, limit):
    return (flags & 0xf0ff) << 40 | (limit & 0xf0000) << 32 | limit & 0xffff


def poison(script, vmm):
    """Nothing is left of the BIOS, nor is anything else as gangway would have
    it."""
    for register, value in ALL_RAM:
        script.write_port(CONFIG_ADDRESS, FRONT | register)
        script.write_port(CONFIG_DATA, value)
    script.put(0, DIRT * BDA)
    script.clear(BDA, BDA_END - BDA)
    script.put(BDA_END, DIRT * (MIB - BDA_END))
    script.put(MIB, DIRT * 2 * MIB)
    if vmm.ebda:
        script.put(EBDA_POINTER, struct.pack("<H", vmm.ebda))


def segments(script, vmm, bits):
    """Put the descriptor tables; the fields of the state that they make."""
    code = descriptor(0xa09b if bits == 64 else 0xc09b, 0xfffff)
    tss = descriptor(0x808b if bits == 64 else 0x8b, 0x67)
    table = [0] * vmm.first + [code, descriptor(0xc093, 0xfffff), tss & ~BUSY]
    table += [0] * (vmm.first - 1)
    script.put(vmm.gdt, struct.pack("<%dQ" % len(table), *table))
    idt = vmm.gdt + 8 * len(table)
    script.put(idt, bytes(8))
    first = 8 * vmm.first
    return {"cs": first, "ds": first + 8, "tr": first + 16,
            "gdt": (vmm.gdt, 8 * len(table) - 1), "idt": (idt, 7)}


def page_tables(script, vmm):
    """Put them, each on the page behind the one that points at it."""
    at = PAGE_TABLES
    for _ in range(vmm.levels - 3):
        script.put(at, struct.pack("<Q", at + PAGE | PRESENT))
        at += PAGE
    script.put(at, struct.pack("<%dQ" % vmm.mapped, *(
        at + PAGE * (number + 1) | PRESENT for number in range(vmm.mapped))))
    script.put(at + PAGE, struct.pack("<%dQ" % (512 * vmm.mapped), *(
        number << 21 | LARGE for number in range(512 * vmm.mapped))))


def begin(vmm, gangway, module, cmdline):
    script = stage.Script()
    poison(script, vmm)
    if gangway.suffix == ".efi":
        script.put(BZIMAGE, gangway.read_bytes()[PAGE:])
    else:
        Elf(gangway).load(script, vmm.lowest)
    if module and module.at < 4 * GIB:  # or by loaded_by_qemu()
        script.put_modules([module])
    script.put(CMDLINE, cmdline.encode() + b"\0")
    if vmm.rsdp:
        vmm_acpi.put(script, vmm.rsdp, vmm.tables)
    if vmm.mp:
        mp_table.put(script, *vmm.mp)
    return script


class Elf:
    """A file as they read it, refused for what they refuse it for."""

    def __init__(self, path):
        self.data = path.read_bytes()
        assert self.data[:7] == b"\x7fELF\2\1\1"
        self.entry, table = struct.unpack_from("<QQ", self.data, 0x18)
        size, count = struct.unpack_from("<HH", self.data, 0x36)
        assert size == 56 and table >= 64
        self.headers = [
            struct.unpack_from("<IIQQQQQQ", self.data, at)
            for at in range(table, table + size * count, size)]

    def load(self, script, lowest):
        """Put what the file has; what it has not, nobody clears."""
        first, end = 1 << 32, 0
        for kind, _, offset, _, paddr, length, whole, _ in self.headers:
            if kind == stage.PT_LOAD:
                assert paddr >= lowest
                first, end = min(first, paddr), max(end, paddr + whole)
                script.put(paddr, self.data[offset:offset + length])
        assert first <= self.entry < end

    def pvh_entry(self):
        """Of the note, by its number alone, in the last PT_NOTE there is."""
        *_, note = (row for row in self.headers if row[0] == 4)
        _, _, offset, _, _, length, _, align = note
        end = offset + length
        while offset < end:
            name, desc, kind = struct.unpack_from("<III", self.data, offset)
            offset += 12 + -(-name // align) * align
            if kind == stage.PHYS32_ENTRY:
                return int.from_bytes(self.data[offset:offset + desc],
                                      "little")
            offset += -(-desc // align) * align
        raise ValueError("no note")


def by_pvh(vmm, gangway, module, cmdline, top):
    """Through the PVH entry; module: one at most, as they give."""
    script = begin(vmm, gangway, module, cmdline)
    regions = vmm.regions(top)
    script.put(START_INFO, struct.pack(
        "<4I4QII", stage.START_INFO_MAGIC, 1, 0, 1 if module else 0,
        MODLIST if module else 0, CMDLINE, vmm.rsdp if vmm.told else 0,
        MEMMAP, len(regions), 0))
    if module:
        script.put(MODLIST, struct.pack("<4Q", module.at, len(module.data),
                                        0, 0))
    script.put(MEMMAP, b"".join(struct.pack("<QQII", *region, 0)
                                for region in regions))
    script.state = stage.State(
        Elf(gangway).pvh_entry(), ebx=START_INFO, eflags=2, cr0=vmm.cr0,
        **segments(script, vmm, 32))
    return script


def boot_params(vmm, module, cmdline, regions, subarch=(0, 0)):
    """A zero page for an ELF file, which has no setup header; subarch:
    hardware_subarch and its data."""
    page = bytearray(PAGE)

    def put(at, code, *values):
        struct.pack_into("<" + code, page, at, *values)
    put(0x70, "Q", vmm.rsdp if vmm.told else 0)
    put(0x1e8, "B", len(regions))
    put(0x1fe, "H4s", 0xaa55, b"HdrS")
    put(0x210, "B", LOADER_OTHER)
    if module:
        put(0x218, "II", module.at & 0xffffffff, len(module.data))
        put(0xc0, "I", module.at >> 32)
    put(0x228, "I", CMDLINE)
    put(0x230, "I", 0x1000000)
    put(0x238, "IIQ", len(cmdline) + 1, *subarch)
    put(0x250, "Q", SETUP_DATA if vmm.seed else 0)
    for number, region in enumerate(regions):
        put(0x2d0 + 20 * number, "QQI", *region)
    return bytes(page)


def by_bzimage(vmm, gangway, module, cmdline, top):
    """The protected-mode part of a file, where Linux always lies: Cloud
    Hypervisor goes to its 32-bit entry, with paging off, Firecracker to the
    64-bit one. Neither looks at what the header says of memory."""
    script = by_linux(vmm, gangway, module, cmdline, top)
    if vmm.mp == CLOUD_HYPERVISOR.mp and vmm.levels == 4:
        script.state = stage.State(BZIMAGE, esi=ZERO_PAGE, esp=vmm.stack,
                                   eflags=2, cr0=vmm.cr0,
                                   **segments(script, vmm, 32))
    return script


def by_linux(vmm, gangway, module, cmdline, top, **params):
    """Through Linux's 64-bit entry, which is an ELF file's."""
    script = begin(vmm, gangway, module, cmdline)
    script.put(ZERO_PAGE, boot_params(vmm, module, cmdline,
                                      vmm.regions(top), **params))
    if vmm.seed:
        script.put(SETUP_DATA, struct.pack("<QII", 0, SETUP_RNG_SEED,
                                           len(vmm.seed)) + vmm.seed)
    page_tables(script, vmm)
    script.state = stage.State(
        BZIMAGE + 0x200 if gangway.suffix == ".efi" else Elf(gangway).entry,
        esi=ZERO_PAGE, esp=vmm.stack, ebp=vmm.stack, eflags=2,
        cr0=vmm.cr0 | PG, cr3=PAGE_TABLES, efer=LME,
        cr4=PAE | (LA57 if vmm.levels == 5 else 0),
        **segments(script, vmm, 64))
    return script


def by_multiboot(vmm, gangway, cmdline, top):
    """As crosvm does: without modules, whatever it was given."""
    script = begin(vmm._replace(lowest=MIB), gangway, None, cmdline)
    regions = vmm.regions(top)
    table = b"".join(struct.pack("<IQQI", 20, *region) for region in regions)
    script.put(MULTIBOOT_INFO + 128, table)
    script.put(MULTIBOOT_INFO + 128 + len(table), b"crosvm\0")
    info = struct.pack("<5I", 0x245, 640, top // 1024 - 1024, 0, CMDLINE)
    info = info.ljust(44, b"\0")
    info += struct.pack("<II", len(table), MULTIBOOT_INFO + 128)
    info = info.ljust(64, b"\0")
    info += struct.pack("<I", MULTIBOOT_INFO + 128 + len(table))
    script.put(MULTIBOOT_INFO, info.ljust(116, b"\0"))
    script.state = stage.State(
        stage.mb1_entry(gangway), eax=stage.MB1_MAGIC, ebx=MULTIBOOT_INFO,
        eflags=2, **segments(script, vmm, 32))
    return script


def loaded_by_qemu(folder, module):
    """QEMU's arguments for a module where the first stage does not reach."""
    (folder / "high").write_bytes(module.data)
    return ["-device", "loader,file=%s,addr=%#x,force-raw=on"
            % (doors.escape(folder / "high"), module.at)]


def place(data, top):
    """A module where they put it: as high as it can, on a page."""
    return stage.Module((top - len(data)) // PAGE * PAGE, data)
