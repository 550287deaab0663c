# SPDX-License-Identifier: BSD-2-Clause
"""How far it is to user space: from a loader's first instruction to the first
line of init, for Debian's kernels with an initrd of 64 MiB. The loaders do the
same work: they bring one kernel and one initrd, and start Linux.

Instructions are all that the CPU executes on the way, the firmware's too, as
the emulator counts them: a repeated string instruction counts once for each
element. They are counted under -icount with a clock that only instructions
drive, so that two boots count the same, unless a disk is asked. The wall time is
of another boot, without that.
"""
import concurrent.futures
import fcntl
import os
import pathlib
import shutil
import struct
import subprocess
from typing import NamedTuple

import cost
import doors
import esp
import grub
import machine
import stage
import targets
import ukify

HERE = pathlib.Path(__file__).resolve().parent
TOOL = doors.BUILD / "gangway"
FIRST = doors.BUILD / "tests" / "first"
FIRST_AT = 0x5a5a5a0000
STOPWATCH = doors.BUILD / "tests" / "stopwatch.so"
SETUP_AT = 0x10200  # the kernel's real-mode entry, as QEMU's ROM uses it
BOOT_SECTOR = 0x7c00
ENTRY_LEN = 24  # bytes that know an image
MEMORY = 1024
BLOB_MIB = 64
CLOCK = ["-icount", "shift=3,sleep=off", "-rtc", "base=2020-01-01,clock=vm"]
LINE = "console=ttyS0 quiet panic=-1 reboot=t no_timer_check rdinit=/first"
KERNELS = {"6.1, xz": "amd64-6.1", "6.1 cloud, lz4": "cloud",
           "6.12 cloud, zstd": "cloud-6.12"}


class Distance(NamedTuple):
    insns: int
    ns: int


def build(target, source, *command):
    """By the compiler, if it is not there yet; for several processes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target.parent / (target.name + ".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists() \
                or target.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(["gcc", *command, "-o", str(target), str(source)],
                           check=True)
    return target


def stopwatch():
    return build(STOPWATCH, HERE / "stopwatch.c", "-O2", "-shared", "-fPIC",
                 "-fvisibility=hidden",
                 "-DPLUGIN_API=%d" % cost.plugin_api())


def first():
    """The program that the kernel runs as its init."""
    return build(FIRST, HERE / "first.S", "-nostdlib", "-static", "-no-pie",
                 "-Wl,--build-id=none,-Ttext=%#x" % FIRST_AT)


def reached():
    """Where that is, once it has written its line."""
    told = subprocess.run(["nm", first()], text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    return next(int(line.split()[0], 16) for line in told.splitlines()
                if line.endswith(" reached"))


def initrd():
    return targets.initramfs(
        doors.BUILD / "tests" / "journey.cpio", "--blob", str(BLOB_MIB),
        "--add", "first=%s" % first())


def entry_of(image):
    """The bytes at a PE image's entry."""
    data = image.read_bytes()
    pe, = struct.unpack_from("<I", data, 0x3c)
    count, = struct.unpack_from("<H", data, pe + 6)
    size, = struct.unpack_from("<H", data, pe + 20)
    entry, = struct.unpack_from("<I", data, pe + 40)
    for row in range(pe + 24 + size, pe + 24 + size + 40 * count, 40):
        length, at, _, offset = struct.unpack_from("<IIII", data, row + 8)
        if at <= entry < at + length:
            start = offset + entry - at
            return "entry=" + data[start:start + ENTRY_LEN].hex()
    raise ValueError("no section has the entry of %s" % image)


class Trip:
    """The ways of one kernel: QEMU's arguments, and where each begins."""

    def __init__(self, folder, kernel):
        self.folder, self.kernel = folder, kernel

    def direct(self):
        return ["-kernel", self.kernel, "-initrd", initrd(), "-append",
                LINE], "from=%x" % SETUP_AT

    def gangway(self):
        """By Multiboot 1, with the initrd in front of the kernel."""
        files = [doors.File(initrd()), doors.File(self.kernel)]
        return doors.mb1(files, LINE), self.mb1_door()

    def mb1_door(self):
        return "from=%x" % stage.mb1_entry(doors.GANGWAY)

    def pack(self, name, *more):
        target = self.folder / name
        subprocess.run([TOOL, "pack", "-o", target, "--kernel", self.kernel,
                        "--initrd", initrd(), "--cmdline", LINE, *more],
                       check=True, stdout=subprocess.DEVNULL)
        return target

    def extracted(self):
        packed = self.pack("all.elf", "--extract")
        return ["-kernel", packed], "from=%x" % stage.mb1_entry(packed)

    def grub(self, kind):
        disk = self.folder / "grub.img"
        grub.MAKERS[kind](disk, "linux", self.kernel, LINE,
                          [doors.File(initrd())], more=["linux"])
        drive = ["-drive", "if=virtio,format=raw,file=%s"
                 % doors.escape(disk)]
        if kind == "bios":
            return drive, "from=%x" % BOOT_SECTOR
        loader = self.folder / "loader"
        esp.run("mcopy", "-i", disk, "::/EFI/BOOT/BOOTX64.EFI", loader)
        return ["-bios", doors.OVMF, *drive], entry_of(loader)

    def disk(self, uki, stub):
        return esp.make(self.folder, {esp.FALLBACK: uki}), entry_of(stub)

    def stub(self):
        """A UKI of systemd's."""
        sections = {".osrel": b"ID=none\n", ".cmdline": LINE.encode(),
                    ".initrd": initrd(), ".linux": self.kernel}
        uki = esp.ukify(self.folder / "uki.efi", sections, ukify.stub())
        return self.disk(uki, ukify.stub())

    def uki(self, *more):
        return self.disk(self.pack("uki.efi", *more), esp.GANGWAY_EFI)


WAYS = {
    "QEMU `-kernel`": Trip.direct,
    "gangway.elf, Multiboot 1": Trip.gangway,
    "gangway.elf, packed with `--extract`": Trip.extracted,
    "GRUB on a BIOS": lambda trip: trip.grub("bios"),
    "gangway.efi as a UKI's stub": Trip.uki,
    "the same, packed with `--extract`": lambda trip: trip.uki("--extract"),
    "systemd-stub": Trip.stub,
    "GRUB on UEFI": lambda trip: trip.grub("efi"),
}


def measure(folder, way, kernel, is_wall=False):
    """One journey; its count, or its time."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    args, start = WAYS[way](Trip(folder, kernel))
    out = folder / "journey"
    asked = "%s,out=%s,%s,to=%x" % (stopwatch(), out, start, reached())
    outcome = machine.run(
        folder, *args, "-plugin", asked + ",wall=on" * is_wall,
        *([] if is_wall else CLOCK), accel="tcg,thread=single",
        memory=MEMORY, timeout=900)
    assert "GUEST-FIRST" in outcome.serial, outcome.serial
    assert out.exists(), "nothing began at " + start
    values = dict(word.split("=") for word in out.read_text().split())
    shutil.rmtree(folder)
    return Distance(int(values["insns"]), int(values["ns"]))


def rows(folder):
    """Of each way: millions of instructions and seconds for each kernel. Times
    are taken one after another."""
    kernels = [targets.fetched(name, "vmlinuz") for name in KERNELS.values()]
    boots = [(way, kernel) for way in WAYS for kernel in kernels]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = [pool.submit(measure, folder / str(number), *boot)
                  for number, boot in enumerate(boots)]
    cells = [(round(count.result().insns / 1e6),
              "%.1f s" % (measure(folder / "time", *boot, True).ns / 1e9))
             for count, boot in zip(counts, boots)]
    for number, way in enumerate(WAYS):
        first = number * len(kernels)
        yield (way, *sum(cells[first:first + len(kernels)], ()))


HEAD = ("Way", *(cell for name in KERNELS
                 for cell in ("%s: million" % name, "time")))
