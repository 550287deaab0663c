# SPDX-License-Identifier: BSD-2-Clause
"""How the cost grows: with modules, pieces of the memory map, RAM, and the
length of the command line. One of them is varied, the others stay small; a
first stage plays a Multiboot 2 loader, whose map may tell of RAM that is not
there."""
import struct
from typing import NamedTuple

import bzimage
import cost
import doors
import kernels
import machine
import probe
import stage
from bzimage import MIB
from stage import RAM, RESERVED

PAGE, GIB = 4096, 1 << 30
TOP = 256 * MIB  # of the RAM that there is
KERNEL_AT, MODULES_AT = 16 * MIB, 64 * MIB
LINE_MAX = 65535
GIB_PAGES = "max,-cx16"


class Boot(NamedTuple):
    """What is varied."""
    modules: int = 1  # the kernel among them
    pieces: int = 4
    gib: float = TOP / GIB
    line: int = 200
    cpu: str = machine.CPU


class Column(NamedTuple):
    title: str
    unit: str
    boots: dict  # by their number of the unit


def column(title, unit, field, values, **rest):
    return Column(title, unit,
                  {value: Boot(**{field: value}, **rest) for value in values})


COLUMNS = [
    column("Modules", "", "modules", (1, 8, 64, 512)),
    column("Pieces of the memory map", "", "pieces", (7, 128, 1056)),
    column("RAM, in pages of 2 MiB", "GiB", "gib", (0.5, 64, 2048)),
    column("RAM, in pages of 1 GiB", "GiB", "gib", (0.5, 64, 2048),
           cpu=GIB_PAGES),
    column("Command line", "bytes", "line", (200, 2000, 64000)),
]
KERNELS = {
    "Linux": lambda: bzimage.make(MIB, cmdline_size=LINE_MAX,
                                  init_size=2 * MIB),
    "Multiboot 2 kernel": kernels.multiboot2,
    "PVH kernel": kernels.pvh,
}


def memory_map(pieces, gib):
    """RAM up to TOP and what is more behind 4 GiB; between them pieces that
    do not touch, of RAM and reserved in turn."""
    regions = stage.usual_map(min(TOP, int(gib * GIB)))
    if gib * GIB > TOP:
        regions.append((4 * GIB, int(gib * GIB) - TOP, RAM))
    at = GIB
    while len(regions) < pieces:
        kind = RESERVED if len(regions) % 2 else RAM
        regions.append((at, (1 + len(regions) % 7) * PAGE, kind))
        at += MIB
    return regions


def script(kernel, boot):
    words = "gangway.log=quiet probe.brief "
    line = words + "x" * (boot.line - len(words))
    modules = [stage.Module(KERNEL_AT, kernel.data, "")]
    for number in range(1, boot.modules):
        at = MODULES_AT + 2 * number * PAGE
        modules.append(stage.Module(at, struct.pack("<I", number) * 64, "m"))
    return stage.through_mb2(doors.GANGWAY, modules,
                             memory_map(boot.pieces, boot.gib), cmdline=line)


def control(folder, kernel, boot):
    """Control instructions from gangway's first to the kernel's."""
    args = stage.arguments(folder, script(kernel, boot))
    options = dict(cpu=boot.cpu, timeout=120)
    report = probe.Report(machine.run(folder, *args, **options))
    assert report.finished and not report.failures, report.text
    start = cost.from_address(stage.mb2_entry(doors.GANGWAY))
    return cost.count(folder, args, start, report, **options).control


def rows(folder, one):
    """What a column costs, a row for each kind of kernel."""
    for name, make in KERNELS.items():
        kernel = make()
        yield (name, *(control(folder, kernel, boot)
                       for boot in one.boots.values()))
