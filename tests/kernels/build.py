#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Build the kernels of the test bench.

usage: tests/kernels/build.py [CC=gcc]

Writes into build/tests/:
  probe.bin, setup.bin      the parts that bzimage.py and kernels.py use
  probe64.bzimage           a bzImage with the 64-bit entry
  probe32.bzimage           a bzImage with the 32-bit entry only
  probe-*                   the same program as every other kind of kernel
  stage.elf                 first stage that plays any 32-bit door
  door-mb1.elf, door-pvh.elf  take the TSC where gangway would start
  svm.elf                   asks the emulator what a hypervisor is told of it
Nothing is done when all are newer than their sources.
"""
import fcntl
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent.parent / os.environ.get("GANGWAY_BUILD", "build") / "tests"
sys.path.insert(0, str(HERE))
import bzimage  # noqa: E402 (lies beside this file)
import kernels  # noqa: E402
from flat import MIB  # noqa: E402

COMMON = ["-Os", "-std=gnu11", "-ffreestanding", "-mgeneral-regs-only",
          "-fno-stack-protector", "-fno-asynchronous-unwind-tables",
          "-fno-jump-tables", "-ffunction-sections", "-Wall", "-Wextra",
          "-Wconversion", "-Werror", "-I", str(HERE)]
FLAGS64 = COMMON + ["-m64", "-fpie", "-mno-red-zone"]
FLAGS32 = COMMON + ["-m32", "-fno-pie"]
LINK32 = ["-m", "elf_i386", "--gc-sections", "--no-warn-rwx-segments",
          "-T", "elf32.lds"]
STAGE_AT = 0x10000000
DOOR_AT = 0x100000

# output, sources, flags of the compiler, flags of the linker
ELFS = [
    ("probe.elf", ["probe.S", "probe.c", "state.c", "linux.c",
                   "multiboot.c", "multiboot1.c", "multiboot2.c", "pvh.c",
                   "live.c",
                   "report.c", "console.c", "crc32.c"], FLAGS64,
     ["-pie", "--no-dynamic-linker", "--no-warn-rwx-segments", "-z", "text",
      "-T", "probe.lds"]),
    ("setup.elf", ["setup.S"], FLAGS32,
     ["-m", "elf_i386", "--section-start=.setup=0", "-e", "0"]),
    ("stage.elf", ["stage.S"], FLAGS32,
     LINK32 + ["--defsym=START=%d" % STAGE_AT]),
    ("door-mb1.elf", ["door.S", "door.c", "console.c"],
     FLAGS32 + ["-DMULTIBOOT"],
     LINK32 + ["--defsym=START=%d" % DOOR_AT]),
    ("door-pvh.elf", ["door.S", "door.c", "console.c"], FLAGS32,
     LINK32 + ["--defsym=START=%d" % DOOR_AT]),
    ("svm.elf", ["svm.S"], FLAGS32,
     LINK32 + ["--defsym=START=%d" % DOOR_AT]),
]
MOVES = kernels.Moves(MIB, 0xffffffff, 2 * MIB)
# The probe as each kind of kernel, made when probe.bin is there; with symbols
# where GRUB starts it, which from 2.12 on wants section headers
KERNELS = {
    "probe-mb1.elf": lambda: kernels.multiboot1(symbols=True),
    "probe-mb1-64.elf": lambda: kernels.multiboot1(64),
    "probe-mb1-kludge.bin": lambda: kernels.multiboot1_flat(),
    "probe-mb2.elf": lambda: kernels.multiboot2(symbols=True),
    "probe-mb2-64.elf": lambda: kernels.multiboot2(64),
    "probe-mb2-flat.bin": lambda: kernels.multiboot2_flat(),
    "probe-mb2-reloc.elf": lambda: kernels.multiboot2(moves=MOVES),
    "probe-pvh32.elf": lambda: kernels.pvh(32),
    "probe-pvh64.elf": lambda: kernels.pvh(64),
    "probe-pvh-reloc.elf": lambda: kernels.pvh(moves=MOVES),
    "probe-vmlinux.elf": lambda: kernels.vmlinux(),
    "probe-vmlinux32.elf": lambda: kernels.vmlinux(32),
}


def run(*command):
    done = subprocess.run(command, cwd=HERE)
    if done.returncode:
        sys.exit("build.py: failed: " + " ".join(command))


def build_elf(compiler, name, sources, flags, linking):
    objects = []
    for source in sources:
        target = "%s/%s.%s.o" % (OUT, name, source)
        run(compiler, *flags, "-c", source, "-o", target)
        objects.append(target)
    run("ld", *linking, "-o", str(OUT / name), *objects)


def build(compiler="gcc"):
    for elf in ELFS:
        build_elf(compiler, *elf)
    for name in ("probe", "setup"):
        run("objcopy", "-O", "binary", str(OUT / (name + ".elf")),
            str(OUT / (name + ".bin")))
    for name, make in KERNELS.items():
        make().write(OUT / name)
    bzimage.write(OUT / "probe64.bzimage")
    bzimage.write(OUT / "probe32.bzimage", xloadflags=0)


def up_to_date():
    """True when the last thing built is newer than all sources."""
    last = OUT / "probe32.bzimage"
    return last.exists() and all(
        source.stat().st_mtime < last.stat().st_mtime
        for source in HERE.iterdir() if source.is_file())


def main(args):
    settings = dict(arg.split("=", 1) for arg in args)
    OUT.mkdir(parents=True, exist_ok=True)
    with open(OUT / "build.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not up_to_date():
            build(settings.get("CC", "gcc"))


if __name__ == "__main__":
    main(sys.argv[1:])
