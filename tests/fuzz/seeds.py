#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Write the seeds of the door and command line fuzzers: one sound boot
information each, in the layout that fuzz_door.h describes, and one line."""
import pathlib
import struct

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


mb1()
mb2()
pvh()
write("cmdline", "quoted", b'kernel a="b c" gangway.log=quiet\td\n "e f"')
