#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the seeds of the fuzzers of doors, kernels, command lines and of what
UEFI reads: one sound boot information each, in the layout that fuzz_door.h
describes; small kernels of every kind, as fuzz_kernel.h wants them; one line;
a device tree and an event log; a UKI with profiles, two entries with versions,
load options; memory maps and files as people have them."""
import gzip
import lzma
import pathlib
import struct
import subprocess
import zlib

LOW, HIGH = 0xF0000, 0x100000
SPLIT = 2048
REGIONS = [(HIGH, 0x10000, 1), (0, 0xA0000, 1), (0x104000, 0x1000, 4)]
corpus = pathlib.Path(__file__).parent / "corpus"


def write(fuzzer, name, low, high=b""):
    folder = corpus / fuzzer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(low.ljust(SPLIT, b"\0") + high if high else low)


def rsdp():
    old = bytearray(b"RSD PTR \0TEST  \2" + bytes(4))
    old[8] = -sum(old) & 255
    new = old + struct.pack("<IQ", 36, 0x7FE2000) + bytes(4)
    new[32] = -sum(new) & 255
    return bytes(new)


def high_half(module_list):
    """Module list, strings, then the modules' own bytes."""
    return (module_list.ljust(0x100, b"\0") +
            b"kernel quiet splash\0".ljust(0x40, b"\0") + b"qemu\0")


def mb1():
    mmap = b"".join(struct.pack("<IQQI", 20, *r) for r in REGIONS)
    mods = struct.pack("<4I", HIGH + 0x1000, HIGH + 0x1800, HIGH + 0x100, 0)
    info = struct.pack(
        "<11I2I3I", 0x124D, 639, 64, 0, HIGH + 0x100, 1, HIGH, 0, 0, 0, 0,
        len(mmap), LOW + 0x100, 0, 0, 0) + struct.pack("<I", HIGH + 0x140)
    info = info.ljust(0x58, b"\0") + struct.pack(
        "<Q3I8B", 0xFD000000, 4096, 1024, 768, 32, 1, 16, 8, 8, 8, 0, 8)
    write("mb1_door", "everything",
          info.ljust(0x100, b"\0") + mmap.ljust(0x100, b"\0") + rsdp(),
          high_half(mods))


def mb2():
    def tag(kind, payload):
        return (struct.pack("<II", kind, 8 + len(payload)) +
                payload).ljust((len(payload) + 15) & ~7, b"\0")

    efi = struct.pack("<II", 48, 1) + struct.pack(
        "<IIQQQQQ", 7, 0, HIGH, 0, 16, 15, 0)
    tags = b"".join([
        tag(1, b"gangway quiet\0"), tag(2, b"GRUB 2.06\0"),
        tag(3, struct.pack("<II", HIGH, HIGH + 0x100) + b"kernel\0"),
        tag(4, struct.pack("<II", 639, 64)),
        tag(6, struct.pack("<II", 24, 0) + b"".join(
            struct.pack("<QQII", *r, 0) for r in REGIONS)),
        tag(8, struct.pack("<Q3I4B6B", 0xFD000000, 4096, 1024, 768, 32, 1, 0,
                           0, 16, 8, 8, 8, 0, 8)),
        tag(12, struct.pack("<Q", HIGH)), tag(13, b"\3\0" + bytes(6) + b"x"),
        tag(14, rsdp()[:20]), tag(15, rsdp()), tag(17, efi), tag(18, b""),
        tag(20, bytes(8)), tag(0, b"")])
    write("mb2_door", "everything",
          struct.pack("<II", 8 + len(tags), 0) + tags,
          b"IBI SYST".ljust(104, b"\0") + struct.pack("<QQ", 1, HIGH + 0x100))


def pvh():
    memmap = b"".join(struct.pack("<QQII", *r, 0) for r in REGIONS)
    mods = struct.pack("<4Q", HIGH + 0x1000, 0x800, HIGH + 0x100, 0)
    start = struct.pack("<4I4QII", 0x336EC578, 1, 0, 1, HIGH, HIGH + 0x100, 0,
                        LOW + 0x100, len(REGIONS), 0)
    write("pvh_door", "everything",
          start.ljust(0x100, b"\0") + memmap.ljust(0x100, b"\0") + rsdp(),
          high_half(mods))


def linux():
    """A zero page, a command line, and a chain of two nodes."""
    page = bytearray(0x1000)
    struct.pack_into("<B", page, 0x1e8, len(REGIONS))
    struct.pack_into("<H2x4sH", page, 0x1fe, 0xaa55, b"HdrS", 0x20f)
    page[0x210] = 0xff
    struct.pack_into("<II", page, 0x218, HIGH + 0x1000, 0x800)
    struct.pack_into("<I", page, 0x228, HIGH + 0x100)
    struct.pack_into("<Q", page, 0x250, HIGH + 0x200)
    for number, region in enumerate(REGIONS):
        struct.pack_into("<QQI", page, 0x2d0 + 20 * number, *region)
    nodes = struct.pack("<QIIQ", HIGH + 0x240, 9, 8, 7).ljust(0x40, b"\0")
    nodes += struct.pack("<QII", 0, 1, 20) + struct.pack(
        "<QQI", 0x105000, 0x1000, 2)
    write("linux_door", "everything", bytes(page[:SPLIT]),
          bytes(0x100) + b"quiet splash\0".ljust(0x100, b"\0") + nodes)


def coreboot():
    def record(tag, payload):
        return struct.pack("<II", tag, 8 + len(payload)) + payload

    table = record(1, b"".join(struct.pack("<QQI", *r) for r in REGIONS)) + \
        record(0x43, struct.pack("<Q", LOW + 0x400)) + record(
            0x12, struct.pack("<Q3I12B", 0xFD000000, 1024, 768, 4096, 32, 16,
                              8, 8, 8, 0, 8, 0, 0, 0, 0, 0))
    head = struct.pack("<4s5I", b"LBIO", 24, 0, len(table), 0, 3)
    forward = record(0x11, struct.pack("<Q", HIGH))
    write("coreboot_door", "everything", head + table)
    write("coreboot_door", "forward", struct.pack(
        "<4s5I", b"LBIO", 24, 0, len(forward), 0, 1) + forward, head + table)


def texts():
    """What is told apart by bytes of 0xff, and what is one text."""
    machine = b"\xff".join([b" LENOVO", b"ThinkPad", b"21BX", b"SKU",
                            b"LENOVO", b"21BXCTO1WW"]) + b"\xff"
    device = struct.pack("<I16sII", 1 << 28 | 28, bytes(16), 56, 56)
    write("hwids", "one", machine + device + bytes(28) + b"lenovo,x\0")
    write("loader_conf", "default",
          b"# x\ntimeout 3\ndefault debian-*\nconsole-mode keep\n")
    write("loader_conf", "pattern", b"a*?cabbc")
    write("xen_map", "three", bytes([len(REGIONS)]) + b"".join(
        struct.pack("<QQI", *region) for region in REGIONS))


LINK = 0x20000  # where the small kernels are linked to
HEADER_AT = 0x200
NOTES_AT, NOTES_LEN = 0x180, 0x60


def machine(nr_modules=2, more=0x8B):
    """The options, a region of ACPI's at 64 KiB, and modules."""
    modules = [(0x110001, 300), (0x112000, 77), (LINK + 9, 5000)]
    return (struct.pack("<BBH", 1 + 8 * nr_modules, more, 20) +
            struct.pack("<HBBHBBB", 0x100, 8, 0, 0x100, 4, 0, 3) +
            b"".join(struct.pack("<IH", *module)[:3] +
                     struct.pack("<H", module[1])
                     for module in modules[:nr_modules]))


def segment(wide, kind, offset, at, filesz, memsz):
    virtual = at + 0xC0000000 if kind == 1 else 0
    if wide:
        return struct.pack("<IIQQQQQQ", kind, 7, offset, virtual, at, filesz,
                           memsz, 4096)
    return struct.pack("<8I", kind, offset, virtual, at, filesz, memsz, 7, 4096)


def section(wide, kind, at, offset, size):
    return (struct.pack("<IIQQQQIIQQ", 1, kind, 0, at, offset, size, 0, 0, 4, 16)
            if wide else
            struct.pack("<10I", 1, kind, 0, at, offset, size, 0, 0, 4, 16))


def elf(wide, notes=b"", header=b"", entry=LINK + 4):
    """Two segments with a gap, notes, a header, and three sections."""
    sections_at, text_at = 0x280, 0x380
    head = struct.pack("<QQQIHHHHHH" if wide else "<IIIIHHHHHH", entry, 64,
                       sections_at, 0, 64, 0, 0, 64 if wide else 40, 3, 2)
    segments = [segment(wide, 1, text_at, LINK, 0x80, 0x80),
                segment(wide, 1, text_at + 0x80, LINK + 0x1000, 0x21, 0x234),
                segment(wide, 4, NOTES_AT, 0, len(notes), len(notes))]
    sections = [section(wide, 1, LINK, text_at, 0x80),
                section(wide, 2, 0, text_at + 0x40, 0x30),
                section(wide, 3, 0, text_at + 0x20, 0x11)]
    file = bytes(16) + struct.pack("<HHI", 2, 0, 1) + head
    file = file.ljust(64, b"\0") + b"".join(segments)
    assert len(file) <= NOTES_AT and len(notes) <= NOTES_LEN
    file = file.ljust(NOTES_AT, b"\0") + notes
    file = file.ljust(HEADER_AT, b"\0") + header
    file = file.ljust(sections_at, b"\0") + b"".join(sections)
    return file.ljust(text_at, b"\0") + bytes(range(0xB0))


def note(owner, kind, desc):
    return (struct.pack("<III", len(owner) + 1, len(desc), kind) +
            (owner + b"\0").ljust(len(owner) + 4 & ~3, b"\0") +
            desc.ljust(len(desc) + 3 & ~3, b"\0"))


def multiboot1():
    head = struct.pack("<H", HEADER_AT)
    for wide in (0, 1):
        write("multiboot1", f"elf{32 << wide}",
              head + bytes([2 * 2 + wide]) + machine() +
              elf(wide, header=struct.pack("<II", 0, 3)))
    for name, end in (("addresses", 0), ("load_end", LINK + 0x2FF)):
        flat = struct.pack("<8I", 0, 0x10003, 0, LINK + HEADER_AT, LINK, end,
                           LINK + 0x1000, LINK)
        write("multiboot1", name, head + b"\0" + machine(3) +
              flat.rjust(HEADER_AT + 32, b"\0").ljust(0x300, b"x"))


def multiboot2():
    def tag(kind, *fields):
        return struct.pack(f"<HHI{len(fields)}I", kind, 0, 8 + 4 * len(fields),
                           *fields).ljust(8 + 4 * len(fields) + 7 & ~7, b"\0")

    def start(tags):
        return struct.pack("<HH", HEADER_AT, 16 + len(tags))

    end, every = tag(0), [tag(1, 4, 6), tag(6), tag(4, 2), tag(5, 0, 0, 0)]
    for name, tags, wide in (
            ("plain", [], 0), ("every_tag", every + [tag(9, LINK)], 1),
            ("moved_up", [tag(10, 0x30000, 0x90000, 4096, 1)], 0),
            ("moved_high", [tag(10, 0, 0xFFFFFFFF, 4096, 2), tag(3, LINK)], 1)):
        tags = b"".join(tags) + end
        write("multiboot2", name, start(tags) + bytes([2 * 2 + wide]) +
              machine(2, 0xF7) + elf(wide, header=bytes(16) + tags))
    tags = tag(2, LINK + HEADER_AT, 0xFFFFFFFF, 0, 0) + tag(3, LINK) + end
    write("multiboot2", "addresses", start(tags) + b"\0" + machine(3) +
          (bytes(HEADER_AT + 16) + tags).ljust(0x300, b"x"))


def elf_kernels():
    entry = note(b"Xen", 18, struct.pack("<Q", LINK + 8))
    reloc = note(b"Xen", 19, struct.pack("<III", 4096, 0x40000, 0xFFFFFFFF))
    linux = note(b"Linux", 0x100, b"")
    for wide in (0, 1):
        head = bytes([2 * 3 + wide]) + machine()
        write("pvh", f"elf{32 << wide}", head + elf(wide, entry))
        write("pvh", f"moved{32 << wide}",
              head + elf(wide, entry + reloc, entry=0xC0020004))
        write("vmlinux", f"elf{32 << wide}", head + elf(wide, linux))
    write("pvh", "linux", bytes([2 * 3]) + machine(2, 0x10) +
          elf(0, entry + note(b"Xen", 6, b"linux\0")))


def uki():
    names = [".osrel", ".linux", ".cmdline", ".profile", ".initrd", ".profile",
             ".cmdline"]
    head = b"MZ".ljust(0x3c, b"\0") + struct.pack("<I", 0x40)
    head += b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, len(names), 0, 0, 0,
                                    0x48, 0x22e)
    head += struct.pack("<H42xH14xIIH2x", 0x20b, 1, 0x400, 0, 10)
    for number, name in enumerate(names):
        head += struct.pack("<8sIIII12xI", name.encode(), 5, 0x400 + 8 * number,
                            8, 0x400 + 8 * number, 0x40000040)
    write("efi_pe", "profiles", head.ljust(0x400, b"\0") + bytes(64))


def efi_texts():
    entry = (b"title x\nsort-key a\nmachine-id b\nversion 6.10~rc1-2^3\n"
             b"linux /k\ninitrd /i\nmodule /m x\noptions a b\noptions c\n"
             b"profile 1\narchitecture x64\n")
    write("efi_bls", "entry", b"a+3-1.conf\xff" + entry + b"\xff6.9")
    write("efi_bls", "images", b'ID="a"\nVERSION_ID=12\n\xff'
          b"kernel=\\a \"initrd=b c\" module=d,e @1\xff"
          b"IMAGE_ID=a\nIMAGE_VERSION='1'")
    write("efi_text", "options",
          "kernel=\\ä €\U0001f600 x\r\n".encode("utf-16") + b"\0\0x")
    write("efi_text", "hashes", b"0123456789abcdef" * 4 + b"  file\n")


def devicetree():
    """With all that is put in, to be replaced."""
    source = ("/dts-v1/; /memreserve/ 1 1; / { compatible = \"x\"; memory@0 "
              "{ reg = <0 1>; }; chosen { bootargs = \"old\"; rng-seed = <1>;"
              " linux,initrd-start = <1>; linux,initrd-end = <2>; }; };")
    tree = subprocess.run(["dtc", "-q"], input=source.encode(), check=True,
                          stdout=subprocess.PIPE).stdout
    write("devicetree", "everything", b"\x13" + tree)


def event_log():
    """Two banks, two events, the second of which is the last."""
    banks = struct.pack("<HHHH", 4, 20, 11, 32)
    spec = b"Spec ID Event03\0" + struct.pack("<I4BI", 0, 0, 2, 0, 2, 2)
    log = struct.pack("<II20xI", 0, 3, len(spec + banks) + 1) + spec + banks
    log += b"\0"
    event = struct.pack("<IIIH20xH32xI", 12, 13, 2, 4, 11, 3) + b"abc"
    last = len(log) + len(event)
    write("event_log", "two", struct.pack("<HB", last, 1) + log + 2 * event)


def live_map():
    """A firmware's map of pieces, a module, and ranges that a plan keeps."""
    def at(*pages):
        return b"".join((start * 8).to_bytes(3, "little") +
                        struct.pack("<H", size * 8) for start, size in pages)

    free, loader, services = b"\0\7\x10", b"\0\2\4", b"\2\4\3"
    write("live_map", "module_stays", b"\3\1" + free + loader + free +
          at((16, 1), (2, 5), (16, 1), (30, 2)))
    write("live_map", "kernel_over_a_module", b"\4\1" + free + loader + free +
          services + at((16, 4), (12, 12), (1, 1)))


def memory_maps():
    """A line of each form that people have."""
    write("memmap", "linux", b"[    0.0] BIOS-e820: [mem 0x0-0x9fbff] usable\n"
          b" BIOS-e820: 0000100000 - 0010000000 (ACPI data)\r\n")
    write("memmap", "gangway", b"memory map: 2 regions, 1 KiB of RAM\n"
          b"  0000000000-00000a0000 RAM               0000100000-0000800000 "
          b"soft reserved\n  and 6 more\nmodule 0: 1000-2000 \"a\" \"b\"\n")
    write("memmap", "uefi", b"BS_Data    0000000000900000-00000000014FFFFF 00C00 "
          b"0F\nefi: mem01: [Conventional Memory|SP|WB] range=[0x0-0xfff] (0MB)")


def entry(name, data):
    """Of a cpio archive."""
    head = b"070701" + b"%08x" * 13 % (1, 0o644, 0, 0, 1, 0, len(data), 0, 0, 0,
                                       0, len(name) + 1, 0)
    head += name + b"\0"
    head += bytes(-len(head) % 4) + data
    return head + bytes(-len(head) % 4)


def files():
    """What the host's program tells of, and no loader reads."""
    end = entry(b"TRAILER!!!", b"")
    write("inspect", "initrd",
          entry(b"kernel/x86/microcode/GenuineIntel.bin", b"code") + end +
          bytes(512) + entry(b"init", b"#!/bin/sh") + end + gzip.compress(b"x", mtime=0))
    head = struct.pack(">7I4B32s", 0x27051956, 0, 1, 4, 0x100000, 0x100000,
                       zlib.crc32(b"data"), 5, 24, 2, 0, b"name")
    head = head[:4] + struct.pack(">I", zlib.crc32(head)) + head[8:]
    write("inspect", "uimage", head + b"data")
    for name, pack in (("gzip", lambda data: gzip.compress(data, mtime=0)), ("xz", lzma.compress)):
        write("inspect", name, pack(end))


memory_maps()
files()
devicetree()
event_log()
mb1()
mb2()
pvh()
linux()
coreboot()
texts()
multiboot1()
multiboot2()
elf_kernels()
live_map()
write("cmdline", "quoted", b'kernel a="b c" gangway.log=quiet\td\n "e f"')
uki()
efi_texts()
