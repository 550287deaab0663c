# SPDX-License-Identifier: BSD-2-Clause
"""coreboot's own tool takes a packed file as a payload, and changes nothing."""
import struct
import subprocess

import doors
from program import good

PT_LOAD = 1
MIB = 1 << 20


def loaded(data):
    """The entry, and (place, bytes, size in memory) of each segment."""
    assert data[:4] == b"\x7fELF"
    if data[4] == 2:
        entry, table = struct.unpack_from("<QQ", data, 0x18)
        size, count = struct.unpack_from("<HH", data, 0x36)
        row = struct.Struct("<I4xQ8xQQQ")
    else:
        entry, table = struct.unpack_from("<II", data, 0x18)
        size, count = struct.unpack_from("<HH", data, 0x2a)
        row = struct.Struct("<II4xIII")
    rows = [row.unpack_from(data, table + n * size) for n in range(count)]
    return entry, [(at, data[offset:offset + length], memory)
                   for kind, offset, at, length, memory in rows
                   if kind == PT_LOAD]


def cbfstool(*words):
    subprocess.run(["cbfstool", *words], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_payload(tmp_path, kernels):
    """By the commands of docs/images.md."""
    (tmp_path / "initrd").write_bytes(doors.noise(70000))
    payload, rom, again = (tmp_path / name for name in (
        "payload.elf", "coreboot.rom", "again.elf"))
    good("pack", "--type", "elf", "-o", payload, "--kernel",
         kernels / "probe64.bzimage", "--initrd", tmp_path / "initrd")
    cbfstool(rom, "create", "-m", "x86", "-s", str(4 * MIB))
    cbfstool(rom, "add-payload", "-n", "fallback/payload", "-f", payload,
             "-c", "lzma")
    cbfstool(rom, "extract", "-n", "fallback/payload", "-f", again, "-m",
             "x86")
    one, other = loaded(payload.read_bytes()), loaded(again.read_bytes())
    assert one[1] and one == other
