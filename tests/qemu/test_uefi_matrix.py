# SPDX-License-Identifier: BSD-2-Clause
"""Every kind of kernel by every way that UEFI has to gangway: probes, which
report all they were told, and Debian's Linux to user space.

What "make check" leaves to "make check-all" are the other ways of what one way
has shown already.
"""
import gzip

import pytest

import bzimage
import doors
import esp
import grub
import kernels
import machine
import probe
import targets
import told
from bzimage import MIB
from guest import Guest
from test_uefi import CONSOLE, EL64, STUB, ZEROPAGE, check

ANYWHERE = kernels.Moves(MIB, 0xffffffff, 2 * MIB)
WORDS = "root=/dev/a b"
MODULE = doors.noise(MIB + 5)
PROBES = {
    "bzimage64": lambda: bzimage.make(MIB),
    "bzimage32": lambda: bzimage.make(MIB, xloadflags=0),
    "vmlinux": lambda: kernels.vmlinux(bss=MIB),
    "vmlinux32": lambda: kernels.vmlinux(32, bss=MIB),
    "mb1": lambda: kernels.multiboot1(bss=MIB),
    "mb1-kludge": lambda: kernels.multiboot1_flat(shape=dict(bss=MIB)),
    "mb2": lambda: kernels.multiboot2(bss=MIB, symbols=True),
    "mb2-relocatable": lambda: kernels.multiboot2(bss=MIB, moves=ANYWHERE),
    "pvh32": lambda: kernels.pvh(32, bss=MIB),
    "pvh64": lambda: kernels.pvh(64, bss=MIB),
}


def by_entry(_, kernel, module, words):
    """The firmware starts gangway as BOOTX64.EFI, which reads an entry."""
    text = "linux /k\ninitrd /m\noptions %s\n" % words
    return {esp.FALLBACK: esp.GANGWAY_EFI, "k": kernel, "m": module,
            "loader/entries/a.conf": text}


def sections(kernel, module, words):
    """Without .osrel, which would become a file in the initrd."""
    return {".uname": b"6.1\n", ".cmdline": words.encode(),
            ".initrd": module, ".linux": kernel}


def by_objcopy(folder, *what):
    return {esp.FALLBACK: esp.uki(folder / "uki.efi", sections(*what))}


def by_ukify(folder, *what):
    return {esp.FALLBACK: esp.ukify(folder / "uki.efi", sections(*what))}


def by_folder(folder, *what):
    """A UKI of type 2, which gangway starts, and which has it as its stub."""
    return {esp.FALLBACK: esp.GANGWAY_EFI,
            "EFI/Linux/a.efi": esp.ukify(folder / "uki.efi", sections(*what))}


def by_chainloader(folder, kernel, module, words):
    config = ("search --set=root --file /k\n"
              "chainloader /g.efi kernel=/k initrd=/m %s\nboot\n" % words)
    (folder / "cfg").write_text(config)
    grub.run("grub-mkimage", "-O", "x86_64-efi", "-p", "/", "-c",
             folder / "cfg", "-o", folder / "grub.efi", "part_gpt",
             "part_msdos", "fat", "search", "search_fs_file", "chain", "boot")
    return {esp.FALLBACK: folder / "grub.efi", "g.efi": esp.GANGWAY_EFI,
            "k": kernel, "m": module}


def by_shell(_, kernel, module, words):
    return {"g.efi": esp.GANGWAY_EFI, esp.FALLBACK: b"", "k": kernel,
            "m": module, "startup.nsh":
            "fs0:\r\ng.efi kernel=\\k initrd=\\m %s\r\n" % words}


# Way: the names that it gives kernel and module
WAYS = {by_entry: ("/k", "/m"), by_objcopy: ("", ""), by_ukify: ("", ""),
        by_folder: ("", ""), by_chainloader: ("/k", "/m"),
        by_shell: ("\\k", "\\m")}


def cells(rows, fast_rows, always=by_entry):
    """All of a table, of which only a row and some columns are fast."""
    for way in WAYS:
        for row in rows:
            is_fast = way is always or row in fast_rows
            yield pytest.param(
                way, row, id="%s-%s" % (way.__name__[3:], row),
                marks=() if is_fast else pytest.mark.real)


def check_probe(report, kernel, way):
    names = WAYS[way]
    given = told.Given(told.File(b"", WORDS, names[0]),
                       (told.File(MODULE, "", names[1]),))
    if not isinstance(kernel, kernels.Kernel):
        probe.check_promises(report, kernel, MODULE)
        assert report.entry == (64 if kernel.fields["xloadflags"] else 32)
        assert report.cmdline == WORDS
        return
    assert report.finished and not report.failures, report.text
    assert report.protocol == kernel.protocol
    told.check_image(report, kernel)
    told.check_in_ram(report, report.areas("image") + report.areas("module")
                      + report.areas("info"))
    if report.protocol == "linux":
        told.check_linux(report, given)
    else:
        told.check_state(report)
        told.check_modules(report, given)
    told.check_strings(report, given)
    if report.protocol in ("multiboot2", "pvh"):
        assert report.has_rsdp()
    if kernel.sections and report.protocol in told.MULTIBOOT:
        told.check_sections(report, kernel.sections)


@pytest.mark.parametrize("way,kind", cells(PROBES, ["mb2"]))
def test_probe(tmp_path, way, kind):
    kernel = PROBES[kind]()
    files = way(tmp_path, kernel.data, MODULE, WORDS)
    outcome = machine.run(tmp_path, *esp.make(tmp_path, files), timeout=120)
    check_probe(told.Told(outcome), kernel, way)


@pytest.mark.parametrize("kind", [
    "mb2", *(pytest.param(kind, marks=pytest.mark.real)
             for kind in PROBES if kind != "mb2")])
def test_probe_in_gzip(tmp_path, kind):
    kernel = PROBES[kind]()
    packed = gzip.compress(kernel.data, 1)
    files = by_entry(tmp_path, packed, MODULE, WORDS)
    outcome = machine.run(tmp_path, *esp.make(tmp_path, files), timeout=120)
    check_probe(told.Told(outcome), kernel, by_entry)


LINUX = {"stub": ("", STUB), "zeropage": (" gangway.linux=zeropage",
                                          ZEROPAGE)}


def run_linux(folder, way, kernel, words, initrd, *more):
    files = way(folder, kernel, initrd, words)
    return machine.run(folder, *esp.make(folder, files), *more, timeout=180)


# test_uefi has the fast ones
@pytest.mark.real
@pytest.mark.parametrize("kind", LINUX)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__[3:])
def test_linux(tmp_path, cloud, initramfs, way, kind):
    word, loader = LINUX[kind]
    outcome = run_linux(tmp_path, way, cloud, CONSOLE + word, initramfs)
    check(outcome, CONSOLE, loader)


@pytest.mark.real
@pytest.mark.parametrize("kind", LINUX)
def test_older_and_newer_linux(tmp_path, other_cloud, initramfs, kind):
    word, loader = LINUX[kind]
    outcome = run_linux(tmp_path, by_entry, other_cloud, CONSOLE + word,
                        initramfs)
    check(outcome, CONSOLE, loader)


@pytest.mark.real
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__[3:])
def test_vmlinux(tmp_path, initramfs, way):
    outcome = run_linux(tmp_path, way, targets.vmlinux("cloud"), CONSOLE,
                        initramfs)
    check(outcome, CONSOLE, ZEROPAGE)


@pytest.mark.real
def test_gzipped_vmlinux(tmp_path, initramfs):
    packed = gzip.compress(targets.vmlinux("cloud").read_bytes(), 1)
    outcome = run_linux(tmp_path, by_entry, packed, CONSOLE, initramfs)
    check(outcome, CONSOLE, ZEROPAGE)


@pytest.mark.real
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__[3:])
def test_linux_of_32_bits(tmp_path, i386, initramfs_i386, way):
    """Its firmware is of 64 bits, whose tables are of no use to it: it is told
    of none, and finds ACPI by the RSDP in the zero page."""
    outcome = run_linux(tmp_path, way, i386, CONSOLE, initramfs_i386)
    guest = Guest(outcome)
    assert "i686" in guest.kernel
    assert guest.cmdline == CONSOLE
    assert guest.blob_ok
    assert guest.param("efi") != EL64 and not guest.has_efi
    assert guest.param("rsdp")
    assert outcome.reason == "guest-shutdown"


@pytest.mark.parametrize("kind", [
    pytest.param("zeropage", marks=[pytest.mark.real, pytest.mark.fast]),
    pytest.param("stub", marks=pytest.mark.real)])
def test_screen_is_found_by_linux(tmp_path, cloud, initramfs, kind):
    word, loader = LINUX[kind]
    outcome = run_linux(tmp_path, by_entry, cloud, CONSOLE + word, initramfs,
                        "-vga", "std")
    check(outcome, CONSOLE, loader)
    assert outcome.lines(r".*efifb: framebuffer at 0x[0-9a-f]+, using ")
