# SPDX-License-Identifier: BSD-2-Clause
"""The probe without gangway: loaders known to be good satisfy it, and each
promise that a bad one breaks is seen."""
import zlib

import pytest

import doors
import kernels
import machine
import stage
import told
from bzimage import MIB
from doors import noise

NO_TSS = "TR is a busy 32-bit TSS with limit 0x67"  # QEMU's own loader
PARTS = (noise(5000), noise(MIB + 3))
AT = kernels.LINK
MODULE_AT, TABLES_AT = 20 * MIB, 0x10000
HIGH = 1100 * MIB
REGIONS = stage.usual_map(200 * MIB)
QEMU_STARTS = {
    "mb1": kernels.multiboot1, "mb1-kludge": kernels.multiboot1_flat,
    "pvh32": lambda: kernels.pvh(32), "pvh64": kernels.pvh,
}
# With symbols: from 2.12 on GRUB takes no ELF file without section headers
GRUB_STARTS = {
    "mb1": lambda: kernels.multiboot1(symbols=True),
    "mb1-kludge": kernels.multiboot1_flat,
    "mb1-elf64": lambda: kernels.multiboot1(64, symbols=True),
    "mb1-virtual": lambda: kernels.multiboot1(virtual=0xc0000000,
                                              symbols=True),
    "mb2": lambda: kernels.multiboot2(symbols=True),
    "mb2-elf64": lambda: kernels.multiboot2(64, virtual=0xffffffff80000000,
                                            symbols=True),
    "mb2-flat": kernels.multiboot2_flat,
    "mb2-relocatable": lambda: kernels.multiboot2(
        moves=kernels.Moves(8 * MIB, 0xffffffff, 4 * MIB), symbols=True),
}


def files(folder, parts):
    for number, data in enumerate(parts):
        (folder / str(number)).write_bytes(data)
    return [doors.File(folder / str(number), "words %d" % number)
            for number in range(len(parts))]


@pytest.mark.parametrize("kind", QEMU_STARTS)
def test_started_by_qemu(tmp_path, kind):
    kernel = QEMU_STARTS[kind]()
    kernel.write(tmp_path / "kernel")
    parts = PARTS[:1] if kernel.protocol == "pvh" else PARTS
    args = doors.mb1(files(tmp_path, parts), "a b")
    args[args.index("-kernel") + 1] = tmp_path / "kernel"
    if kernel.protocol == "pvh":
        args[args.index("-initrd") + 1] = tmp_path / "0"
    report = told.Told(machine.run(tmp_path, *args))
    assert report.finished
    told.same(report.failures,
              [NO_TSS] if kernel.protocol == "pvh" else [], "failures")
    told.check_image(report, kernel)
    told.same([(one.size, one.crc) for one in report.modules],
              [(len(data), zlib.crc32(data)) for data in parts], "modules")


@pytest.mark.parametrize("kind", GRUB_STARTS)
def test_started_by_grub(tmp_path, kind):
    kernel = GRUB_STARTS[kind]()
    kernel.write(tmp_path / "kernel")
    protocol = kernel.protocol.rstrip("1")
    disk = tmp_path / "disk"
    doors.grub.MAKERS["bios"](disk, protocol, tmp_path / "kernel", "a b",
                              files(tmp_path, PARTS))
    args = ["-drive", "if=virtio,format=raw,file=%s" % doors.escape(disk)]
    report = told.Told(machine.run(tmp_path, *args))
    gift = told.Given(
        told.File(b"", "a b"),
        tuple(told.File(data, "words %d" % number)
              for number, data in enumerate(PARTS)),
        loader=report.loader, regions=tuple(map(tuple, report.e820)), hops=0)
    told.check(report, kernel, gift)


# A bad loader, played by stage.S

MAKERS = {"mb1": kernels.multiboot1, "mb2": kernels.multiboot2,
          "pvh": kernels.pvh}
INFO = {"mb1": stage.mb1_info, "mb2": stage.mb2_info, "pvh": stage.pvh_info}
MAGIC = {"mb1": stage.MB1_MAGIC, "mb2": stage.MB2_MAGIC, "pvh": 0}
every_kind = pytest.mark.parametrize("kind", MAKERS)
ON_SOMETHING = "nothing lies on anything else"


class Loader:
    """A good one, as far as stage.S can be, until something is spoilt."""

    def __init__(self, kind):
        self.info_of, self.eax = INFO[kind], MAGIC[kind]
        self.kernel = MAKERS[kind](64, bss=MIB)
        self.script = stage.Script(TABLES_AT)
        self.script.load_segments(self.kernel.data)
        self.modules = [stage.Module(MODULE_AT, PARTS[0], "words")]

    def tell(self, modules=None, tables_at=TABLES_AT):
        """Put modules and tables; where the info is."""
        modules = modules or [stage.Module(MODULE_AT, PARTS[0], "words")]
        self.script.put_modules(modules)
        self.script.free = tables_at
        return self.info_of(self.script, modules, REGIONS, cmdline="words")

    def failures(self, folder, info_at, **options):
        """What the probe finds wrong, but for the TSS that is not there."""
        self.script.enter(AT, self.eax, info_at)
        report = told.Told(stage.run(folder, self.script, **options))
        assert report.finished, report.text
        return {one for one in report.failures if one != NO_TSS}


@every_kind
def test_nothing_is_wrong(tmp_path, kind):
    loader = Loader(kind)
    assert loader.failures(tmp_path, loader.tell()) == set()


@every_kind
def test_damaged_image(tmp_path, kind):
    loader = Loader(kind)
    loader.script.put(AT + 0x301, b"\xa5")  # behind the 64-bit entry
    assert loader.failures(tmp_path, loader.tell()) == {
        "the image is as its file"}


@every_kind
@pytest.mark.parametrize("offset", [0, 1, MIB - 1])
def test_bss_that_is_not_zero(tmp_path, kind, offset):
    loader = Loader(kind)
    bss = AT + loader.kernel.pieces[0].size
    loader.script.put(bss + offset, b"\x01")
    assert loader.failures(tmp_path, loader.tell()) == {
        "what a segment has beyond its file is zero"}


@every_kind
def test_module_on_the_image(tmp_path, kind):
    loader = Loader(kind)
    end = AT + loader.kernel.end
    on_it = stage.Module(end - 1, b"\0y", "words")
    assert loader.failures(tmp_path, loader.tell([on_it])) == {ON_SOMETHING}


@every_kind
def test_module_on_a_module(tmp_path, kind):
    loader = Loader(kind)
    modules = [stage.Module(MODULE_AT + at, b"abc", "w") for at in (0, 2)]
    assert loader.failures(tmp_path, loader.tell(modules)) == {ON_SOMETHING}


@every_kind
def test_tables_on_a_module(tmp_path, kind):
    loader = Loader(kind)
    at = loader.tell(tables_at=MODULE_AT + 2000)
    assert loader.failures(tmp_path, at) == {ON_SOMETHING}


@every_kind
def test_tables_in_the_bios_data(tmp_path, kind):
    loader = Loader(kind)
    at = loader.tell(tables_at=0x420)
    assert "nothing lies below 0x500" in loader.failures(tmp_path, at)


@pytest.mark.parametrize("kind", ["mb1", "mb2"])
def test_wrong_magic(tmp_path, kind):
    loader = Loader(kind)
    loader.eax ^= 1
    assert loader.failures(tmp_path, loader.tell()) == {
        "EAX is the magic number"}


def test_wrong_magic_of_start_info(tmp_path):
    loader = Loader("pvh")
    at = loader.tell()
    loader.script.put(at, b"\0")
    assert loader.failures(tmp_path, at) == {"EBX leads to the magic number"}


def test_start_info_above_1_gib(tmp_path):
    loader = Loader("pvh")
    at = loader.tell(tables_at=HIGH)
    assert loader.failures(tmp_path, at, memory=1536) == {
        "start_info is below 1 GiB", "the module list is below 1 GiB",
        "the memory map is below 1 GiB"}


def spoil(kind, offset, value, length=4):
    """A loader whose info has another value at an offset."""
    loader = Loader(kind)
    at = loader.tell()
    loader.script.put(at + offset, value.to_bytes(length, "little"))
    return loader, at


def size_of_info(kind):
    loader = Loader(kind)
    at = loader.tell()
    return loader.script.free - at


@pytest.mark.parametrize("more", [-8, 8, 1 << 24])
def test_total_size_is_wrong(tmp_path, more):
    loader, at = spoil("mb2", 0, size_of_info("mb2") + more)
    assert loader.failures(tmp_path, at) == {
        "the info's size is sane" if more > MIB
        else "total_size is the sum of the tags, up to the end tag"}


def test_info_is_not_aligned(tmp_path):
    loader = Loader("mb2")
    at = loader.tell()
    where, data, size = loader.script.steps.pop()
    loader.script.put(where + 4, data)
    assert size and "the info is aligned to 8 bytes" in \
        loader.failures(tmp_path, at + 4)


@pytest.mark.parametrize("offset,value,promise", [
    (16, 0, "a string is not at address 0"),
    (64, 0, "a string is not at address 0"),
    (44, 30, "the map ends behind its last entry"),
    (20, 1 << 20, "the number of modules is sane")],
    ids=["cmdline", "loader", "map", "modules"])
def test_field_of_multiboot1_is_wrong(tmp_path, offset, value, promise):
    loader, at = spoil("mb1", offset, value)
    assert promise in loader.failures(tmp_path, at)
