# SPDX-License-Identifier: BSD-2-Clause
"""A machine's RAM as a file: full of canaries before the boot, each page of
its own kind, and read again after it. Nobody can write to a page without
being found out."""
import os
import pathlib
import struct

PAGE, MIB = 4096, 1 << 20
BEGIN, END = MIB, 64 * MIB  # where canaries are; below is the firmware's
FILL = b"\xa5" * (PAGE - 8)
CANARIES = b"".join(struct.pack("<Q", 0xca11_0000_0000_0000 | at) + FILL
                    for at in range(BEGIN, END, PAGE))


class Ram:
    """Of size MIBs, under a name of its own. Use it in a with statement."""

    def __init__(self, name, mib):
        self.path = pathlib.Path("/dev/shm") / name
        self.mib = mib

    def __enter__(self):
        self.file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
        os.ftruncate(self.file, self.mib * MIB)
        os.pwrite(self.file, CANARIES[:self.mib * MIB - BEGIN], BEGIN)
        return self

    def __exit__(self, *_):
        os.close(self.file)
        self.path.unlink()

    def arguments(self):
        return ["-object", "memory-backend-file,id=ram,size=%dM,share=on,"
                "mem-path=%s" % (self.mib, self.path)]

    def content(self):
        return os.pread(self.file, self.mib * MIB, 0)

    def changed(self):
        """The runs of pages whose canaries are dead."""
        runs = []
        end = min(END, self.mib * MIB)
        now = memoryview(os.pread(self.file, end - BEGIN, BEGIN))
        was = memoryview(CANARIES)
        for at in range(0, end - BEGIN, PAGE):
            if now[at:at + PAGE] == was[at:at + PAGE]:
                continue
            if runs and runs[-1][1] == BEGIN + at:
                runs[-1][1] += PAGE
            else:
                runs.append([BEGIN + at, BEGIN + at + PAGE])
        return runs


def outside(runs, allowed):
    """What of the runs is in no allowed range, to the page."""
    left = [tuple(run) for run in runs]
    for start, end in allowed:
        start, end = start // PAGE * PAGE, -(-end // PAGE) * PAGE
        rest = []
        for low, high in left:
            rest += [(low, min(high, start)), (max(low, end), high)]
        left = [(low, high) for low, high in rest if low < high]
    return left
