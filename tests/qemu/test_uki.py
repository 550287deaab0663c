# SPDX-License-Identifier: BSD-2-Clause
"""Unified kernel images through every door, where no firmware opens them."""
import pytest

import bzimage
import doors
import machine
import probe
import stage
import targets
import uki
import ukify
import vmm
from bzimage import MIB
from doors import noise
from guest import Guest
from refusal import refused_with

TOP = 500 * MIB
UCODE, INITRD, MORE = noise(3001), noise(MIB + 5), noise(777)
CONSOLE = "console=ttyS0 panic=-1 no_timer_check"


def write(folder, image, *more):
    """A UKI with its sections in an order of its own."""
    path = folder / "uki.efi"
    path.write_bytes(uki.make([
        (".text", b"\xf4"), (".osrel", b"ID=test\n"), (".linux", image.data),
        (".initrd", INITRD + bytes(600), len(INITRD)), (".ucode", UCODE),
        (".cmdline", b"from uki\n\0"), *more]))
    return path


def by_firecracker(folder, path, append):
    script = vmm.by_linux(vmm.FIRECRACKER, doors.GANGWAY_PVH,
                          vmm.place(path.read_bytes(), TOP), append, TOP)
    return stage.arguments(folder, script)


def args(door, folder, path, append):
    if door == "firecracker":
        return by_firecracker(folder, path, append)
    if door == "pvh":
        return doors.pvh(path, append)
    return doors.args(door, folder, [(path, "")], append)


@pytest.mark.short
@pytest.mark.parametrize("door", ["mb1", "grub-mb1", "grub-mb2", "pvh",
                                  "firecracker"])
def test_a_uki_is_opened_behind_every_door(tmp_path, door):
    image = bzimage.make(MIB)
    path = write(tmp_path, image)
    report = probe.Report(machine.run(
        tmp_path, *args(door, tmp_path, path, "outside")))
    probe.check_promises(report, image, doors.join([UCODE, INITRD]))
    assert report.cmdline == "from uki outside"


def test_a_profile_and_what_is_not_used(tmp_path):
    image = bzimage.make(MIB)
    path = write(tmp_path, image, (".splash", b"BM"), (".profile", b"ID=a\n"),
                 (".profile", b"ID=b\n"), (".cmdline", b"of b"),
                 (".initrd", MORE), (".pcrsig", b"{}"))
    outcome = machine.run(tmp_path, *doors.mb1([doors.File(path)],
                                               "gangway.profile=b"))
    report = probe.Report(outcome)
    probe.check_promises(report, image, doors.join([UCODE, MORE]))
    assert report.cmdline == "of b"
    assert outcome.lines(r"uki: profile 1, not used: \.osrel \.splash "
                         r"\.pcrsig$")


def test_an_addon_is_no_kernel(tmp_path):
    path = tmp_path / "addon.efi"
    path.write_bytes(uki.make([(".cmdline", b"words")]))
    refused_with(machine.run(tmp_path, *doors.mb1([doors.File(path)])),
                 "open", "module", "no module is a kernel: module 0 is an "
                 "addon for a UKI, without a kernel of its own")


@pytest.fixture(name="built", scope="session")
def fixture_built(cloud, initramfs):
    """Of Debian's kernel, by systemd's ukify."""
    target = targets.FIXTURES / "debian-uki.efi"
    with targets.locked("debian-uki"):
        ukify.run("--stub=%s" % ukify.stub(), "--linux=%s" % cloud,
                  "--initrd=%s" % initramfs, "--cmdline=%s" % CONSOLE,
                  "--output=%s" % target)
    return target


def boots(outcome):
    guest = Guest(outcome)
    assert guest.blob_ok, "the initrd is damaged"
    assert guest.cmdline == CONSOLE + " x"


@pytest.mark.parametrize("door", [
    "mb1", *(pytest.param(door, marks=pytest.mark.real) for door in (
        "grub-mb2", "efi-mb2", "pvh", "microvm", "firecracker"))])
def test_debian_s_linux_in_a_uki(tmp_path, built, door):
    """To user space, with its initrd whole."""
    board, append = "pc", "x"
    if door == "microvm":
        board, door = "microvm,acpi=off", "pvh"
    boots(machine.run(tmp_path, *args(door, tmp_path, built, append),
                      machine=board, memory=768, timeout=150))
