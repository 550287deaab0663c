# SPDX-License-Identifier: BSD-2-Clause
"""The test's own boot manager (tests/efi/caller.c): starts gangway with load
options of any shape, and says what came back and what was left behind."""
import re
from typing import NamedTuple, Optional

import doors
import esp
import machine
import targets

GANGWAY = "g.efi"
ERROR = 1 << 63
LOAD_ERROR = ERROR | 1
ACCESS_DENIED, ABORTED = ERROR | 15, ERROR | 21
NOTHING, NO_BYTES = "-", "null"  # load options
PATHS = "paths", NOTHING  # in place of an image, MANY times in each try
MANY = 50


def kept_by_firmware(paths):
    """At most so many pages, when each try puts a device path onto a handle,
    as an initrd's has to be; paths: the Return of PATHS after as many tries.
    OVMF 2025.02 keeps half a page of each, that of 2022.11 nothing."""
    kept, *others = paths.left
    assert paths.status == 0 and kept >= 0 and others == [0, 0]
    return -(-kept // MANY) + 1 if kept else 0


class Return(NamedTuple):
    """One way of starting gangway, and how it ended."""
    said: str  # in the first try
    status: int
    left: Optional[tuple]  # pages, handles, protocols after all other tries


def words(text):
    """Load options as they should be."""
    return (text + "\0").encode("utf-16-le")


def image():
    targets.run_tool(targets.TESTS / "efi/build.py", "caller")
    return targets.FIXTURES / "caller.efi"


def script(runs, tries):
    """runs: load options, as text, bytes or one of the special words; alone,
    or with the name of what is to be started."""
    lines = []
    for given in runs:
        name, options = given if isinstance(given, tuple) else (GANGWAY,
                                                                given)
        if options not in (NOTHING, NO_BYTES):
            if isinstance(options, str):
                options = words(options)
            options = options.hex()
        lines.append("%d %s \\%s\n" % (tries, options, name))
    return "".join(lines)


def parse(text):
    """The Returns in the order of the runs."""
    assert re.search(r"^caller: end 0x0$", text, re.M), text[-3000:]
    text = text[text.index("caller: begin"):]
    found = []
    pattern = r"^caller: \S+ came back with 0x([0-9a-fA-F]+)$"
    parts = re.split(pattern, text, flags=re.M)
    for number in range(1, len(parts), 2):
        left = re.search(r"^caller: \d+ tries left (-?\d+) pages, (-?\d+) "
                         r"handles, (-?\d+) protocols$", parts[number + 1],
                         re.M)
        said = parts[number - 1].split("protocols\n")[-1]
        found.append(Return(said, int(parts[number], 16),
                            tuple(int(word) for word in left.groups())
                            if left else None))
    assert "another status" not in text
    return found


def run(folder, files, runs, tries=0, args=None, timeout=120, **options):
    """Start gangway in each way in turn, on one disk of files. args makes
    QEMU's arguments of a folder and files."""
    disk = {esp.FALLBACK: image(), GANGWAY: esp.GANGWAY_EFI,
            "caller.txt": script(runs, tries), **files}
    outcome = machine.run(folder, *(args or esp.make)(folder, disk),
                          timeout=timeout, **options)
    returns = parse(outcome.serial)
    assert len(returns) == len(runs)
    return returns
