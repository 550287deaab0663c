#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Which lines and branches of pure code do the host's tests and the fuzzers'
corpora reach?

    coverage.py BUILD PROGRAM...

All programs are built by clang with its counters. What no run reaches, and
tests/uncovered.txt does not name with a reason, is printed; too little of it
in all is a failure.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import figures

LEAST_LINES, LEAST_BRANCHES = 97.0, 92.0
PURE = re.compile(r"^(core|formats)/")
REASONS = Path("tests/uncovered.txt")
TIMEOUT = 300


def run(program, counters):
    """A test, or a fuzzer over what is kept for it."""
    words = [program]
    name = Path(program).name
    if name.startswith("fuzz_"):
        corpus = Path("tests/fuzz/corpus") / name[len("fuzz_"):]
        words += ["-runs=0", str(corpus)] if corpus.is_dir() else ["-runs=1"]
    done = subprocess.run(words, capture_output=True, timeout=TIMEOUT,
                          env=dict(os.environ, LLVM_PROFILE_FILE=str(
                              counters / (name + ".profraw"))))
    if done.returncode:
        sys.exit("%s fails:\n%s" % (program, done.stderr.decode()[-2000:]))


def export(counters, programs):
    merged = counters / "all"
    subprocess.run(["llvm-profdata", "merge", "-o", merged,
                    *counters.glob("*.profraw")], check=True)
    words = ["llvm-cov", "export", "-instr-profile", merged, programs[0]]
    for program in programs[1:]:
        words += ["-object", program]
    return json.loads(subprocess.run(words, check=True,
                                     capture_output=True).stdout)["data"][0]


def relative(name):
    return os.path.relpath(name)


def missing(entry):
    """Line numbers whose code no run has reached, as llvm-cov counts lines: by
    the most of what begins in one, or else by what goes on there."""
    starts, found, around = {}, [], None
    for segment in entry["segments"]:
        starts.setdefault(segment[0], []).append(segment)
    for line in range(min(starts, default=0), max(starts, default=0) + 1):
        here = starts.get(line, ())
        counts = [count for _, _, count, has_count, is_entry, is_gap in here
                  if has_count and is_entry and not is_gap]
        if not counts and around and around[3]:
            counts = [around[2]]
        if counts and not max(counts):
            found.append(line)
        around = here[-1] if here else around
    return found


def summary(data, kind):
    counted = [one["summary"][kind] for one in data["files"]
               if PURE.match(relative(one["filename"]))]
    total = sum(one["count"] for one in counted)
    reached = sum(one["covered"] for one in counted)
    return reached, total, 100.0 * reached / total


def reasons():
    """File and what stands in a line of it, or "name()" of a function: why
    nobody gets there."""
    rows = [row.split("|") for row in REASONS.read_text().splitlines()
            if row.strip() and not row.startswith("#")]
    return [tuple(cell.strip() for cell in row) for row in rows]


def function_of(rows, line):
    """The name of the function that a line is in, with its brackets."""
    for row in reversed(rows[:line]):
        found = re.match(r"\w[\w\s*]*?(\w+)\(", row)
        if found:
            return found.group(1) + "()"
    return ""


def unexplained(data):
    known, used = reasons(), set()
    for one in data["files"]:
        path = Path(relative(one["filename"]))
        if not PURE.match(str(path)):
            continue
        rows = path.read_text().splitlines()
        for line in missing(one):
            text = rows[line - 1].strip()
            if text in ("", "{", "}", "break;"):
                continue
            function = function_of(rows, line)
            fitting = [row for row in known if str(path) == row[0]
                       and (row[1] in text or row[1] == function)]
            used.update(fitting)
            if not fitting:
                yield f"{path}:{line}: {text}"
    for row in known:
        if row not in used:
            yield f"{REASONS}:1: is reached by now: {row[0]}: {row[1]}"


def main():
    counters = Path(sys.argv[1]) / "counters"
    counters.mkdir(parents=True, exist_ok=True)
    for old in counters.glob("*"):
        old.unlink()
    programs = sys.argv[2:]
    for program in programs:
        run(program, counters)
    data = export(counters, programs)
    lines, branches = summary(data, "lines"), summary(data, "branches")
    told = "Tests and corpora reach %d of %d lines (%.1f %%) and %d of %d " \
        "branches (%.1f %%) of pure code." % (*lines, *branches)
    left = list(unexplained(data))
    print("\n".join(left))
    figures.tell("coverage", told)
    return lines[2] < LEAST_LINES or branches[2] < LEAST_BRANCHES or bool(left)


if __name__ == "__main__":
    sys.exit(main())
