# SPDX-License-Identifier: BSD-2-Clause
"""gangway under virtual machine monitors: QEMU's boards and firmwares as they
are, Cloud Hypervisor, Firecracker and crosvm as vmm.py plays them."""
import zlib

import pytest

import bzimage
import doors
import fit
import kernels
import machine
import probe
import stage
import targets
import told
import vmm
from bzimage import MIB
from doors import noise
from guest import Guest
from refusal import refused_with

TOP = 200 * MIB
WAYS = {
    "cloud-hypervisor": (vmm.CLOUD_HYPERVISOR, vmm.by_pvh),
    "firecracker": (vmm.FIRECRACKER_PVH, vmm.by_pvh),
    "firecracker-1.11": (vmm.FIRECRACKER, vmm.by_linux),
    "firecracker-1.7": (vmm.OLD_FIRECRACKER, vmm.by_linux),
    "crosvm": (vmm.CROSVM, vmm.by_linux),
}
by_any_way = pytest.mark.parametrize("name", WAYS)
BOARDS = [("pc", "qboot.rom"), ("q35", "qboot.rom"), ("microvm", None),
          ("microvm", "qboot.rom"), ("microvm,acpi=off", "qboot.rom")]
# Linux panics of a timer that is late, as TCG's is on a busy machine
CONSOLE = "console=ttyS0 panic=-1 no_timer_check"
INITRD = noise(3 * MIB + 5)


def bundle(folder, kernel, initrd=INITRD, words="a b"):
    """One module with all: these monitors give no more."""
    (folder / "initrd").write_bytes(initrd)
    (folder / "kernel").write_bytes(kernel)
    fit.make(folder / "bundle", folder / "kernel", folder / "initrd", words)
    return (folder / "bundle").read_bytes()


def play(folder, name, data, words, top=TOP, file=doors.GANGWAY_PVH,
         **options):
    contract, way = WAYS[name]
    script = way(contract, file, vmm.place(data, top), words, top)
    return stage.run(folder, script, **options)


@pytest.mark.short
@by_any_way
def test_all_that_it_gives_arrives(tmp_path, name):
    contract, _ = WAYS[name]
    image = bzimage.make(MIB)
    outcome = play(tmp_path, name, bundle(tmp_path, image.data), "c d")
    report = probe.Report(outcome)
    probe.check_promises(report, image, INITRD)
    assert report.cmdline == "a b c d"
    assert report.e820 == list(contract.regions(TOP))
    assert report.rsdp == contract.rsdp
    assert report.field("hardware_subarch") == 0
    assert report.zero_page[0x0f] == 0, "there is no screen"
    same_seed = [node.data for node in report.setup_data] == \
        [contract.seed] * bool(contract.seed)
    assert same_seed, report.setup_data


@pytest.mark.parametrize("name", ["cloud-hypervisor", "firecracker",
                                  "firecracker-1.11"])
def test_gangway_elf_does_as_well(tmp_path, name):
    """crosvm takes it for Multiboot: see below."""
    image = bzimage.make(MIB)
    outcome = play(tmp_path, name, bundle(tmp_path, image.data), "c d",
                   file=doors.GANGWAY)
    probe.check_promises(probe.Report(outcome), image, INITRD)


@by_any_way
def test_kernel_over_all_its_tables(tmp_path, name):
    """It is linked where they lie: they must have been read by then."""
    contract, _ = WAYS[name]
    kernel = kernels.pvh(at=0x5000, size=0x80000)
    outcome = play(tmp_path, name, bundle(tmp_path, kernel.data), "c d")
    report = told.Told(outcome)
    assert report.finished, report.text
    assert not report.failures, report.text
    told.check_image(report, kernel)
    told.check_state(report)
    told.same([(one.size, one.crc) for one in report.modules],
              [(len(INITRD), zlib.crc32(INITRD))], "modules")
    assert report.cmdline == "a b c d"
    assert told.merged(report.e820) == told.merged(contract.regions(TOP))
    assert report.has_rsdp() == bool(contract.rsdp)


def test_five_levels_at_linux_s_entry(tmp_path):
    """As Cloud Hypervisor had them, up to 15."""
    image, top = bzimage.make(MIB), TOP
    module = vmm.place(bundle(tmp_path, image.data), top)
    script = vmm.by_linux(vmm.FIVE_LEVELS, doors.GANGWAY_PVH, module, "", top)
    outcome = stage.run(tmp_path, script, cpu="max,-cx16,la57=on")
    report = probe.Report(outcome)
    probe.check_promises(report, image, INITRD)


def test_the_longest_line_of_cloud_hypervisor(tmp_path):
    image = bzimage.make(MIB, cmdline_size=0xffff)
    line = "x" * 0xfffb
    outcome = play(tmp_path, "cloud-hypervisor",
                   bundle(tmp_path, image.data), line)
    report = probe.Report(outcome)
    probe.check_promises(report, image, INITRD)
    assert report.cmdline == "a b " + line


def test_no_module_is_said_so(tmp_path):
    """crosvm takes gangway.elf for Multiboot and then gives no initrd on."""
    script = vmm.by_multiboot(vmm.CROSVM, doors.GANGWAY, "", TOP)
    refused_with(stage.run(tmp_path, script), "open", "module",
                 "there is no module, so there is no kernel: pass it .*")


@pytest.mark.short
@pytest.mark.parametrize("board,firmware", BOARDS)
@pytest.mark.parametrize("file", [doors.GANGWAY, doors.GANGWAY_PVH],
                         ids=["multiboot", "pvh"])
def test_qemu(tmp_path, board, firmware, file):
    image = bzimage.make(MIB)
    bundle(tmp_path, image.data)
    args = ["-kernel", file, "-initrd", tmp_path / "bundle", "-append", "c d"]
    args += ["-bios", firmware] if firmware else []
    outcome = machine.run(tmp_path, *args, machine=board)
    report = probe.Report(outcome)
    probe.check_promises(report, image, INITRD)
    assert report.cmdline == "a b c d"
    assert bool(report.rsdp) == ("acpi=off" not in board)
    assert sum(area.size for area in report.ram()) > 511 * MIB


# ---- Linux, to user space ---------------------------------------------------

FAST = [("cloud", "cloud-hypervisor"), ("cloud", "firecracker")]


def each_kernel_by_each_way():
    for kernel in ("cloud", "cloud-5.10", "cloud-6.12"):
        for name in WAYS:
            marks = [pytest.mark.real]
            if (kernel, name) in FAST:
                marks.append(pytest.mark.fast)
            yield pytest.param(kernel, name, marks=marks)


def check(outcome, cmdline, regions, rsdp):
    """The map and the tables are as the kernel says it has found them."""
    guest = Guest(outcome)
    assert guest.cmdline == cmdline
    assert guest.blob_ok, "the initrd is damaged"
    assert guest.param("subarch") == guest.param("subarch_data") == 0
    assert guest.param("rsdp") == rsdp
    assert guest.e820 == [
        "[mem %#018x-%#018x] %s" % (start, start + size - 1, {
            stage.RAM: "usable", stage.RESERVED: "reserved"}[kind])
        for start, size, kind in sorted(regions)]
    assert ("ACPI: RSDP 0x%016X" % rsdp in guest.text) == bool(rsdp)
    # Without ACPI's tables Linux finds nothing to switch off
    assert outcome.reason == ("guest-shutdown" if rsdp else "guest-reset")


def boot_linux(tmp_path, kernel, name, initramfs):
    contract, _ = WAYS[name]
    top = 512 * MIB
    file = targets.fetched(kernel, "vmlinuz")
    data = bundle(tmp_path, file.read_bytes(), initramfs.read_bytes(),
                  CONSOLE)
    outcome = play(tmp_path, name, data, "x y", top, timeout=90)
    check(outcome, CONSOLE + " x y", contract.regions(top), contract.rsdp)
    return outcome


@pytest.mark.parametrize("kernel,name", each_kernel_by_each_way())
def test_linux(tmp_path, kernel, name, initramfs):
    boot_linux(tmp_path, kernel, name, initramfs)


@pytest.mark.parametrize("name", ["cloud-hypervisor", "firecracker-1.7",
                                  "crosvm"])
@pytest.mark.real
def test_linux_finds_the_mp_table(tmp_path, name, initramfs):
    """Where crosvm puts it, its map has RAM. The cloud kernels do not look."""
    outcome = boot_linux(tmp_path, "amd64-6.1", name, initramfs)
    assert "found SMP MP-table at [mem %#010x-" % WAYS[name][0].mp[0] \
        in outcome.serial


@pytest.mark.parametrize("kernel", ["cloud", "cloud-5.10", "cloud-6.12"])
@pytest.mark.parametrize("board", ["pc", "q35", "microvm,acpi=off"])
@pytest.mark.real
def test_linux_by_qboot(tmp_path, kernel, board, initramfs):
    """Without ACPI on microvm: with it these find no timer under TCG. How to
    reset without it see test_real."""
    words = CONSOLE + " reboot=t"
    args = doors.args("pvh", tmp_path, [
        (targets.fetched(kernel, "vmlinuz"), words), (initramfs, "")], "x")
    outcome = machine.run(tmp_path, *args, "-bios", "qboot.rom",
                          machine=board, timeout=90)
    guest = Guest(outcome)
    assert guest.cmdline == words + " x"
    assert guest.blob_ok, "the initrd is damaged"
    assert ("ACPI: RSDP 0x00000000000F3" in guest.text) == \
        ("acpi=off" not in board)
