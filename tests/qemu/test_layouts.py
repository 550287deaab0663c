# SPDX-License-Identifier: BSD-2-Clause
"""Kernels that want memory in which something else lies."""
import pytest

import kernels
import played
from bzimage import MIB
from doors import noise
from elf import Segment
from played import LOW, SELF, Layout, Piece, memory
from refusal import refused_with
from stage import RAM

PAGE = 4096
AT = kernels.LINK
LOWEST = 0x8000
# Makers of kernels with a fixed address; they take the same arguments
FIXED = {
    "mb1": kernels.multiboot1,
    "mb1-kludge": lambda at, **shape: kernels.multiboot1_flat(
        at, shape=shape),
    "mb2": kernels.multiboot2,
    "mb2-flat": lambda at, **shape: kernels.multiboot2_flat(
        at, shape=shape),
    "pvh32": lambda at, **rest: kernels.pvh(32, at, **rest),
    "pvh64": lambda at, **rest: kernels.pvh(64, at, **rest),
    "vmlinux32": lambda at, **rest: kernels.vmlinux(32, at, **rest),
}
EVERY = dict(FIXED, vmlinux=lambda at, **rest: kernels.vmlinux(
    64, at, **rest))
PROTOCOL = {"mb1": "multiboot1", "mb1-kludge": "multiboot1",
            "mb2": "multiboot2", "mb2-flat": "multiboot2", "pvh32": "pvh",
            "pvh64": "pvh", "vmlinux": "vmlinux", "vmlinux32": "vmlinux32"}
# As segments of an ELF file, some kinds can have more than one
ELFS = ["mb1", "mb2", "pvh32", "pvh64", "vmlinux", "vmlinux32"]

NO_ROOM_FOR_INITRD = "no free RAM for the initrd below its limit: .*"
NO_ROOM_FOR_MODULE = "no free RAM for a module below 4 GiB: .*"
NO_ROOM_FOR_SEGMENT = "a segment goes to 0x.*, but .*"
NO_ROOM_FOR_IMAGE = "the kernel goes to 0x.*, but .*"

every_kernel = pytest.mark.parametrize("kind", EVERY)
every_elf = pytest.mark.parametrize("kind", ELFS)
fixed_kernel = pytest.mark.parametrize("kind", FIXED)
every_door = pytest.mark.parametrize("door", played.DOORS)


def no_room_for_kernel(kind):
    if kind == "vmlinux32":
        return NO_ROOM_FOR_IMAGE
    return NO_ROOM_FOR_SEGMENT if kind in ELFS else NO_ROOM_FOR_IMAGE


def module(at, size=MIB, words="words"):
    return Piece(at, noise(size), words, "module")


@every_kernel
def test_kernel_where_gangway_lies(tmp_path, kind):
    """The last copy covers gangway; at 1 MiB no kernel can be moved."""
    kernel = EVERY[kind](at=MIB + PAGE, size=3 * MIB, bss=MIB)
    layout = Layout(Piece(16 * MIB, kernel.data), (module(30 * MIB),))
    report = layout.boot(tmp_path, kernel)
    assert report.load == MIB + PAGE


@every_kernel
def test_kernel_in_low_memory(tmp_path, kind):
    """Over the door's tables, and with little room left for its own."""
    kernel = EVERY[kind](at=LOWEST, bss=0x8000)
    layout = Layout(Piece(16 * MIB, kernel.data), (module(30 * MIB),))
    assert LOWEST + kernel.end > layout.tables_at
    report = layout.boot(tmp_path, kernel)
    assert report.load == LOWEST


@every_kernel
def test_large_bss(tmp_path, kind):
    """All that the door gave lies in it, and it was not zero."""
    kernel = EVERY[kind](at=AT, bss=100 * MIB)
    layout = Layout(Piece(16 * MIB, kernel.data),
                    (module(20 * MIB + 5), module(60 * MIB, 3 * MIB)),
                    tables_at=40 * MIB, dirt=((AT, 8 * MIB),
                                              (90 * MIB, MIB)))
    report = layout.boot(tmp_path, kernel)
    if not kernel.moves:
        assert report.areas("image")[0].end > 100 * MIB


@every_door
@pytest.mark.parametrize("tables_at", [AT + MIB, AT + 5 * MIB],
                         ids=["under code", "under bss"])
@pytest.mark.parametrize("kind", ["mb1", "mb2", "pvh64", "vmlinux32"])
def test_tables_of_the_door_lie_where_the_kernel_goes(tmp_path, kind, door,
                                                      tables_at):
    kernel = FIXED[kind](at=AT, size=3 * MIB, bss=4 * MIB)
    layout = Layout(Piece(16 * MIB, kernel.data, "w" * 500, "kernel"),
                    (module(30 * MIB, 5, "v" * 300),), door=door,
                    tables_at=tables_at)
    layout.boot(tmp_path, kernel)


@every_kernel
@pytest.mark.parametrize("at", [AT, AT - MIB, AT + 2 * MIB + 3, AT + 4 * MIB],
                         ids=["same", "below", "inside", "bss"])
def test_module_lies_where_the_kernel_goes(tmp_path, kind, at):
    kernel = EVERY[kind](at=AT, size=3 * MIB, bss=2 * MIB)
    layout = Layout(Piece(20 * MIB, kernel.data), (module(at, 2 * MIB),))
    layout.boot(tmp_path, kernel)


@every_kernel
@pytest.mark.parametrize("offset", [-3 * PAGE, 0, 5, 2 * MIB])
def test_kernel_file_lies_where_the_kernel_goes(tmp_path, kind, offset):
    kernel = EVERY[kind](at=16 * MIB, size=3 * MIB, bss=MIB)
    layout = Layout(Piece(16 * MIB + offset, kernel.data),
                    (module(30 * MIB),), dirt=((19 * MIB, MIB),))
    layout.boot(tmp_path, kernel)


def test_two_modules_change_places(tmp_path):
    """Neither begins on a page, and the second fits only where the first
    lies once that has gone to the lowest room."""
    low, high = 32 * MIB, 48 * MIB
    regions = (*LOW, SELF, (4 * MIB, 8 * MIB, RAM), (16 * MIB, MIB, RAM),
               (low, 5 * MIB + PAGE, RAM), (high, 6 * MIB, RAM))
    kernel = kernels.multiboot1(at=16 * MIB)
    layout = Layout(Piece(4 * MIB, kernel.data),
                    (module(high + 0x800, 3 * MIB),
                     module(low + 0x800, 5 * MIB)), regions)
    report = layout.boot(tmp_path, kernel)
    assert [one.at for one in report.modules] == [low, high]


def tight(kind, less_for_kernel=0, less_for_module=0):
    """The kernel's file and the module lie where the other must go, and
    there is not one page more."""
    first, second, size = 16 * MIB, 32 * MIB, 4 * MIB
    bare = FIXED[kind](at=first)
    kernel = FIXED[kind](at=first, bss=size - bare.end)
    front = -(kernel.first // PAGE) * PAGE
    regions = (*LOW, SELF,
               (first - front, front + size - less_for_kernel, RAM),
               (second, size - PAGE - less_for_module, RAM))
    return kernel, Layout(Piece(second + 3, kernel.data),
                          (module(first, size - PAGE),), regions)


@fixed_kernel
def test_the_only_layout_that_fits(tmp_path, kind):
    kernel, layout = tight(kind)
    report = layout.boot(tmp_path, kernel)
    if report.protocol != "linux":
        assert report.modules[0].at == 32 * MIB


@fixed_kernel
def test_one_page_too_little_for_the_kernel(tmp_path, kind):
    _, layout = tight(kind, less_for_kernel=PAGE)
    refused_with(layout.run(tmp_path), "plan", PROTOCOL[kind],
                 no_room_for_kernel(kind))


@fixed_kernel
def test_one_page_too_little_for_the_module(tmp_path, kind):
    _, layout = tight(kind, less_for_module=PAGE)
    refused_with(layout.run(tmp_path), "plan", PROTOCOL[kind],
                 NO_ROOM_FOR_INITRD if kind == "vmlinux32"
                 else NO_ROOM_FOR_MODULE)


@fixed_kernel
@pytest.mark.parametrize("hole", [0, MIB, 3 * MIB],
                         ids=["front", "middle", "bss"])
def test_fixed_place_is_not_memory(tmp_path, kind, hole):
    """One page of it is somebody else's."""
    kernel = FIXED[kind](at=AT, size=2 * MIB, bss=2 * MIB)
    layout = Layout(Piece(16 * MIB, kernel.data), (module(30 * MIB),),
                    memory((AT + hole, PAGE)))
    refused_with(layout.run(tmp_path), "plan", PROTOCOL[kind],
                 no_room_for_kernel(kind))


# Segments

@pytest.mark.parametrize("kind", ["mb1", "mb2", "pvh32", "pvh64"])
def test_module_in_a_gap_stays(tmp_path, kind):
    """What lies between segments is not the kernel's, be it free memory or
    none at all. (Linux, which knows where it is, may have all of it.)"""
    gap = AT + 4 * MIB
    kernel = EVERY[kind](at=AT, others=(
        Segment(AT + 2 * MIB, noise(70000), 80000),
        Segment(AT + 8 * MIB, noise(10), MIB)))
    layout = Layout(Piece(30 * MIB, kernel.data), (module(gap),),
                    memory((gap + 2 * MIB, MIB)),
                    dirt=((AT, 4 * MIB), (AT + 8 * MIB, 2 * MIB)))
    report = layout.boot(tmp_path, kernel)
    assert report.modules[0].at == gap


@every_elf
def test_segments_below_and_out_of_order(tmp_path, kind):
    kernel = EVERY[kind](at=AT + 4 * MIB, others=(
        Segment(AT + 7 * MIB, noise(12345)), Segment(AT, noise(4097)),
        Segment(AT + 2 * MIB, noise(99), 200000)))
    layout = Layout(Piece(AT + MIB, kernel.data), (module(AT + 5 * MIB),),
                    dirt=((AT, 8 * MIB),))
    layout.boot(tmp_path, kernel)


@every_elf
@pytest.mark.parametrize("at", [0, 0xfffff000, AT], ids=hex)
def test_empty_segments(tmp_path, kind, at):
    """They take no memory, wherever they say they lie."""
    kernel = EVERY[kind](at=AT, others=(Segment(at), Segment(at)))
    layout = Layout(Piece(16 * MIB, kernel.data), (module(30 * MIB),))
    layout.boot(tmp_path, kernel)


@every_elf
def test_segments_without_bytes_in_the_file(tmp_path, kind):
    kernel = EVERY[kind](at=AT, others=(
        Segment(AT + 2 * MIB, b"", 5 * MIB + 3),
        Segment(AT + 8 * MIB, b"", 1)))
    layout = Layout(Piece(16 * MIB, kernel.data), (module(AT + 3 * MIB),),
                    dirt=((AT, 9 * MIB),))
    layout.boot(tmp_path, kernel)


@pytest.mark.parametrize("align", [0, 1, PAGE, 0x200000])
def test_more_bytes_behind_the_file(tmp_path, align):
    """A file of any length, padded by whoever stored it."""
    kernel = kernels.multiboot2(at=AT, tail=noise(align + 1))
    layout = Layout(Piece(16 * MIB, kernel.data), (module(30 * MIB),))
    layout.boot(tmp_path, kernel)
