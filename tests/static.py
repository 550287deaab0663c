#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What programs find that read the sources: clang-tidy, cppcheck, GCC's
analyzer, and sparse on what reads device trees.

    static.py [FILE...]     all of the product, or these

ANSWERED has the findings that are none, each with its reason; another one, or
an answer to nothing, is a breach.
"""
import concurrent.futures
import fnmatch
import os
import re
import subprocess
import sys
from pathlib import Path

PRODUCT = ["core", "formats", "machine", "loader", "efi", "tool"]
FOLDERS = [folder for folder in PRODUCT if folder != "formats"] + \
    [str(path) for path in sorted(Path("formats").iterdir())]
INCLUDE = ["-I" + folder for folder in FOLDERS] + [
    "-isystem", "/usr/include/efi", "-isystem", "/usr/include/efi/x86_64"]
DEFINE = ["-DGNU_EFI_USE_MS_ABI", '-DGANGWAY_VERSION="0"', "-D_GNU_SOURCE"]
LANGUAGE = ["-std=gnu11", "-fshort-wchar"]
TIDY = "-*,bugprone-*,cert-*," + ",".join("-" + name for name in (
    # Two lengths beside each other are no mistake where a type could not
    # tell them apart; macros and attributes of the compiler's are reserved.
    "bugprone-easily-swappable-parameters", "bugprone-reserved-identifier",
    "cert-dcl37-c", "cert-dcl51-cpp",
    # Factors are small: sizes of structs, rows and columns of a screen.
    "bugprone-implicit-widening-of-multiplication-result",
    # memcmp() is a truth here as everywhere.
    "bugprone-suspicious-string-compare",
    # Views have lengths; nothing is ended by a NUL.
    "bugprone-not-null-terminated-result"))
BIG_ENDIAN = ["core/tree.c", "core/devicetree.c", "core/syscon.c",
              "core/nodes.c", "formats/containers/fit.c",
              "formats/containers/digest.c"]
# Tool, file, finding: why it is none
ANSWERED = [
    ("tidy", "formats/containers/open.c", "bugprone-branch-clone",
     "two reasons for the same end, each with its own condition"),
    ("cppcheck", "*", "comparePointers",
     "the two symbols are of one section, and the linker's"),
    ("cppcheck", "machine/cpu.h", "constStatement",
     "register variables with a register's name"),
    ("cppcheck", "efi/*.c", "uninitStructMember",
     "written by the call before unless that returns a reason"),
    ("cppcheck", "efi/volume.c", "nullPointerRedundantCheck",
     "ask() has a reason where there is no file"),
    ("cppcheck", "formats/containers/peel.c", "returnDanglingLifetime",
     "a sentence is returned, not the struct it was found in"),
    ("cppcheck", "formats/containers/peel.c", "uninitvar",
     "uki_open() has written all of it, or returned a reason"),
    ("cppcheck", "efi/settle.c", "ctuuninitvar",
     "its members are written one by one, the last by what is called first"),
    ("cppcheck", "loader/exceptions.h", "syntaxError",
     "an attribute behind a parameter"),
]


def output(words, **more):
    return subprocess.run(words, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **more).stdout


def found(tool, text, pattern):
    """(tool, file, finding, whole line) of each line that is one."""
    for line in text.splitlines():
        row = re.match(pattern, line)
        if row:
            path = os.path.relpath(row["file"])
            if not path.startswith(".."):
                yield tool, path, row["what"], line


def tidy(files):
    text = output(["clang-tidy", "--quiet", "-checks=" + TIDY, *files, "--",
                   "-ffreestanding", *LANGUAGE, *INCLUDE, *DEFINE])
    yield from found("tidy", text, r"(?P<file>[^:]+):\d+:\d+: (?:warning|"
                     r"error): .*\[(?P<what>[\w.-]+)\]$")


def cppcheck(files):
    text = output(["cppcheck", "-q", "--enable=warning,portability",
                   "--std=c11", "--platform=unix64",
                   "--template={file}:{line}: {id}: {message}",
                   *(word for word in INCLUDE if word.startswith("-I")),
                   DEFINE[1], *files])
    yield from found("cppcheck", text, r"(?P<file>[^:]+):\d+: (?P<what>\w+):")


def analyzer(file):
    text = output(["gcc", *LANGUAGE, *INCLUDE, *DEFINE, "-O1",
                   "-fanalyzer", "-c", "-o", "/dev/null", file])
    yield from found("gcc", text, r"(?P<file>[^:]+):\d+:\d+: warning: .*"
                     r"\[(?:CWE[^\]]*\] \[)?-W(?P<what>[\w-]+)\]")


def sparse(files):
    for file in set(files) & set(BIG_ENDIAN):
        text = output(["sparse", "-Wbitwise", "-Wno-decl", *LANGUAGE,
                       *INCLUDE, *DEFINE, file])
        yield from found("sparse", text, r"(?P<file>[^:]+):\d+:\d+: "
                         r"(?:warning|error): (?P<what>.*)")


def main():
    files = sys.argv[1:] or [str(path) for folder in PRODUCT
                             for path in sorted(Path(folder).rglob("*.c"))]
    bare = [file for file in files if not file.startswith("tool/")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(lambda: list(tidy(bare))),
                pool.submit(lambda: list(cppcheck(bare))),
                pool.submit(lambda: list(sparse(bare)))]
        jobs += [pool.submit(lambda file=file: list(analyzer(file)))
                 for file in bare]
        findings = {row for job in jobs for row in job.result()}
    used, breaches = set(), []
    for tool, path, what, line in sorted(findings):
        fitting = [row for row in ANSWERED if row[0] == tool
                   and fnmatch.fnmatch(path, row[1])
                   and re.search(row[2], what)]
        used.update(fitting)
        breaches += [] if fitting else ["%s: %s" % (tool, line)]
    if not sys.argv[1:]:
        breaches += ["static.py: answers nothing: %s, %s" % row[:2]
                     for row in ANSWERED if row not in used]
    print("\n".join([*breaches, "static: %d findings, %d of them answered" % (
        len(findings), len(findings) - len(breaches))]))
    return bool(breaches)


if __name__ == "__main__":
    sys.exit(main())
