# SPDX-License-Identifier: BSD-2-Clause
"""gangway started by gangway: what it says as a loader, it understands as a
kernel. The file has the headers of three protocols, and a Linux entry."""
import re
import struct

import pytest

import bzimage
import doors
import elf
import fit
import kernels
import machine
import played
import probe
import told
from bzimage import MIB
from doors import noise
from played import Layout, Piece
from told import File

OUTER_AT, INNER_AT, KERNEL_AT = 100 * MIB, 30 * MIB, 40 * MIB
SEPARATE = ["multiboot1", "multiboot2", "pvh"]  # modules stay what they are
KERNELS = {
    "bzimage": lambda: bzimage.make(MIB),
    "vmlinux": kernels.vmlinux,
    "mb1": kernels.multiboot1,
    "mb2": kernels.multiboot2,
    "pvh": kernels.pvh,
}
WORDS, APPEND = "a b", "zz"
RAMDISK = noise(MIB + 3)
every_door = pytest.mark.parametrize("door", played.DOORS)
every_kernel = pytest.mark.parametrize("kind", KERNELS)


def gangway(at, words="", name="gangway.elf"):
    return Piece(at, doors.GANGWAY.read_bytes(), words, name)


def as_linux():
    """gangway as the vmlinux that its 64-bit entry could be of."""
    data = doors.GANGWAY.read_bytes()
    entry, table = struct.unpack_from("<QQ", data, 0x18)
    size, count = struct.unpack_from("<HH", data, 0x36)
    segments = []
    for at in range(table, table + size * count, size):
        kind, _, offset, _, paddr, filesz, memsz = \
            struct.unpack_from("<IIQQQQQ", data, at)
        if kind == elf.PT_LOAD:
            segments.append(elf.Segment(
                paddr, data[offset:offset + filesz], memsz))
    note = elf.note("Linux", kernels.LINUX_BUILD_SALT, b"salt\0")
    return elf.write(64, segments, entry, notes=[[note]])


def entries(outcome):
    """By which door each gangway was entered, and from what loader."""
    return re.findall(r"^gangway \S+: entered by (\S+)(?: from (.*))?$",
                      outcome.serial, re.M)


def check_memory(outcome, hops):
    """All know the same amount of memory."""
    said = re.findall(r"^memory: (.* regions up to \S+),", outcome.serial,
                      re.M)
    assert len(said) == hops and len(set(said)) == 1, said


def check(outcome, kernel, given):
    report = told.Told(outcome)
    if isinstance(kernel, kernels.Kernel):
        told.check(report, kernel, given)
        return
    probe.check_promises(report, kernel, doors.join(
        file.data for file in given.modules))
    told.check_map(report, given)
    told.same(report.cmdline, given.line("linux"), "command line")


def nameless(given):
    """What is left of it behind a protocol that knows no names."""
    return given._replace(
        kernel=given.kernel._replace(name=""), loader="",
        modules=tuple(file._replace(name="") for file in given.modules))


def passed_on(given, protocol):
    """What the second gangway is given by the first: the kernel was its
    first module."""
    if protocol == "pvh":
        given = nameless(given)
    elif given.has_names:
        given = given._replace(modules=tuple(
            file._replace(name=file.name or "module%d" % number)
            for number, file in enumerate(given.modules, 1)))
    return given._replace(kernel=given.modules[0]._replace(words=WORDS),
                          modules=given.modules[1:], append=APPEND, hops=2)


@every_door
@every_kernel
@pytest.mark.parametrize("protocol", SEPARATE)
def test_gangway_starts_gangway(tmp_path, protocol, kind, door):
    kernel = KERNELS[kind]()
    files = (Piece(KERNEL_AT, kernel.data, WORDS + " gangway.log=debug",
                   "kernel.elf"),
             Piece(60 * MIB, RAMDISK, "words", "ramdisk"),
             Piece(70 * MIB + 1, noise(77), "", "third"))
    layout = Layout(gangway(OUTER_AT), files, door=door, append=" ".join(
        ("gangway.format=" + protocol, APPEND)))
    outcome = layout.run(tmp_path)
    check(outcome, kernel, passed_on(layout.given(), protocol))
    check_memory(outcome, 2)
    assert entries(outcome)[1][0] == protocol
    # the words on the innermost kernel's line are the inner one's
    assert len(outcome.lines("arena: ")) == 1


@every_door
@every_kernel
def test_gangway_starts_gangway_as_linux(tmp_path, kind, door):
    """Which has but one initrd: a bundle of kernel and ramdisk."""
    kernel = KERNELS[kind]()
    (tmp_path / "kernel").write_bytes(kernel.data)
    (tmp_path / "ramdisk").write_bytes(RAMDISK)
    fit.make(tmp_path / "bundle", tmp_path / "kernel", tmp_path / "ramdisk",
             WORDS)
    bundle = (tmp_path / "bundle").read_bytes()
    layout = Layout(Piece(OUTER_AT, as_linux()), (Piece(KERNEL_AT, bundle),),
                    door=door, append="gangway.format=vmlinux " + APPEND)
    outcome = layout.run(tmp_path)
    given = nameless(layout.given())._replace(
        kernel=File(kernel.data, WORDS), append=APPEND,
        modules=(File(RAMDISK),), hops=2)
    check(outcome, kernel, given)
    check_memory(outcome, 2)
    assert entries(outcome)[1][0] == "linux"


def in_a_row(folder, order, files):
    """Gangways behind the first, each started by the protocol that its line
    names. What the last one was given, and the outcome."""
    first, *others = [
        Piece(INNER_AT + MIB * n,
              as_linux() if protocol == "vmlinux"
              else doors.GANGWAY.read_bytes(),
              "gangway.format=" + protocol, "gangway.elf")
        for n, protocol in enumerate(order)]
    layout = Layout(first, (*others, *files), append=APPEND, door="pvh")
    outcome = layout.run(folder)
    hops = 1 + len(order)
    check_memory(outcome, hops)
    assert [door for door, _ in entries(outcome)] == [
        "pvh", *(name.replace("vmlinux", "linux") for name in order)]
    given = layout.given()
    return given._replace(kernel=given.modules[len(others)], hops=hops,
                          modules=given.modules[len(others) + 1:]), outcome


@pytest.mark.short
@pytest.mark.parametrize("order", [
    ("multiboot1", "multiboot2", "pvh", "multiboot2"),
    ("pvh", "multiboot1", "multiboot2", "multiboot1")], ids="-".join)
def test_five_in_a_row(tmp_path, order):
    kernel = kernels.multiboot2(bss=MIB)
    given, outcome = in_a_row(tmp_path, order, (
        Piece(KERNEL_AT, kernel.data, WORDS),
        Piece(60 * MIB, RAMDISK, "words")))
    report = told.Told(outcome)
    told.same(report.cmdline.split()[1:], [*WORDS.split(), APPEND], "words")
    told.check_map(report, given)
    told.check_modules(report, given)


def test_five_in_a_row_the_last_as_linux(tmp_path):
    """Which has but one initrd: a bundle."""
    kernel = kernels.multiboot2(bss=MIB)
    kernel.write(tmp_path / "kernel")
    (tmp_path / "ramdisk").write_bytes(RAMDISK)
    fit.make(tmp_path / "bundle", tmp_path / "kernel", tmp_path / "ramdisk",
             WORDS)
    given, outcome = in_a_row(
        tmp_path, ("multiboot2", "multiboot1", "pvh", "vmlinux"),
        (Piece(KERNEL_AT, (tmp_path / "bundle").read_bytes()),))
    check(outcome, kernel, nameless(given)._replace(
        kernel=File(kernel.data, WORDS), modules=(File(RAMDISK),)))


@pytest.mark.parametrize("protocol", SEPARATE)
def test_through_firmware(tmp_path, protocol):
    """From QEMU's own loader on, with the memory map of a BIOS."""
    kernel = kernels.multiboot1()
    kernel.write(tmp_path / "kernel")
    (tmp_path / "ramdisk").write_bytes(RAMDISK)
    args = doors.mb1([doors.File(doors.GANGWAY),
                      doors.File(tmp_path / "kernel", WORDS),
                      doors.File(tmp_path / "ramdisk", "words")],
                     "gangway.format=%s %s" % (protocol, APPEND))
    outcome = machine.run(tmp_path, *args)
    report = told.Told(outcome)
    assert report.finished and not report.failures
    check_memory(outcome, 2)
    words = " ".join((WORDS, APPEND))
    name = "kernel" if protocol == "pvh" else str(tmp_path / "kernel")
    told.same(report.cmdline, name + " " + words, "command line")
    told.check_modules(report, told.Given(File(b""), (File(RAMDISK),)))
