# SPDX-License-Identifier: BSD-2-Clause
"""What gangway.efi asks of the firmware on its way out: random numbers, and to
stop the watchdog, not before it must."""
import pytest

import esp
import machine
import observer
import probe
from doors import BUILD
from guest import Guest

LONG = pytest.mark.real  # for check-all
RNG_SEED = 9
PROBE = BUILD / "tests" / "probe64.bzimage"
RANDOM = ["-device", "virtio-rng-pci"]
ENTRY = {"k": PROBE, "loader/entries/a.conf": "title x\nlinux /k\n"}


def seeds(tmp_path, name, *more, **options):
    folder = tmp_path / name
    folder.mkdir()
    args = esp.make(folder, {esp.FALLBACK: esp.GANGWAY_EFI, **ENTRY})
    report = probe.Report(machine.run(folder, *args, *more, timeout=120,
                                      **options))
    assert report.finished and not report.failures
    return [node.data for node in report.setup_data
            if node.type == RNG_SEED]


def test_each_boot_has_a_seed_of_its_own(tmp_path):
    first, = seeds(tmp_path, "first", *RANDOM)
    other, = seeds(tmp_path, "other", *RANDOM)
    assert len(first) == len(other) == 32
    assert first != other


@LONG
@pytest.mark.parametrize("cpu", [machine.CPU, "max,-cx16"])
def test_pitfall_94_without_random_numbers_there_is_no_seed(tmp_path, cpu):
    """The CPU's own do not count: the kernel can ask for them itself."""
    assert seeds(tmp_path, "none", cpu=cpu) == []


@pytest.mark.real
def test_linux_finds_the_seed_of_its_stub(tmp_path, cloud, initramfs):
    """Where only the zero page starts it: in the firmware's table."""
    args = esp.make(tmp_path, {
        esp.FALLBACK: esp.GANGWAY_EFI, "k": cloud, "i": initramfs,
        "loader/entries/a.conf": "title x\nlinux /k\ninitrd /i\noptions "
        "console=ttyS0 panic=-1 gangway.linux=zeropage\n"})
    outcome = machine.run(tmp_path, *args, *RANDOM, timeout=120)
    assert Guest(outcome).blob_ok
    assert outcome.lines(r".*\befi: .*\bRNG=0x")


def test_the_watchdog_stops_with_the_boot_services(tmp_path):
    outcome, lines = observer.run(tmp_path, "WATCH", ENTRY)
    assert "probe: ok" in outcome.serial
    assert lines == ["watchdog 0", "exit"]


@LONG
def test_the_watchdog_stops_before_an_image_is_started(tmp_path):
    """Which is no kernel's and comes back."""
    bad = esp.uki(tmp_path / "bad.efi", {".linux": b"junk"})
    _, lines = observer.run(tmp_path, "WATCH", {
        "k": bad, "loader/entries/a.conf": "title x\nefi /k\n"})
    assert lines == ["load", "watchdog 0", "start", "end 1"]


@LONG
def test_the_watchdog_watches_over_failures(tmp_path):
    _, lines = observer.run(tmp_path, "WATCH", {
        "loader/entries/a.conf": "title x\nlinux /missing\n"})
    assert lines == ["end 1"]
