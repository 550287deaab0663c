# SPDX-License-Identifier: BSD-2-Clause
"""Kernels that say where they may be moved to: Multiboot2's tag 10, PVH's
note PHYS32_RELOC, and a vmlinux."""
import pytest

import kernels
from bzimage import MIB
from doors import noise
from elf import Segment
from kernels import FILE_START, HIGH, LOW, NO_PREFERENCE, Moves
from played import TOP, Layout, Piece, memory
from refusal import refused_with

PAGE = 4096
AT = 32 * MIB
KERNEL_AT, MODULE_AT = 100 * MIB, 60 * MIB
END = 1 << 32
NO_ROOM = "no free RAM for the kernel where it may be: .*"
ANYWHERE = Moves(0, END - 1, PAGE)


def multiboot2(moves, preference=NO_PREFERENCE, at=AT, **rest):
    return kernels.multiboot2(at=at, moves=moves, preference=preference,
                              bss=MIB, **rest)


def flat(moves, preference=NO_PREFERENCE, at=AT, **rest):
    return kernels.multiboot2_flat(at=at, moves=moves, preference=preference,
                                   shape=dict(bss=MIB), **rest)


def from_start(moves, at=AT):
    return flat(moves, at=at, load=FILE_START)


def pvh(moves, at=AT, bits=64, **rest):
    return kernels.pvh(bits, at, moves=moves, bss=MIB, **rest)


MAKERS = {"mb2": multiboot2, "mb2-flat": flat, "mb2-start": from_start,
          "pvh64": pvh, "pvh32": lambda moves, **rest: pvh(
              moves, bits=32, **rest)}
PROTOCOL = dict.fromkeys(MAKERS, "multiboot2")
PROTOCOL.update(pvh64="pvh", pvh32="pvh")
every_maker = pytest.mark.parametrize("kind", MAKERS)
every_mb2 = pytest.mark.parametrize("kind", ["mb2", "mb2-flat"])


def lay_out(kernel, *holes, **more):
    return Layout(Piece(KERNEL_AT, kernel.data, "words"),
                  (Piece(MODULE_AT, noise(MIB), "module"),),
                  memory(*holes), **more)


@every_maker
def test_stays_where_it_is_linked_to(tmp_path, kind):
    """Nothing is in the way, and it has no preference."""
    kernel = MAKERS[kind](Moves(MIB, END - 1, 16))
    report = lay_out(kernel).boot(tmp_path, kernel)
    assert report.load == kernel.load


@every_maker
@pytest.mark.parametrize("hole", [0, MIB], ids=["code", "bss"])
def test_moves_when_its_place_is_taken(tmp_path, kind, hole):
    kernel = MAKERS[kind](ANYWHERE)
    report = lay_out(kernel, (AT + hole, PAGE)).boot(tmp_path, kernel)
    assert report.load != kernel.load


@every_maker
@pytest.mark.parametrize("at,room", [(AT, 8 * MIB), (AT, 80 * MIB),
                                     (END - 16 * MIB, 8 * MIB),
                                     (0x7ffff000, 0x800000 - PAGE)],
                         ids=["down", "up", "from the top",
                              "over the sign"])
def test_moves_into_the_only_room(tmp_path, kind, at, room):
    """By a distance that is negative or positive, of 31 bits or more."""
    kernel = MAKERS[kind](ANYWHERE, at=at)
    size = kernel.end - kernel.first
    first = -(-room // PAGE) * PAGE
    limits = Moves(first, first + size - 1, PAGE)
    kernel = MAKERS[kind](limits, at=at)
    report = lay_out(kernel).boot(tmp_path, kernel)
    assert report.load + kernel.first == first


@every_maker
def test_one_byte_too_little_room(tmp_path, kind):
    """The maximum is the address of the last byte."""
    kernel = MAKERS[kind](ANYWHERE)
    size = kernel.end - kernel.first
    kernel = MAKERS[kind](Moves(8 * MIB, 8 * MIB + size - 2, PAGE))
    refused_with(lay_out(kernel).run(tmp_path), "plan", PROTOCOL[kind],
                 NO_ROOM)


@every_maker
def test_no_room_at_all(tmp_path, kind):
    kernel = MAKERS[kind](Moves(TOP, END - 1, PAGE))
    refused_with(lay_out(kernel).run(tmp_path), "plan", PROTOCOL[kind],
                 NO_ROOM)


@every_maker
@pytest.mark.parametrize("align", [16 * MIB, 64 * MIB])
def test_alignment(tmp_path, kind, align):
    """check_image() looks at it; its own place does not have it."""
    kernel = MAKERS[kind](Moves(MIB, END - 1, align), at=AT + 3 * PAGE)
    report = lay_out(kernel).boot(tmp_path, kernel)
    assert report.load != kernel.load


@every_mb2
def test_prefers_low(tmp_path, kind):
    kernel = MAKERS[kind](Moves(3 * MIB, END - 1, 2 * MIB), LOW)
    report = lay_out(kernel).boot(tmp_path, kernel)
    assert report.load + kernel.first == 4 * MIB


@every_mb2
def test_prefers_high(tmp_path, kind):
    kernel = MAKERS[kind](Moves(MIB, 190 * MIB - 1, 2 * MIB), HIGH)
    report = lay_out(kernel).boot(tmp_path, kernel)
    size = kernel.end - kernel.first
    assert report.load + kernel.first == \
        (190 * MIB - size) // (2 * MIB) * (2 * MIB)


@every_mb2
@pytest.mark.parametrize("preference", [LOW, HIGH])
def test_preferred_place_is_taken(tmp_path, kind, preference):
    """By memory that is none, at both ends of what it may have."""
    kernel = MAKERS[kind](Moves(4 * MIB, 96 * MIB - 1, PAGE), preference)
    layout = lay_out(kernel, (4 * MIB, 2 * MIB + PAGE),
                     (90 * MIB, 6 * MIB))
    report = layout.boot(tmp_path, kernel)
    size = kernel.end - kernel.first
    assert report.load + kernel.first == (
        6 * MIB + PAGE if preference == LOW
        else (90 * MIB - size) // PAGE * PAGE)


@every_maker
def test_module_lies_in_the_only_room(tmp_path, kind):
    kernel = MAKERS[kind](Moves(MODULE_AT, MODULE_AT + 2 * MIB, PAGE))
    lay_out(kernel, (AT, PAGE)).boot(tmp_path, kernel)


@pytest.mark.parametrize("virtual", [None, 0xc0000000])
@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("make", [multiboot2, pvh])
def test_segments_move_as_one_block(tmp_path, make, bits, virtual):
    kernel = make(ANYWHERE, bits=bits, virtual=virtual, others=(
        Segment(AT + 3 * MIB, noise(5555), MIB),
        Segment(AT - MIB, noise(999))))
    report = lay_out(kernel, (AT + 3 * MIB, PAGE)).boot(tmp_path, kernel)
    assert report.load != kernel.load


def test_symbols_of_a_kernel_that_was_moved(tmp_path):
    kernel = multiboot2(ANYWHERE, symbols=True)
    report = lay_out(kernel, (AT, PAGE)).boot(tmp_path, kernel)
    assert report.load != kernel.load


@pytest.mark.parametrize("door", ["grub-mb2", "pvh"])
def test_vmlinux_moves_by_a_multiple_of_2_mib(tmp_path, door):
    kernel = kernels.vmlinux(at=AT, bss=MIB)
    report = lay_out(kernel, (AT, PAGE), door=door).boot(tmp_path, kernel)
    assert report.load != AT and (report.load - AT) % (2 * MIB) == 0


def test_vmlinux_at_an_odd_place_does_not_move(tmp_path):
    kernel = kernels.vmlinux(at=AT + MIB)
    refused_with(lay_out(kernel, (AT + MIB, PAGE)).run(tmp_path), "plan",
                 "vmlinux", "the kernel goes to 0x.*, but .* is reserved")


@pytest.mark.parametrize("align", [0, 3, 0x180000])
def test_alignment_that_is_no_power_of_two(tmp_path, align):
    kernel = multiboot2(Moves(MIB, END - 1, align))
    refused_with(lay_out(kernel).run(tmp_path), "plan", "multiboot2",
                 "the kernel's alignment is no power of two")
