#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Run the host's test programs, two at a time, and sum up what cmocka says.

Prints the output of a program only if it fails; the last line counts tests.
"""
import concurrent.futures
import re
import subprocess
import sys

TIMEOUT = 300


def run(program):
    """The program's exit code, its output, and how many tests it ran."""
    try:
        done = subprocess.run([program], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=TIMEOUT)
        code, text = done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired:
        code, text = 1, f"no end after {TIMEOUT} s"
    ok = len(re.findall(r"^\[ +OK \]", text, re.M))
    failed = re.search(r"^\[  FAILED  \] (\d+) test", text, re.M) or \
        re.search(r"(\d+) FAILED TEST", text)
    return program, code, text, ok, int(failed.group(1)) if failed else 0


def main():
    passed = failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for program, code, text, ok, bad in pool.map(run, sys.argv[1:]):
            if code or not ok:
                bad = max(bad, 1)
                print(f"{program}: exit {code}\n{text}")
            passed += ok
            failed += bad
    print(f"unit: {passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
