# SPDX-License-Identifier: BSD-2-Clause
"""hardware_subarch: 0 on every PC, what a Linux door says, what the user says;
never what a guest of lguest or of Xen PV would need."""
import pytest

import bzimage
import doors
import fit
import machine
import probe
import stage
import targets
import vmm
from bzimage import MIB
from guest import Guest
from refusal import refused_with

# Linux panics of a timer that is late, as TCG's is on a busy machine
CONSOLE = "console=ttyS0 panic=-1 no_timer_check"
DATA = 0x123456789abcdef0
INTEL_MID, CE4100 = 3, 4
GUESTS = ("hardware_subarch 1 and 2 are for guests of lguest and Xen PV, "
          "which this is not")
real = pytest.mark.real


def from_linux(folder, kernel, words, subarch, initrd=None, top=200 * MIB,
               **options):
    """Through Linux's 64-bit entry, with a subarch and its data."""
    fit.make(folder / "bundle", kernel, initrd, words)
    module = vmm.place((folder / "bundle").read_bytes(), top)
    script = vmm.by_linux(vmm.FIRECRACKER, doors.GANGWAY, module, "", top,
                          subarch=subarch)
    return stage.run(folder, script, **options)


@pytest.mark.parametrize("words,subarch,told", [
    ("a", (0, 0), (0, 0)),
    ("a", (INTEL_MID, 0), (INTEL_MID, 0)),
    ("a", (CE4100, DATA), (CE4100, DATA)),
    ("a", (77, 0), (77, 0)),
    ("a gangway.subarch=pc", (CE4100, DATA), (0, DATA)),
    ("a gangway.subarch=pc", (2, 0), (0, 0)),
    ("a gangway.subarch=ce4100 gangway.subarch_data=5", (INTEL_MID, DATA),
     (CE4100, 5))])
def test_the_user_s_goes_before_the_door_s(tmp_path, words, subarch, told):
    image = bzimage.write(tmp_path / "kernel", MIB)
    report = probe.Report(from_linux(tmp_path, tmp_path / "kernel", words,
                                     subarch))
    probe.check_promises(report, image)
    assert report.cmdline == "a"
    assert (report.field("hardware_subarch"),
            report.field("hardware_subarch_data")) == told


@pytest.mark.parametrize("subarch", [1, 2])
def test_a_door_s_of_a_guest_is_refused(tmp_path, subarch):
    bzimage.write(tmp_path / "kernel", MIB)
    outcome = from_linux(tmp_path, tmp_path / "kernel", "a", (subarch, 0))
    refused_with(outcome, "plan", "bzimage", GUESTS)


@pytest.mark.parametrize("value", ["1", "2", "lguest", "xen"])
@pytest.mark.parametrize("xloadflags", [0, 1])
def test_a_user_s_of_a_guest_is_refused(tmp_path, value, xloadflags):
    bzimage.write(tmp_path / "kernel", MIB, xloadflags=xloadflags)
    args = doors.mb1([doors.File(tmp_path / "kernel")],
                     "gangway.subarch=" + value)
    refused_with(machine.run(tmp_path, *args), "plan", "bzimage", GUESTS)


def check(outcome, subarch, data=0):
    guest = Guest(outcome)
    assert guest.blob_ok, "the initrd is damaged"
    assert guest.param("subarch") == subarch
    assert guest.param("subarch_data") == data
    assert outcome.reason == "guest-shutdown"


@pytest.mark.parametrize("cpu", ["-hypervisor", "+hypervisor"])
@real
def test_linux_on_a_pc(tmp_path, cloud, initramfs, cpu):
    """KVM itself cannot be had here: its leaves are not TCG's to show."""
    args = doors.mb1([doors.File(cloud, CONSOLE), doors.File(initramfs)])
    check(machine.run(tmp_path, *args, cpu=machine.CPU + "," + cpu,
                      timeout=90), 0)


def by_option():
    """Debian's kernels have no code for either: they boot on a PC."""
    for kernel in ("cloud", "cloud-5.10", "cloud-6.12", "cloud-7.2", "i386"):
        for subarch in (INTEL_MID, CE4100):
            marks = [real]
            if (kernel, subarch) == ("cloud", INTEL_MID):
                marks.append(pytest.mark.fast)
            yield pytest.param(kernel, subarch, marks=marks)


@pytest.mark.parametrize("kernel,subarch", by_option())
def test_linux_by_option(tmp_path, kernel, subarch):
    initramfs = targets.initramfs_i386() if kernel == "i386" \
        else targets.initramfs_amd64()
    args = doors.mb1([doors.File(targets.fetched(kernel, "vmlinuz"), CONSOLE),
                      doors.File(initramfs)],
                     "gangway.subarch=%d gangway.subarch_data=%#x"
                     % (subarch, DATA))
    check(machine.run(tmp_path, *args, timeout=90), subarch, DATA)


@pytest.mark.parametrize("subarch", [INTEL_MID, CE4100])
@real
def test_linux_by_a_linux_door(tmp_path, cloud, initramfs, subarch):
    outcome = from_linux(tmp_path, cloud, CONSOLE, (subarch, DATA),
                         initramfs, 512 * MIB, timeout=90)
    check(outcome, subarch, DATA)
