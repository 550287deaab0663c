# SPDX-License-Identifier: BSD-2-Clause
"""Kernels packed with xz, lzma, zstd and lz4, through gangway-full.elf and
gangway-full.efi; and what gangway.elf says of them."""
import bz2
import lzma
import subprocess

import pytest

import doors
import esp
import kernels
import machine
import told
from bzimage import MIB
from doors import File, noise
from refusal import refused_with

FULL = doors.BUILD / "gangway-full.elf"
FULL_EFI = doors.BUILD / "gangway-full.efi"
ALONE = dict(format=lzma.FORMAT_ALONE)
MODULE = noise(MIB + 5)
ABOVE_NVS = 16 * MIB  # OVMF's, at 8 MiB and behind


def by_tool(*command):
    return lambda data: subprocess.run(command, input=data, check=True,
                                       stdout=subprocess.PIPE).stdout


PACKINGS = {
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, **ALONE),
    "bzip2": bz2.compress,
    "zstd": by_tool("zstd", "-qc", "--check"),
    "lz4": by_tool("lz4", "-qc"),
    "lz4-legacy": by_tool("lz4", "-qlc"),
}


def kernel_of(size=3 * MIB, **more):
    """Longer than what is unpacked between two pauses."""
    return kernels.multiboot2(size=size, **more)


def check(outcome, kernel, name):
    report = told.Told(outcome)
    assert report.finished and not report.failures, report.text
    told.check_image(report, kernel)
    told.check_modules(report, told.Given(told.File(b""),
                                          (told.File(MODULE),)))
    assert outcome.lines(r"kernel: multiboot2\b.* in " + name)


@pytest.fixture
def full(monkeypatch):
    monkeypatch.setattr(doors, "GANGWAY", FULL)


def boot(folder, packed):
    (folder / "kernel").write_bytes(packed)
    (folder / "module").write_bytes(MODULE)
    return machine.run(folder, *doors.mb1([File(folder / "kernel", "words"),
                                           File(folder / "module")]))


@pytest.mark.parametrize("name", PACKINGS)
def test_packed_kernel(tmp_path, full, name):
    kernel = kernel_of()
    outcome = boot(tmp_path, PACKINGS[name](kernel.data))
    check(outcome, kernel, name.split("-")[0])


@pytest.mark.parametrize("harm", ["cut", "damage"])
def test_damaged_kernel(tmp_path, full, harm):
    packed = bytearray(lzma.compress(kernel_of(MIB).data))
    if harm == "cut":
        del packed[-20:]
    else:
        packed[-40] ^= 1  # its CRC-64 or what that is of
    refused_with(boot(tmp_path, bytes(packed)), "open", "xz",
                 "the file is cut off: .*" if harm == "cut"
                 else "the compressed data is damaged behind byte .*")


def test_a_window_that_does_not_fit(tmp_path, full):
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]
    packed = lzma.compress(kernel_of(MIB).data, filters=filters)
    refused_with(boot(tmp_path, packed), "open", "module",
                 "no module is a kernel: module 0 is xz data, but to unpack "
                 "it takes 104.* KiB .*")


def test_gangway_elf_names_the_full_one(tmp_path):
    packed = lzma.compress(kernel_of(MIB).data)
    refused_with(boot(tmp_path, packed), "open", "module",
                 "no module is a kernel: module 0 is xz-compressed data, "
                 "which takes gangway-full.elf .*")


def by_uefi(folder, packed):
    entry = "linux /k\ninitrd /m\noptions words\n"
    files = {esp.FALLBACK: FULL_EFI, "k": packed, "m": MODULE,
             "loader/entries/a.conf": entry}
    return machine.run(folder, *esp.make(folder, files), timeout=120)


def test_packed_kernel_under_uefi(tmp_path):
    """All three libraries by one boot, each with what the one before it
    unpacked."""
    kernel = kernel_of()
    packed = kernel.data
    for name in ("xz", "zstd", "lz4"):
        packed = PACKINGS[name](packed)
    outcome = by_uefi(tmp_path, packed)
    check(outcome, kernel, "xz")


@pytest.mark.real
@pytest.mark.parametrize("name", PACKINGS)
def test_each_packing_under_uefi(tmp_path, name):
    kernel = kernel_of(20 * MIB, at=ABOVE_NVS)
    outcome = by_uefi(tmp_path, PACKINGS[name](kernel.data))
    check(outcome, kernel, name.split("-")[0])
