#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Print what gangway weighs, what it costs, and how that grows; keep it in
build/bench.txt, and the tables of docs/performance.md up to date.

usage: tests/bench/bench.py [--sizes] [--costs] [--journey]

Without an option all three, the last of which takes a quarter of an hour.
Sizes are those of the files and of what each source brings into them. Costs
are counted by QEMU from gangway's first instruction to the kernel's, for a
kernel of 14 MiB, as docs/performance.md explains; a journey goes on to user
space.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
from collections import Counter

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
sys.path[:0] = [str(HERE), str(TESTS / "qemu"), str(TESTS / "kernels")]

import bzimage  # noqa: E402 (needs the path above)
import cost  # noqa: E402
import doors  # noqa: E402
import esp  # noqa: E402
import growth  # noqa: E402
import journey  # noqa: E402
import machine  # noqa: E402
import probe  # noqa: E402
import stage  # noqa: E402
from bzimage import MIB  # noqa: E402

MEMORY = 1024
INITRDS = (8, 64, 256)
SHOWN = 25
QUIET = "gangway.log=quiet"
NORMAL = "gangway.log=normal gangway.console=com1"
LIBRARY = "(libraries)"
DOC = TESTS.parent / "docs" / "performance.md"


def output(*command):
    return subprocess.run([str(word) for word in command], check=True,
                          text=True, stdout=subprocess.PIPE).stdout


def sections(path):
    """Bytes of each section that is loaded."""
    found = {}
    for line in output("size", "-A", path).splitlines():
        row = re.match(r"(\.\S+) +(\d+) +(\d+)$", line)
        if row and int(row[3]):
            found[row[1]] = int(row[2])
    return found


def sizes_of_file(path):
    """The file itself has no section headers; what it was stripped from
    has."""
    parts = sections(path.with_suffix(".debug"))
    yield "%s: file %d, in memory %d" % (
        path.name, path.stat().st_size, sum(parts.values()))
    yield "  " + ", ".join("%s %d" % (name[1:], size)
                           for name, size in parts.items())


def sizes_by_source(debug):
    """Bytes of code and data per source file, by the debug information."""
    code, data = Counter(), Counter()
    for line in output("nm", "-S", "-l", debug).splitlines():
        row = re.match(r"\S+ (\S+) (\w) (\S+)(?:\t(.*):\d+)?$", line)
        if not row:
            continue
        source = (row[4] or LIBRARY).removeprefix("./")
        kind = code if row[2] in "tTrRwW" else data
        kind[source] += int(row[1], 16)
    yield "by source: code and constants, variables"
    order = sorted(code | data, key=lambda name: -code[name])
    for name in order[:SHOWN]:
        yield "  %7d %7d  %s" % (code[name], data[name], name)


def sizes():
    for path in (doors.GANGWAY, doors.GANGWAY_PVH):
        yield from sizes_of_file(path)
    yield from sizes_by_source(doors.GANGWAY.with_suffix(".debug"))


class Bench:
    """Boots of one kernel, in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.kernel = doors.File(folder / "kernel")
        bzimage.write(self.kernel.path, cost.KERNEL_SIZE, init_size=32 * MIB)

    def initrd(self, mib):
        path = self.folder / "initrd"
        with open(path, "wb") as file:
            file.truncate(mib * MIB)
        return doors.File(path)

    def count(self, arguments, words, start):
        """A full boot for the facts, then a brief one that counts."""
        options = dict(memory=MEMORY, timeout=120)
        report = probe.Report(machine.run(
            self.folder, *arguments(words), **options))
        areas = (report.image, report.initrd)
        return cost.count(self.folder, arguments(words + " probe.brief"),
                          start, report, areas, **options)

    def mb1(self, mib, words, in_place=True):
        files = [self.initrd(mib), self.kernel]
        files = files if in_place else files[::-1]
        return self.count(lambda words: doors.mb1(files, words), words,
                          cost.from_address(stage.mb1_entry(doors.GANGWAY)))

    def pvh(self, mib, words):
        files = [self.kernel, self.initrd(mib)]
        return self.count(
            lambda words: doors.pvh_fit(self.folder, files, words, algo=None,
                                        external=True),
            words, cost.from_address(stage.pvh_entry(doors.GANGWAY_PVH)))

    def mb2(self, mib, words):
        files = [self.initrd(mib), self.kernel]
        return self.count(
            lambda words: doors.through_grub("grub-mb2", self.folder, files,
                                             words),
            words, cost.from_address(stage.mb2_entry(doors.GANGWAY)))

    def uefi(self, mib):
        """Linux's zero page from gangway.efi; what the firmware does not
        counted."""
        disk = {esp.FALLBACK: esp.GANGWAY_EFI, "kernel": self.kernel.path,
                "initrd": self.initrd(mib).path}
        entry = "loader/entries/a.conf"
        text = "linux /kernel\ninitrd /initrd\n" \
            "options gangway.linux=zeropage "
        return self.count(
            lambda words: esp.make(pathlib.Path(tempfile.mkdtemp(
                dir=self.folder)), {**disk, entry: text + words + "\n"}),
            QUIET, cost.of_image(self.folder))

    def net(self, mib):
        """The Multiboot1 cost by the other way of counting."""
        args = doors.mb1([self.initrd(mib), self.kernel], cost.QUIET)
        return cost.net(self.folder, args,
                        doors.BUILD / "tests" / "door-mb1.elf",
                        memory=MEMORY)


COSTS = [  # door and order, log, initrd in MiB, how to count
    *(("Multiboot 1: initrd, kernel", "quiet", mib,
       lambda bench, mib: bench.mb1(mib, QUIET)) for mib in INITRDS),
    ("Multiboot 1: initrd, kernel", "normal", 8,
     lambda bench, mib: bench.mb1(mib, NORMAL)),
    *(("Multiboot 1: kernel, initrd", "quiet", mib,
       lambda bench, mib: bench.mb1(mib, QUIET, False)) for mib in (8, 64)),
    ("Multiboot 2 (GRUB, BIOS): initrd, kernel", "quiet", 8,
     lambda bench, mib: bench.mb2(mib, QUIET)),
    *(("PVH: FIT image at the top of RAM", "quiet", mib,
       lambda bench, mib: bench.pvh(mib, QUIET)) for mib in INITRDS),
    *(("UEFI: Linux by the zero page, less the firmware's part", "quiet", mib,
       lambda bench, mib: bench.uefi(mib)) for mib in INITRDS[:2]),
]


def table(head, rows):
    """In Markdown; all columns but the first are numbers."""
    yield "| %s |" % " | ".join(head)
    yield "|---|" + "--:|" * (len(head) - 1)
    for row in rows:
        yield "| %s |" % " | ".join(
            format(cell, ",") if isinstance(cell, int) else str(cell)
            for cell in row)


def cost_rows(bench):
    for name, log, mib, count in COSTS:
        counted = count(bench, mib)
        yield (name, log, "%d MiB" % mib, counted.control, *counted.ranges)


def costs(bench):
    return table(("Door, order of modules", "Log", "initrd", "Control",
                  "Kernel copied", "initrd copied"), cost_rows(bench))


def size_rows():
    for path in (doors.GANGWAY, doors.GANGWAY_PVH, esp.GANGWAY_EFI,
                 doors.BUILD / "gangway-full.elf",
                 doors.BUILD / "gangway-full.efi"):
        debug = DEBUG.get(path.name, path.with_suffix(".debug"))
        yield (path.name, path.stat().st_size,
               sum(sections(debug).values()))


DEBUG = {"gangway.efi": cost.EFI_DEBUG,
         "gangway-full.efi": doors.BUILD / "efi-full.debug"}


def growths(folder):
    for one in growth.COLUMNS:
        yield from table(
            (one.title, *(("%s %s" % (format(value, ","), one.unit)).strip()
                          for value in one.boots)),
            growth.rows(folder, one))
        yield ""


def keep(name, lines):
    """Put a table into the documentation, between its marks."""
    text = DOC.read_text()
    begin, end = "<!-- bench: %s -->\n" % name, "<!-- end of %s -->" % name
    before, rest = text.split(begin)
    DOC.write_text(before + begin + "\n".join(lines).rstrip() + "\n" + end
                   + rest.split(end)[1])


class Report:
    """What is printed, kept in a file, and in the page where it has a name."""

    def __init__(self, kept, folder):
        self.kept, self.folder = kept, folder

    def tell(self, lines, name=None):
        told = []
        for line in lines:
            print(line, flush=True)
            print(line, file=self.kept)
            told.append(line)
        if name:
            keep(name, told)

    def sizes(self):
        self.tell(sizes())
        self.tell(table(("File", "Bytes", "In memory"), size_rows()), "sizes")

    def costs(self):
        bench = Bench(self.folder)
        self.tell(costs(bench), "costs")
        self.tell(("multiboot1, in place, quiet, 8 MiB, by the TSC of two "
                   "boots: %d instructions" % bench.net(8),))
        self.tell(growths(self.folder), "growth")

    def journey(self):
        self.tell(table(journey.HEAD, journey.rows(self.folder)), "journey")


PARTS = {"--sizes": Report.sizes, "--costs": Report.costs,
         "--journey": Report.journey}


def main(args):
    subprocess.run([str(TESTS / "kernels" / "build.py")], check=True)
    with open(doors.BUILD / "bench.txt", "w") as kept, \
            tempfile.TemporaryDirectory(dir=doors.BUILD) as folder:
        report = Report(kept, pathlib.Path(folder))
        for part in args or PARTS:
            PARTS[part](report)


if __name__ == "__main__":
    main(sys.argv[1:])
