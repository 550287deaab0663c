#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The rules of the house that a program can check.

    lint.py PURE-OBJECT...      objects of the pure files, for the symbol check

Prints one line per breach, `file:line: rule`, and fails if there is one.
"""
import re
import shutil
import subprocess
import sys
from pathlib import Path

SOURCES = ["loader", "formats", "efi", "tests"]
PRODUCT = ["loader", "formats", "efi"]
# What pure code may call besides its own functions (the machine's or libc's).
ALLOWED = re.compile(
    r"mem(cpy|set|move|cmp|chr)|str(len|nlen|cmp)|mem_find(32|64)|"
    r"__stack_chk_fail|inflateBack(Init_|End)?|fdt_\w+|"
    r"br_sha256_\w+|br_sha224_update|"
    r"__(start|stop)_(doors|formats)|_GLOBAL_OFFSET_TABLE_|"
    r"xen_memory_map|_image(_end)?|_bss|stack_guard|paging_use|"
    r"departure_code(_end)?")
# Files that may turn an integer into a pointer.
CASTERS = {"loader/mem.h", "loader/paging.c",
           "loader/main.c", "loader/exceptions.c"}
CAST = re.compile(r"\*\)\s*\(?(uintptr_t|size_t|unsigned long|u64)\b|"
                  r"\(\w+ \*\)WINDOW_BASE")
# A sentence that is returned, or kept where it happened
REASON = re.compile(r'(?:return (?:[^;"]*\? *(?:NULL *: *)?)?|bad = |'
                    r'(?:refuse|reason_format|door_view|door_string|get_string)'
                    r'\([^;"]*)'
                    r'"([^"]+)"')
MAX_LINES = 400
MAX_ELF = 128 * 1024
# Each version of clang-format breaks some lines its own way: this one decides.
CLANG_FORMAT = "clang-format-14"


def files(folders, suffixes):
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                yield path


def every_file():
    for path in files(SOURCES + ["images"], {".c", ".h", ".S", ".lds", ".py"}):
        lines = path.read_text().split("\n")
        if not any("SPDX-License-Identifier: BSD-2-Clause" in line
                   for line in lines[:2]):
            yield f"{path}:1: no SPDX line"
        if path.suffix in {".c", ".h", ".S"} and len(lines) > MAX_LINES:
            yield f"{path}:{len(lines)}: longer than {MAX_LINES} lines"
        for number, line in enumerate(lines, 1):
            if line != line.rstrip():
                yield f"{path}:{number}: trailing blank"
            if re.search(r"\b(TODO|FIXME|XXX)\b", line) and \
                    path.name != "lint.py":
                yield f"{path}:{number}: TODO without an issue"


def reasons():
    """A reason occurs once in its file, and is written as reasons are."""
    for path in files(PRODUCT, {".c"}):
        seen = set()
        text = re.sub(r'"\s*\n\s*"', "", path.read_text())
        for reason in REASON.findall(text):
            if reason in seen:
                yield f"{path}:1: reason given twice: {reason}"
            if reason.endswith((".", "\\n")) or \
                    (reason[0].isupper() and not reason[:2].isupper()):
                yield f"{path}:1: reason is not a plain clause: {reason}"
            seen.add(reason)


def casts():
    for path in files(PRODUCT, {".c", ".h"}):
        if str(path) in CASTERS:
            continue
        for number, line in enumerate(path.read_text().split("\n"), 1):
            if CAST.search(line):
                yield f"{path}:{number}: integer made a pointer"


def wire_structs():
    """Every struct of a specification's header is proved by WIRE_SIZE."""
    for path in files(["formats"], {".h"}):
        text = path.read_text()
        if "WIRE_" not in text:
            continue
        for name, body in re.findall(r"^struct (\w+) \{(.*?)^\}", text,
                                     re.M | re.S):
            # What holds pointers, views or truth values is ours.
            if re.search(r"\bbool\b|\bstruct view\b|\*", body):
                continue
            if f"WIRE_SIZE(struct {name}," not in text:
                yield f"{path}:1: struct {name} has no WIRE_SIZE"


def purity(objects):
    defined, wanted = set(), {}
    for name in objects:
        out = subprocess.run(["nm", name], capture_output=True, text=True,
                             check=True).stdout
        for line in out.splitlines():
            kind, symbol = line.split()[-2:]
            if kind == "U":
                wanted.setdefault(symbol, name)
            else:
                defined.add(symbol)
    for symbol, name in sorted(wanted.items()):
        if symbol not in defined and not ALLOWED.fullmatch(symbol):
            yield f"{name}:1: pure code calls {symbol}"


def sizes():
    for name in ("gangway.elf", "gangway-pvh.elf"):
        path = Path("build") / name
        if path.stat().st_size > MAX_ELF:
            yield f"{path}:1: {path.stat().st_size} bytes, more than {MAX_ELF}"


def formatting():
    if not shutil.which(CLANG_FORMAT):
        print(f"lint: format not checked, no {CLANG_FORMAT} is installed")
        return
    names = [str(path) for path in files(SOURCES, {".c", ".h"})]
    out = subprocess.run([CLANG_FORMAT, "--dry-run"] + names,
                         capture_output=True, text=True).stderr
    for line in out.splitlines():
        if "clang-format-violations" in line:
            yield line.split(": warning")[0] + ": clang-format"


def main():
    breaches = [breach
                for rule in (every_file(), reasons(), casts(), wire_structs(),
                             purity(sys.argv[1:]), sizes(), formatting())
                for breach in rule]
    print("\n".join(breaches[:60]) if breaches else
          f"lint: {len(sys.argv) - 1} pure objects, no breach")
    return bool(breaches)


if __name__ == "__main__":
    sys.exit(main())
