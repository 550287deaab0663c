#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The rules of the house that a program can check.

    lint.py BUILD           all of them, on what make has built there
    lint.py --sizes BUILD   only that the files built hold their limits

Prints one line per breach, `file:line: rule`, and fails if there is one.
"""
import fnmatch
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

# The house: what stands on a floor may include what is on it or below. Three
# programs share machine/; core and formats are pure.
FORMATS = sorted(str(path) for path in Path("formats").iterdir())
PURE = ["core", *FORMATS]
FLOORS = {"core": ["core"], **{folder: PURE for folder in FORMATS},
          "machine": [*PURE, "machine"],
          "loader": [*PURE, "machine", "loader"],
          "efi": [*PURE, "machine", "loader", "efi"],
          "efi/domu": [*PURE, "machine", "efi/domu"],
          "tool": [*PURE, "machine", "tool"]}
PRODUCT = ["core", "formats", "machine", "loader", "efi", "tool"]
SOURCES = [*PRODUCT, "tests"]
# What pure code may call besides its own functions.
ALLOWED = re.compile(
    r"mem(cpy|set|move|cmp|chr)|str(len|nlen|cmp)|mem_find(32|64)|"
    r"__stack_chk_fail|inflateBack(Init_|End)?|fdt_\w+|"
    r"BZ2_\w+|lzma_\w+|LZ4F?_\w+|ZSTD_\w+|"
    r"br_sha(256|384|512)_\w+|br_sha224_update|br_sha1_\w+|"
    r"__(start|stop)_(formats|packings|digests)|_GLOBAL_OFFSET_TABLE_")
# Files that may turn an integer into a pointer.
CASTERS = {"core/mem.h", "loader/main.c", "loader/exceptions.c", "efi/settle.c",
           "efi/domu/domu.c", "efi/domu/calls.c"}
CAST = re.compile(r"\*\)\s*\(?(uintptr_t|size_t|unsigned long|u64)\b|"
                  r"\(\w+ \*\)WINDOW_BASE")
# What cmocka 1 has under no other name: say it by assert_true().
DEPRECATED = re.compile(r"\bassert_(not_)?in_(range|set)\b")
# A sentence that is returned, or kept where it happened
REASON = re.compile(r'(?:return (?:[^;"]*\? *(?:NULL *: *)?)?|bad = |'
                    r'(?:refuse|reason_format|door_view|door_string|get_string)'
                    r'\([^;"]*)'
                    r'"((?:[^"\\]|\\.)+)"')
MAX_LINES = 400  # of product code
KIB = 1024
MAX_FILE = {"gangway.elf": 128 * KIB, "gangway-pvh.elf": 128 * KIB,
            "gangway.efi": 256 * KIB, "gangway-full.elf": 640 * KIB,
            "gangway-full.efi": 768 * KIB}
MAX_MEMORY = {"gangway.elf": 512 * KIB, "gangway-pvh.elf": 512 * KIB,
              "gangway-full.elf": 1024 * KIB, "gangway.efi": 1024 * KIB,
              "gangway-full.efi": 1536 * KIB}
SIZE_OF_IMAGE = 24 + 56  # from PE's signature
# Each version of clang-format breaks some lines its own way: this one decides.
CLANG_FORMAT = "clang-format-14"


PITFALLS, NR_PITFALLS = "tests/pitfalls.md", 113
TEST_FILE = r"\b(?:\w+/)?test_\w+|\bkernels/\w+\.[cS]|\bboot/\w+\.h"


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
        if path.suffix in {".c", ".h", ".S"} and len(lines) > MAX_LINES and \
                path.parts[0] in PRODUCT:
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


def arrows():
    """Includes go along a floor or down; a header's name is its own."""
    home = {}
    for path in files(PRODUCT, {".h"}):
        if path.name in home:
            yield f"{path}:1: {home[path.name]} has a header of that name"
        home[path.name] = str(path.parent)
    for path in files(PRODUCT, {".c", ".h", ".S"}):
        for name in re.findall(r'^#include "([^"]+)"', path.read_text(), re.M):
            if home.get(name) not in FLOORS[str(path.parent)]:
                yield f"{path}:1: includes {name} of {home.get(name)}"


def without(pattern, folders, breach, spared=()):
    """No line of C has it, but for some files'."""
    for path in files(folders, {".c", ".h"}):
        if str(path) in spared:
            continue
        for number, line in enumerate(path.read_text().split("\n"), 1):
            if pattern.search(line):
                yield f"{path}:{number}: {breach}"


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


def purity(build):
    defined, wanted = set(), {}
    for path in sorted((build / "pure").rglob("*.o")):
        out = subprocess.run(["nm", path], capture_output=True, text=True,
                             check=True).stdout
        for line in out.splitlines():
            kind, symbol = line.split()[-2:]
            if kind == "U":
                wanted.setdefault(symbol, path)
            else:
                defined.add(symbol)
    if not defined:
        yield f"{build}/pure:1: no objects of pure code"
    for symbol, path in sorted(wanted.items()):
        if symbol not in defined and not ALLOWED.fullmatch(symbol):
            yield f"{path}:1: pure code calls {symbol}"


def memory(path):
    """Bytes from the first to the last of a file in memory."""
    if path.suffix == ".efi":
        data = path.read_bytes()
        headers, = struct.unpack_from("<I", data, 0x3c)
        return struct.unpack_from("<I", data, headers + SIZE_OF_IMAGE)[0]
    out = subprocess.run(["readelf", "-lW", path], capture_output=True,
                         text=True, check=True).stdout
    loads = [(int(line.split()[3], 16), int(line.split()[5], 16))
             for line in out.splitlines() if line.split()[:1] == ["LOAD"]]
    return max(at + size for at, size in loads) - min(at for at, _ in loads)


def sizes(build):
    for name, limit in MAX_FILE.items():
        path = build / name
        if path.stat().st_size > limit:
            yield f"{path}:1: {path.stat().st_size} bytes, more than {limit}"
        most = MAX_MEMORY.get(name)
        if most and memory(path) > most:
            yield f"{path}:1: {memory(path)} bytes in memory, more than " \
                  f"{most}"


def defined(folder_and_file):
    """The names of the tests in a file, or None if there is no such file."""
    folder, _, name = ("unit/" + folder_and_file).rpartition("/")
    folder = folder.split("/")[-1]
    for path in (Path("tests") / folder / name).with_suffix(""), \
            Path("tests") / folder / name:
        for suffix in ("", ".c", ".py"):
            file = path.parent / (path.name + suffix)
            if file.is_file():
                return re.findall(r"^(?:static void|def)\s(\w+)\(",
                                  file.read_text(), re.M)
    return None


def pitfalls():
    """Each pitfall has one row, and each test that it names exists."""
    numbers = []
    for line_number, line in enumerate(
            Path(PITFALLS).read_text().splitlines(), 1):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 5 or cells[1] in ("nr", "who", "---", "---:"):
            continue
        numbers += [int(cells[1])] if cells[1].isdigit() else []
        where, tests = f"{PITFALLS}:{line_number}: ", []
        for word in re.findall(TEST_FILE, re.sub("`[^`]*`", "", cells[3])):
            names = defined(word)
            if names is None:
                yield f"{where}there is no tests/{word}"
            tests += names or []
        for name in re.findall("`(\\w+\\*?)`", cells[3]):
            if not any(fnmatch.fnmatch(test, name) for test in tests):
                yield f"{where}no such test: {name}"
        if not tests and not cells[3].startswith(("none", "the same", "loader.lds")):
            yield f"{where}no test, and no word why"
    if numbers != list(range(1, NR_PITFALLS + 1)):
        odd = set(range(1, NR_PITFALLS + 1)) ^ set(numbers)
        yield f"{PITFALLS}:1: not each number once: {sorted(odd)}"


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
    only_sizes = "--sizes" in sys.argv
    build = Path(sys.argv[-1])
    rules = [sizes(build)] if only_sizes else [
        every_file(), reasons(), arrows(), wire_structs(),
        without(CAST, PRODUCT, "integer made a pointer", CASTERS),
        without(DEPRECATED, ["tests"], "cmocka 2 deprecates it"),
        purity(build), sizes(build), pitfalls(), formatting()]
    breaches = [breach for rule in rules for breach in rule]
    print("\n".join(breaches[:60]) if breaches else "lint: no breach")
    return bool(breaches)


if __name__ == "__main__":
    sys.exit(main())
