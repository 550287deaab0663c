# SPDX-License-Identifier: BSD-2-Clause
"""The cost of a boot: exact equalities and limits."""

import pytest

import bzimage
import cost
import doors
import esp
import growth
import hybrid
import machine
import probe
import stage
import uki
from bzimage import MIB

CONTROL_LIMIT = 25000
FIT_CONTROL_LIMIT = 90000  # without hashes, which read all data
EFI_CONTROL_LIMIT = 150000
CONTROL_OF_A_READ = 40
LOG_LIMIT = 15000
KERNEL, INITRD = "kernel", "initrd"


class Boot:
    """One way to boot, run once for the facts; then counted from a start."""

    def __init__(self, folder, args, start, **options):
        self.folder, self.args, self.start = folder, args, start
        self.options = options
        self.report = probe.Report(machine.run(folder, *args, **options))
        assert self.report.finished

    def cost(self, *ranges):
        return cost.count(self.folder, self.args, self.start, self.report,
                          ranges, **self.options)


def sparse(path, size):
    with open(path, "wb") as file:
        file.truncate(size)
    return path


def files(tmp_path, order, initrd_size):
    """The kernel's image, and both files in an order."""
    image = bzimage.write(tmp_path / KERNEL, cost.KERNEL_SIZE,
                          init_size=32 * MIB)
    sparse(tmp_path / INITRD, initrd_size)
    return image, [doors.File(tmp_path / name) for name in order]


def boot_mb1(tmp_path, order, initrd_size, words=cost.QUIET):
    image, modules = files(tmp_path, order, initrd_size)
    return image, Boot(tmp_path, doors.mb1(modules, words),
                       cost.from_address(stage.mb1_entry(doors.GANGWAY)), memory=1024)


def boot_pvh(tmp_path, initrd_size, words=cost.QUIET):
    image, modules = files(tmp_path, (KERNEL, INITRD), initrd_size)
    args = doors.pvh_fit(tmp_path, modules, words, external=True, algo=None)
    return image, Boot(tmp_path, args, cost.from_address(stage.pvh_entry(doors.GANGWAY_PVH)),
                       memory=1024)


@pytest.mark.parametrize("order,copied", [
    ((INITRD, KERNEL), lambda kernel, initrd: 0),
    ((KERNEL, INITRD), min)], ids=["in place", "one copy"])
@pytest.mark.parametrize("initrd_size", [8 * MIB, 64 * MIB])
def test_bytes_copied(tmp_path, order, copied, initrd_size):
    """Of kernel and initrd: nothing, or the smaller of the two."""
    image, boot = boot_mb1(tmp_path, order, initrd_size, "gangway.log=quiet")
    counted = boot.cost(boot.report.image, boot.report.initrd)
    assert sum(counted.ranges) == copied(image.size, initrd_size)


def test_bytes_copied_from_the_top_of_memory(tmp_path):
    """No room for the window above the bundle: the kernel comes down."""
    image, boot = boot_pvh(tmp_path, 64 * MIB, "gangway.log=quiet")
    counted = boot.cost(boot.report.image, boot.report.initrd)
    assert counted.ranges == [image.size, 0]


def cost_of(door, tmp_path, initrd_size):
    if door == "mb1":
        _, boot = boot_mb1(tmp_path, (INITRD, KERNEL), initrd_size)
    else:
        _, boot = boot_pvh(tmp_path, initrd_size)
    return boot.cost()


@pytest.mark.parametrize("door", [
    "mb1", pytest.param("pvh", marks=pytest.mark.real)])
def test_no_growth_with_the_initrd(tmp_path, door):
    """Not one instruction more. (8 MiB are less than the kernel: that may
    be another plan, but one that costs as little.)"""
    small, *large = [cost_of(door, tmp_path, size * MIB)
                     for size in (8, 64, 256)]
    assert large[0] == large[1]
    assert abs(small.insns - large[0].insns) < 1000


@pytest.mark.parametrize("door,limit", [
    ("mb1", CONTROL_LIMIT), ("pvh", FIT_CONTROL_LIMIT)])
def test_few_instructions(tmp_path, door, limit):
    assert cost_of(door, tmp_path, 8 * MIB).control <= limit


def test_few_instructions_by_multiboot2(tmp_path):
    image = bzimage.make(MIB)
    module = stage.Module(16 * MIB, image.data, "probe.brief")
    script = stage.through_mb2(doors.GANGWAY, [module],
                               stage.usual_map(200 * MIB),
                               cmdline="gangway.log=quiet")
    args = stage.arguments(tmp_path, script)
    boot = Boot(tmp_path, args, cost.from_address(stage.mb2_entry(doors.GANGWAY)))
    assert boot.cost().control <= CONTROL_LIMIT


@pytest.mark.parametrize("place", ["beside", "inside"])
def test_few_instructions_by_the_32_bit_linux_entry(tmp_path, place):
    """With a UKI to open, be it gangway.efi itself. Behind our own 16-bit code,
    which the BIOS's time would hide."""
    image = bzimage.write(tmp_path / KERNEL, MIB)
    initrd = sparse(tmp_path / INITRD, 8 * MIB)
    files = {}
    if place == "inside":
        files["kernel"] = esp.pack(tmp_path / "packed.efi", tmp_path / KERNEL,
                                   "--initrd", initrd)
    else:
        files["initrd"] = tmp_path / "bundle"
        files["initrd"].write_bytes(uki.make([
            (".linux", image.data), (".initrd", bytes(8 * MIB))]))
    args, _ = hybrid.arguments("seabios", tmp_path, words=cost.QUIET, **files)
    boot = Boot(tmp_path, args, cost.from_address(hybrid.CODE32_START))
    assert boot.cost().control <= CONTROL_LIMIT


def cost_under_uefi(tmp_path, initrd_size):
    """The probe by the zero page, from an entry beside gangway.efi."""
    files(tmp_path, (KERNEL, INITRD), initrd_size)
    entry = "linux /k\ninitrd /i\noptions %s gangway.linux=zeropage\n" \
        % cost.QUIET
    args = esp.make(tmp_path, {
        esp.FALLBACK: esp.GANGWAY_EFI, "k": tmp_path / KERNEL,
        "i": tmp_path / INITRD, "loader/entries/a.conf": entry})
    boot = Boot(tmp_path, args, cost.of_image(tmp_path), memory=1024,
                timeout=120)
    return boot.cost()


def test_few_instructions_under_uefi(tmp_path):
    """Of gangway's own, the firmware's are not counted."""
    assert cost_under_uefi(tmp_path, 8 * MIB).control <= EFI_CONTROL_LIMIT


@pytest.mark.real
def test_growth_with_the_initrd_under_uefi(tmp_path):
    """It is read by calls for 1 MiB, and nothing else grows."""
    costs = []
    for size in (8, 64):
        folder = tmp_path / str(size)
        folder.mkdir()
        costs.append(cost_under_uefi(folder, size * MIB).control)
    small, large = costs
    assert large - small <= (64 - 8) * CONTROL_OF_A_READ


def test_log_costs_little(tmp_path):
    """The lines of a normal boot, on a 16550."""
    order = (INITRD, KERNEL)
    _, boot = boot_mb1(tmp_path, order, 8 * MIB, "probe.brief "
                       "gangway.console=com1 gangway.log=quiet")
    quiet = boot.cost()
    _, boot = boot_mb1(tmp_path, order, 8 * MIB, "probe.brief "
                       "gangway.console=com1 gangway.log=normal")
    normal = boot.cost()
    assert 0 < normal.insns - quiet.insns <= LOG_LIMIT


def growth_of(tmp_path, title):
    """What Linux costs: {number: control}, of one of growth's columns."""
    column, = [one for one in growth.COLUMNS if one.title == title]
    kernel = growth.KERNELS["Linux"]()
    return {number: growth.control(tmp_path, kernel, boot)
            for number, boot in [*column.boots.items()][-2:]}


@pytest.mark.parametrize("size", [
    "2 MiB", pytest.param("1 GiB", marks=pytest.mark.real)])
def test_no_growth_with_ram(tmp_path, size):
    some, much = growth_of(tmp_path, "RAM, in pages of " + size).values()
    assert abs(much - some) < some / 100


@pytest.mark.real
@pytest.mark.parametrize("title", ["Modules", "Pieces of the memory map",
                                   "Command line"])
def test_growth_is_linear(tmp_path, title):
    (few, low), (many, high) = growth_of(tmp_path, title).items()
    assert high / low <= many / few


def test_both_ways_of_counting_agree(tmp_path):
    """The plugin against the TSC of two boots."""
    _, boot = boot_mb1(tmp_path, (INITRD, KERNEL), 8 * MIB)
    baseline = doors.BUILD / "tests" / "door-mb1.elf"
    assert cost.net(tmp_path, boot.args, baseline, memory=1024) \
        == boot.cost().insns
