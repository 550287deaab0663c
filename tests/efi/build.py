#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Build a UEFI application of the tests with gnu-efi.

usage: tests/efi/build.py NAME [MACRO]

Writes build/tests/NAME.efi, or NAME-MACRO.efi with the macro defined, unless it
is newer than its sources.
"""
import fcntl
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent.parent / os.environ.get("GANGWAY_BUILD", "build") / "tests"
# What some version of gnu-efi's linker script keeps apart
SECTIONS = [".text", ".sdata", ".data", ".rodata", ".dynamic", ".dynsym",
            ".rel*", ".rela*", ".reloc"]
FLAGS = ["-O1", "-std=gnu11", "-fpic", "-fshort-wchar", "-ffreestanding",
         "-fno-builtin", "-fno-stack-protector", "-mno-red-zone",
         "-mgeneral-regs-only", "-fcf-protection=none", "-Wall", "-Wextra",
         "-Werror", "-Wno-unused-function", "-DGNU_EFI_USE_MS_ABI",
         "-isystem", "/usr/include/efi",
         "-isystem", "/usr/include/efi/x86_64"]
LINK = ["-nostdlib", "-znocombreloc", "-zmax-page-size=4096", "-shared",
        "-Bsymbolic", "-T", "/usr/lib/elf_x86_64_efi.lds",
        "/usr/lib/crt0-efi-x86_64.o"]


def run(*command):
    done = subprocess.run([str(word) for word in command],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit("build.py: %s failed:\n%s"
                 % (command[0], done.stdout.decode()))


def build(source, macros, target):
    made, linked = target.with_suffix(".o"), target.with_suffix(".so")
    run("gcc", *FLAGS, *("-D" + macro for macro in macros), "-c", source,
        "-o", made)
    run("ld", *LINK, made, "-o", linked, "-L/usr/lib", "-lefi", "-lgnuefi")
    run("objcopy", *(word for section in SECTIONS
                     for word in ("-j", section)),
        "--target", "efi-app-x86_64", linked, target)


def up_to_date(target):
    return target.exists() and all(
        source.stat().st_mtime < target.stat().st_mtime
        for source in HERE.iterdir() if source.is_file())


def main(args):
    if len(args) not in (1, 2):
        sys.exit(__doc__)
    name, *macros = args
    target = OUT / ("-".join(args).lower() + ".efi")
    OUT.mkdir(parents=True, exist_ok=True)
    with open(OUT / "efi.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not up_to_date(target):
            build(HERE / (name + ".c"), macros, target)


if __name__ == "__main__":
    main(sys.argv[1:])
