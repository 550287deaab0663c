# SPDX-License-Identifier: BSD-2-Clause
"""Real loaders, from Debian, that are not part of QEMU or GRUB. Each starts the
probe as a Linux and as a Multiboot kernel; check-all also starts Debian's."""
import zlib

import pytest

import doors
import esp
import kernels
import machine
import netboot
import probe
import syslinux
import told
from bzimage import MIB
from guest import Guest
from stage import RESERVED

LONG = pytest.mark.real  # for check-all
NOISE = doors.noise(70001)
WORDS, MORE = "first=1 second=2", "some words"
DEBIAN = "console=ttyS0 panic=-1 no_timer_check"


def write(folder, kernel):
    """A kernel and a module as files; {name: path} of all."""
    (folder / "kernel").write_bytes(kernel.data)
    (folder / "module").write_bytes(NOISE)
    return {"gangway.elf": doors.GANGWAY, "k": folder / "kernel",
            "m": folder / "module"}


# What a user types, for files k and m

def mboot(option):
    def args(folder, files, words):
        return syslinux.make(folder, files, option + (
            "gangway.elf alpha=1 --- k %s --- m %s" % (words, MORE)))
    return args


def ipxe(row):
    def args(folder, files, words):
        return netboot.bios(folder, files, [
            "kernel gangway.elf alpha=1", "module k " + words,
            "module m " + MORE], row)
    return args


LOADERS = {"mboot": mboot(""), "mboot-aout": mboot("-aout "),
           "ipxe": ipxe(None), "ipxe-1.21": ipxe("ipxe-1.21")}
NAMES = {"mboot": "ISOLINUX 6.04", "mboot-aout": "ISOLINUX 6.04",
         "ipxe": "iPXE 1.", "ipxe-1.21": "iPXE 1.21"}
every_loader = pytest.mark.parametrize("loader", [
    pytest.param(name, marks=LONG) if name == "ipxe-1.21" else name
    for name in LOADERS])


def start(folder, loader, files, words, **options):
    args = LOADERS[loader](folder, files, words)
    outcome = machine.run(folder, *args, timeout=90, **options)
    assert outcome.lines("gangway .*: entered by multiboot1 from "
                         + NAMES[loader]), outcome.serial
    return outcome


def reserved_low(report):
    """The addresses from the end of low RAM to 1 MiB that are reserved."""
    return [(area.start, area.start + area.size) for area in report.e820
            if area.type == RESERVED and area.start < MIB]


@every_loader
def test_linux(tmp_path, loader):
    image = probe.bzimage.make()
    report = probe.Report(start(tmp_path, loader, write(tmp_path, image),
                                WORDS))
    probe.check_promises(report, image, NOISE)
    assert report.cmdline == WORDS + " alpha=1"
    # iPXE's map has RAM only
    is_completed = "map has nothing but RAM" in report.before
    assert is_completed == loader.startswith("ipxe")
    low = reserved_low(report)
    assert low[0][0] == report.ram()[0].end and low[-1][1] == MIB


@every_loader
def test_multiboot_kernel(tmp_path, loader):
    kernel = kernels.multiboot1()
    report = told.Told(start(tmp_path, loader, write(tmp_path, kernel),
                             WORDS))
    assert report.finished and not report.failures
    told.check_image(report, kernel)
    assert report.cmdline.split(" ", 1)[1] == WORDS + " alpha=1"
    module, = report.modules
    assert (module.size, module.crc) == (len(NOISE), zlib.crc32(NOISE))
    assert module.string.split(" ", 1)[1] == MORE


@LONG
@every_loader
def test_debian(tmp_path, loader, cloud, initramfs):
    files = {"gangway.elf": doors.GANGWAY, "k": cloud, "m": initramfs}
    guest = Guest(start(tmp_path, loader, files, DEBIAN))
    assert guest.blob_ok
    assert guest.cmdline == DEBIAN + " alpha=1"


# ---- iPXE under UEFI, which gives gangway.efi its files as a file system ------

def start_by_ipxe(folder, row, files, words, **options):
    args = netboot.efi(folder, dict(files, **{
        "gangway.efi": esp.GANGWAY_EFI}), [
            "initrd k", "initrd m",
            "kernel gangway.efi kernel=k initrd=m " + words], row)
    outcome = machine.run(folder, *args, **options)
    assert outcome.lines("gangway .*: under UEFI, kernel from the load "
                         "options"), outcome.serial
    return outcome


@pytest.mark.parametrize("row", [
    pytest.param("ipxe-efi", marks=LONG), "ipxe-1.21-efi"])
def test_ipxe_under_uefi(tmp_path, row):
    image = probe.bzimage.make()
    report = probe.Report(start_by_ipxe(tmp_path, row, write(tmp_path, image),
                                        WORDS))
    probe.check_promises(report, image, NOISE)
    assert report.cmdline == WORDS


@LONG
def test_debian_by_ipxe_under_uefi(tmp_path, cloud, initramfs):
    """By its EFI stub, to which iPXE offers all of its files as an initrd."""
    guest = Guest(start_by_ipxe(tmp_path, "ipxe-1.21-efi",
                                {"k": cloud, "m": initramfs}, DEBIAN,
                                timeout=300))
    assert guest.blob_ok
    assert guest.cmdline == DEBIAN
