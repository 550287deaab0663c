# SPDX-License-Identifier: BSD-2-Clause
"""Real loaders, from Debian, that are not part of QEMU or GRUB. Each starts the
probe as a Linux and as a Multiboot kernel; check-all also starts Debian's."""
import zlib

import pytest

import doors
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


def ipxe(folder, files, words):
    return netboot.bios(folder, files, [
        "kernel gangway.elf alpha=1", "module k " + words,
        "module m " + MORE])


LOADERS = {"mboot": mboot(""), "mboot-aout": mboot("-aout "), "ipxe": ipxe}
NAMES = {"mboot": "ISOLINUX 6.04", "mboot-aout": "ISOLINUX 6.04",
         "ipxe": "iPXE "}
every_loader = pytest.mark.parametrize("loader", LOADERS)


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
    assert is_completed == (loader == "ipxe")
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
