# SPDX-License-Identifier: BSD-2-Clause
"""Boots through a door that tests/kernels/stage.S plays: a kernel and its
modules at chosen addresses, under a chosen memory map."""
from typing import NamedTuple, Optional

import doors
import machine
import stage
import told
from bzimage import MIB
from refusal import PATIENCE
from stage import RAM, RESERVED
from told import File, Given

GRUB = "GRUB 2.06"
OWN_NAME = "gangway"
LOW = [(0, 0x9f000, RAM), (0x9f000, 0x1000, RESERVED),
       (0xf0000, 0x10000, RESERVED)]
SELF = (MIB, MIB, RAM)  # for gangway and little more
TOP = 200 * MIB
DIRT = b"\xa5"


def memory(*holes, start=MIB, top=TOP):
    """A memory map: RAM up to top, with holes of reserved memory in it."""
    regions = list(LOW)
    for at, size in sorted(holes):
        regions += [(start, at - start, RAM), (at, size, RESERVED)]
        start = at + size
    return (*(one for one in regions if one[1]), (start, top - start, RAM))


class Door(NamedTuple):
    through: object
    loader: Optional[str]  # None: the protocol has no such thing


DOORS = {
    "mb1": Door(stage.through_mb1, "stage"),
    "grub-mb1": Door(stage.through_mb1, GRUB),
    "grub-mb2": Door(stage.through_mb2, GRUB),
    "pvh": Door(stage.through_pvh, None),
}


class Piece(NamedTuple):
    """A module of gangway's, the kernel too, and where it lies."""
    at: int
    data: bytes
    words: str = ""
    name: str = "file"  # where the loader puts names in front


class Layout(NamedTuple):
    """What a machine looks like when gangway begins."""
    kernel: Piece
    modules: tuple = ()
    regions: tuple = memory()
    door: str = "mb1"
    append: str = ""
    tables_at: int = stage.INFO_AT
    dirt: tuple = ()  # (start, size): memory that is not zero
    info: dict = {}  # more for the door's table
    memory: int = 512
    cpu: str = machine.CPU

    @property
    def loader(self):
        return DOORS[self.door].loader

    @property
    def has_names(self):
        return self.loader is not None and self.loader != GRUB

    def string(self, piece):
        """Without a name the first word would be taken for one."""
        assert piece.name or not piece.words
        parts = (piece.name if self.has_names else "", piece.words)
        return " ".join(filter(None, parts))

    def script(self):
        modules = [stage.Module(piece.at, piece.data, self.string(piece))
                   for piece in (self.kernel, *self.modules)]
        info = dict(self.info)
        if self.loader is not None:
            info["loader"] = self.loader
        line = [OWN_NAME] if self.has_names else []
        line += [self.append] if self.append else []
        script = DOORS[self.door].through(
            doors.GANGWAY, modules, list(self.regions),
            tables_at=self.tables_at, cmdline=" ".join(line), **info)
        script.steps[:0] = [(at, DIRT * size, size)
                            for at, size in self.dirt]
        return script

    def file(self, piece):
        return File(piece.data, piece.words,
                    piece.name if self.has_names else "")

    def given(self):
        return Given(self.file(self.kernel),
                     tuple(self.file(piece) for piece in self.modules),
                     self.append, self.loader or "", tuple(self.regions))

    def run(self, folder):
        args = stage.arguments(folder, self.script())
        return machine.run(folder, *args, timeout=PATIENCE,
                           memory=self.memory, cpu=self.cpu)

    def boot(self, folder, kernel):
        """Run it and hold the probe's report against what was given."""
        report = told.Told(self.run(folder))
        told.check(report, kernel, self.given())
        return report
