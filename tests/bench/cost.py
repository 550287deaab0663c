# SPDX-License-Identifier: BSD-2-Clause
"""What gangway costs from its door to the kernel's first instruction.

Two ways that must agree: count() asks a TCG plugin, which also tells bytes
stored; ticks() reads the virtual TSC under -icount at a probe's first
instruction, and net() subtracts the same boot with tests/kernels/door.S in
gangway's place.
"""
import fcntl
import pathlib
import re
import subprocess
from typing import NamedTuple

import doors
import machine
import probe

HERE = pathlib.Path(__file__).resolve().parent
PLUGIN = doors.BUILD / "tests" / "counter.so"
EFI_DEBUG = doors.BUILD / "efi.debug"
SIGNATURE_LEN = 16  # of the code at an entry
SHIFT = 6  # 64 ns per instruction: waits by time stay short
# QEMU 10 goes through a repeated string instruction at one stroke unless it
# has to count
ICOUNT = ["-icount", "shift=%d,sleep=off" % SHIFT]
QUIET = "gangway.log=quiet probe.brief"
KERNEL_SIZE = 14 << 20  # of PERF.md: 14,680,064 bytes


class Cost(NamedTuple):
    insns: int  # as the emulator counts
    rounds: int  # of these, rounds of repeated string instructions
    stored: int  # bytes
    ranges: list  # bytes stored into each of the ranges asked for

    @property
    def control(self):
        return self.insns - self.rounds


def plugin_api():
    """The version number that this QEMU asks plugins for."""
    told = subprocess.run([machine.QEMU, "--version"], text=True,
                          stdout=subprocess.PIPE, check=True).stdout
    version = re.search(r"version (\d+)\.(\d+)", told)
    return 1 if (int(version[1]), int(version[2])) <= (8, 1) else 4


def build_plugin():
    source = HERE / "counter.c"
    PLUGIN.parent.mkdir(parents=True, exist_ok=True)
    with open(PLUGIN.parent / "counter.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not PLUGIN.exists() \
                or PLUGIN.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["gcc", "-O2", "-shared", "-fPIC",
                            "-fvisibility=hidden",
                            "-DPLUGIN_API=%d" % plugin_api(),
                            "-o", str(PLUGIN), str(source)], check=True)


def kernel_entry(report):
    offset = 0x200 if report.entry == 64 else 0
    return report.load + offset


def from_address(start):
    """Count all that happens from an address on."""
    return "from=%x" % start


def of_image(folder):
    """Count what gangway.efi does itself, and not what the firmware does."""
    told = subprocess.run(["nm", EFI_DEBUG], text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    at = {name: int(value, 16) for value, _, name in
          (line.split() for line in told.splitlines())}
    entry = at["efi_entry"]
    text = folder / "text"
    subprocess.run(["objcopy", "-O", "binary", "-j", ".text", EFI_DEBUG,
                    text], check=True)
    skip = entry - at["_text"]
    code = text.read_bytes()[skip:skip + SIGNATURE_LEN]
    return "entry=%s,image=%x-%x,alone=%x" % (
        code.hex(), at["_image"] - entry, at["_image_end"] - entry,
        at["efi_depart"] - entry)


def count(folder, args, start, report, ranges=(), **options):
    """Run a boot, whose report is known, once more and count from a start:
    what from_address() or of_image() gives."""
    build_plugin()
    out = folder / "counted"
    out.unlink(missing_ok=True)
    asked = "%s,out=%s,%s,to=%x" % (PLUGIN, out, start, kernel_entry(report))
    for area in ranges:
        asked += ",range=%x-%x" % (area.start, area.end)
    again = probe.Report(machine.run(
        folder, *args, *ICOUNT, "-plugin", asked,
        accel="tcg,thread=single", **options))
    assert again.load == report.load, "the second boot went another way"
    assert out.exists(), "the counter was not reached"
    values = dict(word.split("=") for word in out.read_text().split())
    return Cost(int(values["insns"]), int(values["rounds"]),
                int(values["stored"]),
                [int(values["range%d" % n]) for n in range(len(ranges))])


def ticks(folder, args, **options):
    """Instructions from reset to a probe's first one."""
    outcome = machine.run(
        folder, *args, *ICOUNT, "-rtc", "base=2020-01-01,clock=vm",
        accel="tcg,thread=single", **options)
    return probe.Report(outcome).number("tsc") >> SHIFT


def net(folder, args, baseline, **options):
    """Instructions from gangway's door to the kernel, by two boots."""
    at = args.index("-kernel") + 1
    direct = list(args)
    direct[at] = baseline
    return ticks(folder, args, **options) - ticks(folder, direct, **options)
