#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Build the UEFI applications of the tests with gnu-efi.

usage: tests/efi/build.py [CC=gcc]

Writes build/tests/caller.efi, unless it is newer than its sources.
"""
import fcntl
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent.parent / os.environ.get("GANGWAY_BUILD", "build") / "tests"
SECTIONS = [".text", ".sdata", ".data", ".dynamic", ".dynsym", ".rel*",
            ".rela*", ".reloc"]
FLAGS = ["-O1", "-std=gnu11", "-fpic", "-fshort-wchar", "-ffreestanding",
         "-fno-builtin", "-fno-stack-protector", "-mno-red-zone",
         "-fcf-protection=none", "-Wall", "-Wextra", "-Werror",
         "-DGNU_EFI_USE_MS_ABI", "-isystem", "/usr/include/efi", "-isystem",
         "/usr/include/efi/x86_64"]
LINK = ["-nostdlib", "-znocombreloc", "-zmax-page-size=4096", "-shared",
        "-Bsymbolic", "-T", "/usr/lib/elf_x86_64_efi.lds",
        "/usr/lib/crt0-efi-x86_64.o"]


def run(*command):
    done = subprocess.run([str(word) for word in command],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit("build.py: %s failed:\n%s"
                 % (command[0], done.stdout.decode()))


def build(name, compiler):
    source, whole = HERE / (name + ".c"), OUT / (name + ".so")
    run(compiler, *FLAGS, "-c", source, "-o", OUT / (name + ".o"))
    run("ld", *LINK, OUT / (name + ".o"), "-o", whole, "-L/usr/lib",
        "-lefi", "-lgnuefi")
    run("objcopy", *(word for section in SECTIONS
                     for word in ("-j", section)),
        "--target", "efi-app-x86_64", whole, OUT / (name + ".efi"))


def up_to_date(target):
    return target.exists() and all(
        source.stat().st_mtime < target.stat().st_mtime
        for source in HERE.iterdir() if source.is_file())


def main(args):
    settings = dict(arg.split("=", 1) for arg in args)
    OUT.mkdir(parents=True, exist_ok=True)
    with open(OUT / "efi.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not up_to_date(OUT / "caller.efi"):
            build("caller", settings.get("CC", "gcc"))


if __name__ == "__main__":
    main(sys.argv[1:])
