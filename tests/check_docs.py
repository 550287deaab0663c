#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Do what the tutorials say, as they stand.

usage: tests/check_docs.py [TUTORIAL...]      (default: docs/tutorial-*.md)

Each tutorial has a folder of its own, build/docs/NAME, in which there are a
kernel vmlinuz, its initrd.img, and the tree itself as gangway/. Blocks marked
"sh" are run there, one after the other. What it printed must have lines that
end as those of a block "output" behind it, in that order, "..." standing for
anything: QEMU's firmware leaves a line unfinished. A block is left out if the line before it is bold: that says who can run it, and
where. gangway's program is the one that was built, and /usr/lib/gangway stands
for its folder.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = (ROOT / os.environ.get("GANGWAY_BUILD", "build")).resolve()
INSTALLED = "/usr/lib/gangway"
PATIENCE = 400  # seconds for a block, on a busy machine
SCREEN = re.compile(r"\r|\x1b[\[(][0-9;?=]*[A-Za-z]")  # what moves a cursor


class Block(NamedTuple):
    line: int
    label: str  # who has to run it; "" if it is run here
    commands: str
    expected: list


def blocks(text):
    """The commands of a tutorial, each with the lines that it shows."""
    found = []
    for match in re.finditer(
            r"(?P<before>[^\n]*)\n\n?^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
            text, re.M | re.S):
        if match["kind"] == "sh":
            label = re.match(r"\*\*(.*)\*\*", match["before"])
            line = text.count("\n", 0, match.start("text")) + 1
            found.append(Block(line, label[1] if label else "",
                               match["text"], []))
        elif match["kind"] == "output":
            found[-1].expected.extend(match["text"].splitlines())
    return found


def first_missing(expected, printed):
    """The first of the lines that does not come when it should, or None."""
    lines = iter(printed.splitlines())
    for wanted in expected:
        pattern = ".*".join(map(re.escape, wanted.split("...")))
        if not any(re.search(pattern + "$", line.rstrip()) for line in lines):
            return wanted
    return None


def prepare(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    subprocess.run([ROOT / "tests/fetch", "cloud"], check=True)
    subprocess.run([ROOT / "tests/initramfs", "--blob", "0.1",
                    folder / "initrd.img"], check=True)
    shutil.copy(BUILD / "targets/cloud/vmlinuz", folder)
    (folder / "gangway").symlink_to(ROOT)


def run(block, folder):
    """What is wrong with the block, or None."""
    path = "%s:%s:/usr/sbin" % (BUILD, os.environ["PATH"])
    commands = block.commands.replace(INSTALLED, str(BUILD))
    shell = subprocess.Popen(
        ["sh", "-ec", commands], cwd=folder, start_new_session=True,
        env=dict(os.environ, PATH=path), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    is_late = False
    try:
        out, _ = shell.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        is_late = True
        os.killpg(shell.pid, signal.SIGKILL)  # with the QEMU that it started
        out, _ = shell.communicate()
    printed = SCREEN.sub("", out.decode("latin-1"))
    missing = first_missing(block.expected, printed)
    if is_late:
        return "does not end\n%s" % printed
    if shell.returncode:
        return "fails with %d\n%s" % (shell.returncode, printed)
    if missing is not None:
        return "does not print %r\n%s" % (missing, printed)
    return None


def check(tutorial):
    folder = BUILD / "docs" / tutorial.stem
    prepare(folder)
    for block in blocks(tutorial.read_text()):
        place = "%s:%d" % (tutorial.name, block.line)
        if block.label:
            print("%s: left out: %s" % (place, block.label))
            continue
        began = time.monotonic()
        bad = run(block, folder)
        if bad:
            sys.exit("%s: this block %s" % (place, bad))
        print("%s: done in %d s" % (place, time.monotonic() - began),
              flush=True)


def main(names):
    found = [pathlib.Path(name) for name in names] or \
        sorted((ROOT / "docs").glob("tutorial-*.md"))
    for tutorial in found:
        check(tutorial)
    print("check-docs: %d tutorials do as they say" % len(found))


if __name__ == "__main__":
    main(sys.argv[1:])
