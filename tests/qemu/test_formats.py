# SPDX-License-Identifier: BSD-2-Clause
"""Which protocol a kernel is started by, and what it is told in that."""
import gzip
import struct
import subprocess

import pytest

import doors
import elf
import kernels
import played
import stage
import told
from bzimage import MIB
from doors import noise
from played import LOW, Layout, Piece
from refusal import refused_with
from stage import RAM, RESERVED
from told import ACPI, PAGE

ALL = ("multiboot2", "multiboot1", "vmlinux", "pvh")
SPOKEN = {"vmlinux": "linux"}  # names of formats and of the probe's protocols
LINUX_REGIONS = 126
# Any ELF64 file can be forced to be a vmlinux
IS_ALSO = {"vmlinux": ["vmlinux", "pvh"], "pvh": ["vmlinux", "pvh"]}
TEXT = 2
KERNEL_AT = 30 * MIB
MAKERS = {"multiboot1": kernels.multiboot1, "multiboot2": kernels.multiboot2,
          "pvh": kernels.pvh, "vmlinux": kernels.vmlinux}
every_multiboot = pytest.mark.parametrize("make", [
    kernels.multiboot1, kernels.multiboot2])
every_maker = pytest.mark.parametrize("kind", MAKERS)


def lay_out(kernel, **more):
    return Layout(Piece(KERNEL_AT, kernel.data, "words", "kernel"),
                  (Piece(40 * MIB, noise(MIB), "", "module"),), **more)


# Rank, and gangway.format=

@pytest.mark.parametrize("first", range(len(ALL)))
def test_rank(tmp_path, first):
    """A file that could be several is what passes on most."""
    kernel = kernels.several(SPOKEN.get(ALL[first], ALL[first]), ALL[first:])
    lay_out(kernel).boot(tmp_path, kernel)


@pytest.mark.parametrize("name", ALL)
def test_forced_format(tmp_path, name):
    kernel = kernels.several(SPOKEN.get(name, name), ALL)
    layout = lay_out(kernel)
    outcome = layout._replace(append="gangway.format=" + name).run(tmp_path)
    told.check(told.Told(outcome), kernel, layout.given())


def test_automatic_format(tmp_path):
    kernel = kernels.several("multiboot2", ALL)
    layout = lay_out(kernel)
    outcome = layout._replace(append="gangway.format=auto").run(tmp_path)
    told.check(told.Told(outcome), kernel, layout.given())


@pytest.mark.parametrize("kind,forced", [
    (kind, forced) for kind in MAKERS for forced in ("bzimage", *ALL)
    if forced not in IS_ALSO.get(kind, [kind])])
def test_forced_to_what_it_is_not(tmp_path, kind, forced):
    layout = lay_out(MAKERS[kind](), append="gangway.format=" + forced)
    refused_with(layout.run(tmp_path), "open", "module",
                 "no module is a kernel of that format: module 0 is a.*")


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("whose", ["gangway's", "the kernel's"])
def test_linux_without_notes(tmp_path, bits, whose):
    """As kernels before 4.19, which nothing but a word can tell of."""
    kernel = kernels.vmlinux(bits, notes=[])
    word = "gangway.format=vmlinux" + ("32" if bits == 32 else "")
    layout = lay_out(kernel)
    forced = layout._replace(append=word)
    if whose != "gangway's":
        piece = layout.kernel._replace(words="words " + word)
        forced = layout._replace(kernel=piece)
    outcome = forced.run(tmp_path)
    told.check(told.Told(outcome), kernel, layout.given())
    refused_with(layout.run(tmp_path), "open", "module",
                 "no module is a kernel: module 0 is an ELF file without .*")


@pytest.mark.parametrize("wrap", [bytes, gzip.compress])
def test_data_with_a_kernel_in_it(tmp_path, wrap):
    """A disk or an archive with gangway in it is not what to start, also
    where it comes before the kernel."""
    archive = noise(512) + doors.GANGWAY.read_bytes()
    kernel = kernels.multiboot1()
    layout = Layout(Piece(40 * MIB, wrap(archive), "", "archive"),
                    (Piece(KERNEL_AT, kernel.data, "words", "kernel"),))
    given = layout.given()
    report = told.Told(layout.run(tmp_path))
    told.check(report, kernel, given._replace(
        kernel=given.modules[0], modules=(given.kernel,)))


@pytest.mark.parametrize("door", played.DOORS)
@pytest.mark.parametrize("kind", ["multiboot1", "multiboot2", "pvh"])
def test_modules_of_any_kind(tmp_path, kind, door):
    """Kernels count them: empty ones and device trees are no less."""
    kernel = MAKERS[kind]()
    tree = subprocess.run(
        ["dtc", "-q", "-O", "dtb"], input=b"/dts-v1/; / { x = <1>; };",
        stdout=subprocess.PIPE, check=True).stdout
    layout = Layout(Piece(KERNEL_AT, kernel.data, "words", "kernel"), (
        Piece(50 * MIB, b"", "of nothing", "empty"),
        Piece(40 * MIB, noise(99), "first", "one"),
        Piece(60 * MIB, tree, "config", "tree"),
        Piece(70 * MIB, b"", "", "empty"),
        Piece(80 * MIB, noise(4096), "last", "two")), door=door)
    layout.boot(tmp_path, kernel)


TAG_REQUEST = 1
KNOWN_TAGS = range(22)


@pytest.mark.parametrize("wanted", [KNOWN_TAGS, (5,), (7, 9), (10, 13, 16)],
                         ids=str)
def test_demanded_tags(tmp_path, wanted):
    """What the specification has is told where it is known; a kernel that
    demands more than a machine has is started all the same, as by GRUB."""
    kernel = kernels.multiboot2(tags=[
        kernels.tag(TAG_REQUEST, kernels.words(*wanted))])
    lay_out(kernel).boot(tmp_path, kernel)


def test_a_demanded_tag_that_nobody_knows(tmp_path):
    kernel = kernels.multiboot2(tags=[
        kernels.tag(TAG_REQUEST, kernels.words(6, 22))])
    refused_with(lay_out(kernel).run(tmp_path), "plan", "multiboot2",
                 "the header asks for information tag 22")


def test_unknown_format(tmp_path):
    layout = lay_out(kernels.pvh(), append="gangway.format=elf")
    refused_with(layout.run(tmp_path), "options", "gangway",
                 "gangway.format= is auto, bzimage, multiboot2, multiboot1, "
                 "vmlinux, pvh or vmlinux32, and not \"elf\"")


def test_64_bit_vmlinux_rather_than_pvh(tmp_path):
    """Its file has both entries."""
    kernel = kernels.vmlinux()
    assert lay_out(kernel).boot(tmp_path, kernel).entry == 64


def test_32_bit_vmlinux_rather_by_pvh(tmp_path):
    """If it has that entry: its 32-bit one needs more to be right."""
    notes = [[elf.note("Linux", kernels.LINUX_BUILD_SALT, b"salt\0"),
              kernels.entry_note(kernels.LINK, 32)]]
    kernel = kernels.pvh(32, notes=notes)
    lay_out(kernel).boot(tmp_path, kernel)


# Names in front of strings

@pytest.mark.parametrize("door", played.DOORS)
@pytest.mark.parametrize("argv0", ["on", "off"])
@every_multiboot
def test_forced_names(tmp_path, make, door, argv0):
    kernel = make()
    layout = lay_out(kernel, door=door, append="gangway.argv0=" + argv0)
    report = told.Told(layout.run(tmp_path))
    name, second = {"pvh": ("kernel ", "module1"), "mb1": ("kernel ", "module")}\
        .get(door, ("", "")) if argv0 == "on" else ("", "")
    told.same(report.cmdline, name + "words", "command line")
    told.same([one.string for one in report.modules], [second], "string")


# Memory maps

MANY = (*LOW, (MIB, 199 * MIB, RAM), *(
    (told.GIB + 2 * n * PAGE, PAGE, RESERVED) for n in range(150)),
    (8 * told.GIB, told.GIB, RAM), (12 * told.GIB, 4 * told.GIB, RAM))


@pytest.mark.parametrize("door", played.DOORS)
@every_maker
def test_many_regions(tmp_path, kind, door):
    """All of them, and RAM above 4 GiB that is not there."""
    kernel = MAKERS[kind]()
    lay_out(kernel, door=door, regions=MANY).boot(tmp_path, kernel)


def test_no_more_regions_than_linux_has_room_for(tmp_path):
    """It copies start_info's map into a table of 128 and adds to it."""
    kernel = kernels.pvh(notes=[[
        kernels.entry_note(kernels.LINK, 64),
        elf.note("Linux", kernels.LINUX_BUILD_SALT, b"salt\0")]])
    layout = lay_out(kernel, regions=MANY,
                     append="gangway.format=pvh")
    report = told.Told(layout.run(tmp_path))
    assert report.finished and not report.failures
    got = [tuple(region) for region in report.e820]
    assert len(got) == LINUX_REGIONS
    assert set(got) < set(MANY) and got == sorted(got)
    assert {region for region in MANY if region[2] == RAM} < set(got)


@every_maker
@pytest.mark.parametrize("kind_of_memory", [3, 4, 5])
def test_types_of_memory(tmp_path, kind, kind_of_memory):
    kernel = MAKERS[kind]()
    regions = (*LOW, (MIB, 99 * MIB, RAM),
               (100 * MIB, 4 * MIB, kind_of_memory))
    lay_out(kernel, regions=regions).boot(tmp_path, kernel)


# Tables

def old_rsdp():
    """Of revision 0; its tables are nowhere."""
    data = bytearray(b"RSD PTR \0GANGWY\0" + struct.pack("<I", 0xe0000))
    data[8] = -sum(data) & 0xff
    return bytes(data)


def new_rsdp():
    data = bytearray(b"RSD PTR \0GANGWY\2" + struct.pack(
        "<IIQ4x", 0xe0000, 36, 0xe0000))
    data[8] = -sum(data[:20]) & 0xff
    data[32] = -sum(data) & 0xff
    return bytes(data)


@pytest.mark.parametrize("kind", ["multiboot2", "pvh", "vmlinux"])
@pytest.mark.parametrize("number,rsdp", [
    (told.TAG_OLD_RSDP, old_rsdp()), (told.TAG_NEW_RSDP, new_rsdp())],
    ids=["old", "new"])
def test_copy_of_the_rsdp_is_passed_on(tmp_path, kind, number, rsdp):
    """A Multiboot2 door has no more; a page of memory is set apart for what
    other kernels find by its address."""
    kernel = MAKERS[kind]()
    layout = lay_out(kernel, door="grub-mb2",
                     info={"extra": stage.tag(number, rsdp)})
    report = layout.boot(tmp_path, kernel)
    if kind == "multiboot2":
        tag = next(row for row in report.rows("tag")
                   if int(row[0], 0) == number)
        assert bytes.fromhex(tag[2]) == rsdp
        assert (number, 8 + len(rsdp)) in report.tags
        return
    at = report.rsdp if kind == "vmlinux" \
        else int(report.rows("rsdp")[0][0], 0)
    assert (at, PAGE, ACPI) in [tuple(one) for one in report.e820]


RGB = (0xfd000000, 4096, 1024, 768, 32, 1)
COLOURS = bytes((16, 8, 8, 8, 0, 8))


@pytest.mark.parametrize("values,colours", [
    (RGB, COLOURS), ((0x8_1000_0000, *RGB[1:]), COLOURS),
    ((0xb8000, 160, 80, 25, 16, TEXT), bytes(6))],
    ids=["rgb", "above 4 GiB", "text"])
@every_multiboot
def test_framebuffer_is_passed_on(tmp_path, make, values, colours):
    kernel = make()
    extra = stage.tag(8, struct.pack("<QIIIBBH", *values, 0) + colours)
    layout = lay_out(kernel, door="grub-mb2", info={"extra": extra})
    report = layout.boot(tmp_path, kernel)
    row = report.rows("framebuffer")[0]
    assert tuple(int(word, 0) for word in row[:6]) == values
    if values[-1] != TEXT:
        assert bytes.fromhex(row[6]) == colours


@every_multiboot
def test_no_framebuffer_where_there_is_none(tmp_path, make):
    kernel = make()
    report = lay_out(kernel, door="grub-mb2").boot(tmp_path, kernel)
    assert "framebuffer" not in report.values


def test_no_efi_tables_for_a_kernel_that_keeps_boot_services(tmp_path):
    """Xen takes them for boot services, which have ended. (Where there is a
    system table, that has the RSDP, and here it has none.) An EFI64 entry
    alone keeps none."""
    extra = stage.tag(12, struct.pack("<Q", 50 * MIB))
    entry = kernels.tag(kernels.TAG_EFI64, kernels.words(0), kernels.OPTIONAL)
    keep = kernels.tag(kernels.TAG_EFI_BS, b"", kernels.OPTIONAL)
    for tags, wanted in ([], True), ([entry], True), ([keep, entry], False):
        kernel = kernels.multiboot2(tags=tags)
        layout = lay_out(kernel, door="grub-mb2", info={"extra": extra})
        report = told.Told(layout.run(tmp_path))
        told.check(report, kernel, layout.given(), has_rsdp=False)
        assert (12 in dict(report.tags)) == wanted


# Modules

@every_multiboot
@pytest.mark.parametrize("number", [0, 1, 100])
def test_number_of_modules(tmp_path, make, number):
    """Of odd sizes, on pages and off them."""
    kernel = make()
    pieces = tuple(Piece(40 * MIB + 0x10000 * n + n % 3, noise(n + 1),
                         "w%d" % n, "m") for n in range(number))
    layout = Layout(Piece(KERNEL_AT, kernel.data), pieces)
    layout.boot(tmp_path, kernel)


@every_multiboot
def test_kernel_is_not_the_first_module(tmp_path, make):
    """The others keep their order, and gangway's own words are taken out of
    its line and out of theirs not at all."""
    kernel = make()
    pieces = tuple(Piece((40 + n) * MIB, noise(n + 1),
                         "w gangway.log=quiet", "m%d" % n)
                   for n in range(3))
    layout = Layout(Piece(KERNEL_AT, kernel.data, "a b", "k"), pieces)
    given = layout.given()
    modules = [stage.Module(one.at, one.data, layout.string(one))
               for one in (pieces[0], layout.kernel, *pieces[1:])]
    script = stage.through_mb1(stage.doors.GANGWAY, modules,
                               list(layout.regions), loader="stage",
                               cmdline="gangway gangway.log=normal c")
    report = told.Told(stage.run(tmp_path, script))
    told.check(report, kernel, given._replace(append="c"))
