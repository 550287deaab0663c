# SPDX-License-Identifier: BSD-2-Clause
"""Every kind of kernel through every door, plain and gzipped: all that the
door gave arrives, in the words of the kernel's protocol."""
import functools
import gzip

import pytest

import bzimage
import doors
import elf
import flat
import kernels
import machine
import played
import probe
import told
from bzimage import MIB
from doors import noise
from played import LOW, Layout, Piece
from stage import RAM
from told import File, Given

ANYWHERE = kernels.Moves(MIB, 0xffffffff, 2 * MIB)
KERNELS = {
    "bzimage64": lambda: bzimage.make(MIB),
    "bzimage32": lambda: bzimage.make(MIB, xloadflags=0),
    "vmlinux": lambda: kernels.vmlinux(bss=MIB),
    "vmlinux32": lambda: kernels.vmlinux(32, bss=MIB),
    "mb1": lambda: kernels.multiboot1(bss=MIB),
    "mb1-elf64": lambda: kernels.multiboot1(64, bss=MIB, symbols=True),
    "mb1-kludge": lambda: kernels.multiboot1_flat(shape=dict(bss=MIB)),
    "mb2": lambda: kernels.multiboot2(bss=MIB, symbols=True),
    "mb2-elf64": lambda: kernels.multiboot2(64, bss=MIB),
    "mb2-relocatable": lambda: kernels.multiboot2(bss=MIB, moves=ANYWHERE),
    "mb2-flat": lambda: kernels.multiboot2_flat(shape=dict(bss=MIB)),
    "pvh32": lambda: kernels.pvh(32, bss=MIB),
    "pvh64": lambda: kernels.pvh(64, bss=MIB),
    "pvh-relocatable": lambda: kernels.pvh(bss=MIB, moves=ANYWHERE),
}
DOORS = ["mb1", "grub-mb1", "grub-mb2", "pvh"]
# What a door starts without gangway, to learn what it gives
DIRECT = {"mb1": "probe-mb1.elf", "grub-mb1": "probe-mb1.elf",
          "grub-mb2": "probe-mb2.elf", "pvh": "probe-pvh64.elf"}
WORDS, APPEND = "root=/dev/a b", "x y"
MODULES = ((noise(MIB + 5), "first words"), (noise(4096), ""),
           (noise(77), "third"))
NVS = 4


@functools.lru_cache(None)
def direct(door, folder, board="pc"):
    """What a door gives: the probe started without gangway."""
    kernel = doors.BUILD / "tests" / DIRECT[door]
    if door in doors.GRUB_DOORS:
        kind, protocol = doors.GRUB_DOORS[door]
        disk = folder / (door + ".img")
        doors.grub.MAKERS[kind](disk, protocol, kernel)
        args = ["-drive", "if=virtio,format=raw,file=%s"
                % doors.escape(disk)]
    else:
        args = ["-kernel", kernel]
    report = told.Told(machine.run(folder, *args, machine=board))
    assert report.finished
    return report


@pytest.fixture(name="base", scope="session")
def fixture_base(tmp_path_factory):
    return tmp_path_factory.mktemp("direct")


def write(folder, packed):
    """The kernel and the modules, as a door takes them."""
    (folder / "kernel").write_bytes(packed)
    files = [doors.File(folder / "kernel", WORDS)]
    for number, (data, words) in enumerate(MODULES):
        path = folder / ("module%d" % number)
        path.write_bytes(data)
        files.append(doors.File(path, words))
    return files


def given(door, report, files):
    """What a door that was seen to give a report gives with the files: QEMU
    puts names in front; by PVH it gives one file, the modules joined."""
    got = [File(path.read_bytes(), words, str(path) if door == "mb1" else "")
           for path, words in files]
    loader = "" if door == "pvh" else report.loader
    modules = tuple(got[1:])
    if door == "pvh":
        modules = (File(doors.join(file.data for file in modules)),)
    regions = tuple(tuple(region) for region in report.e820 if region.size)
    return Given(got[0], modules, APPEND, loader, regions)


def check(outcome, kernel, gift):
    """A boot of any kind of kernel."""
    report = told.Told(outcome)
    if isinstance(kernel, kernels.Kernel):
        told.check(report, kernel, gift)
        return
    initrd = doors.join(file.data for file in gift.modules)
    probe.check_promises(report, kernel, initrd)
    assert report.entry == (64 if kernel.fields["xloadflags"] else 32)
    assert report.cmdline == gift.line("linux")
    told.check_map(report, gift)


def doors_and_packings():
    """GRUB takes its time, and no part in unpacking."""
    for door in DOORS:
        for packing in "plain", "gzip":
            marks = [pytest.mark.short] if door == "mb1" else []
            if door.startswith("grub") and packing == "gzip":
                marks.append(pytest.mark.real)
            yield pytest.param(door, packing, marks=marks)


@pytest.mark.parametrize("door,packing", doors_and_packings())
@pytest.mark.parametrize("kind", KERNELS)
def test_kernel_through_door(tmp_path, base, kind, door, packing):
    kernel = KERNELS[kind]()
    files = write(tmp_path, gzip.compress(kernel.data, 1)
                  if packing == "gzip" else kernel.data)
    gift = given(door, direct(door, base), files)
    args = doors.args(door, tmp_path, files, APPEND)
    check(machine.run(tmp_path, *args), kernel, gift)


def test_no_tag_of_grubs_is_lost(tmp_path, base):
    """Boot device, sections, APM and both roots of ACPI, too."""
    kernel = KERNELS["mb2"]()
    files = write(tmp_path, kernel.data)
    by_grub = direct("grub-mb2", base)
    args = doors.args("grub-mb2", tmp_path, files, APPEND)
    report = told.Told(machine.run(tmp_path, *args))
    assert {kind for kind, _ in by_grub.tags} <= \
        {kind for kind, _ in report.tags}


@pytest.mark.parametrize("kind", KERNELS)
def test_kernel_on_a_microvm(tmp_path, base, kind):
    """Its firmware gives the map in no order, and no text screen."""
    kernel = KERNELS[kind]()
    files = write(tmp_path, kernel.data)
    gift = given("pvh", direct("pvh", base, "microvm"), files)
    args = doors.args("pvh", tmp_path, files, APPEND)
    check(machine.run(tmp_path, *args, machine="microvm"), kernel, gift)


# The map has a hole, is not in order, and two of its entries are neighbours
PLAYED_MAP = (*LOW, (64 * MIB, 40 * MIB, RAM), (MIB, 47 * MIB, RAM),
              (48 * MIB, 12 * MIB, RAM), (200 * MIB, 4 * MIB, NVS))
PLAYED_MODULES = (
    Piece(30 * MIB + 0x123, noise(2 * MIB + 1), "a \"b c\" d", "first.bin"),
    Piece(4 * MIB, noise(MIB), "", "/boot/second"),
    Piece(80 * MIB, noise(4096), "two   blanks", "third"),
    Piece(90 * MIB, noise(1), name=""))


@pytest.mark.parametrize("door", played.DOORS)
@pytest.mark.parametrize("kind", KERNELS)
def test_kernel_through_a_door_that_is_played(tmp_path, kind, door):
    """Many modules through every door, with and without names."""
    kernel = KERNELS[kind]()
    layout = Layout(Piece(15 * MIB, kernel.data, WORDS, "kernel.elf"),
                    PLAYED_MODULES, PLAYED_MAP, door, APPEND)
    check(layout.run(tmp_path), kernel, layout.given())


# Kernels of projects that Debian does not package: the probe, linked and
# flagged as theirs are

def kvm_unit_test():
    """64-bit code as an ELF32 file, behind the room of the file's headers at
    4 MiB; the Multiboot header asks for nothing. 12 MiB of .bss."""
    data = elf.Segment(0x440000, noise(0x1001), 0xc34048, flags=6)
    return kernels.multiboot1(at=0x4000b0, flags=0, others=[data],
                              symbols=True)


def little_kernel():
    """An ELF64 file of the upper half, to be loaded by its address fields,
    with the header in what is loaded."""
    at, size, lead = 2 * MIB, flat.size(), elf.PAGE - 128
    kernel = kernels.multiboot1(
        64, at, head_at=128, bss=MIB,
        virtual=kernels.KERNEL_HALF[64],
        addresses=[at - lead, at - lead, at + size, at + size + MIB, at])
    return kernel._replace(pieces=[*kernel.pieces,
                                   flat.Piece(-lead, lead, lead, 0)])


def xen_test(machine_type):
    """One segment at 1 MiB, the note's entry of 4 bytes; 64-bit ones are ELF32
    files for another CPU than a 32-bit one."""
    return kernels.pvh(32, MIB, bss=MIB, machine=machine_type)


OTHERS = {
    "kvm-unit-tests": kvm_unit_test, "Little Kernel": little_kernel,
    "XTF 32": lambda: xen_test(elf.EM_386),
    "XTF 64": lambda: xen_test(elf.EM_X86_64),
}


@pytest.mark.parametrize("door", ["mb1", "grub-mb2", "pvh"])
@pytest.mark.parametrize("kind", OTHERS)
def test_kernels_of_others(tmp_path, base, kind, door):
    kernel = OTHERS[kind]()
    files = write(tmp_path, kernel.data)
    gift = given(door, direct(door, base), files)
    check(machine.run(tmp_path, *doors.args(door, tmp_path, files, APPEND)),
          kernel, gift)
