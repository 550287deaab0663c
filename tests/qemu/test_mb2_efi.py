# SPDX-License-Identifier: BSD-2-Clause
"""Multiboot2 while EFI's boot services are alive: kernels that gangway.efi
starts by their EFI64 entry, Xen among them."""
import gzip

import pytest

import doors
import esp
import kernels
import machine
import targets
import told
from bzimage import MIB
from elf import Segment
from guest import Guest
from kernels import HIGH, LOW, TAG_EFI64, TAG_EFI_BS, Moves
from test_kernels_real import DOM0_LEAST_KIB, DOM0_WORDS, XEN_LOADER, \
    XEN_WORDS, check_xen, fast
from test_uefi import fail

PAGE, TOP = 4096, 1 << 32
AT = 64 * MIB  # nobody is there
TAKEN = 8 * MIB  # OVMF's own
XEN_CPU = "max,-cx16,-smap,-rdtscp,-monitor"
LOADER_CODE, LOADER_DATA = 1, 2
INTERRUPTS = 0x200
CODE_SELECTOR = 0x38  # of OVMF
ANYWHERE = Moves(MIB, TOP - 1, 2 * MIB)
MODULES = [("one two", doors.noise(3 * MIB + 5)), ("", doors.noise(PAGE))]
LIVE_TAGS = {1, 2, 3, 12, 18, 20, 21, 0}
ABSENT_TAGS = {4, 6, 17}


def disk(tmp_path, data, words, gangway=None):
    """gangway with an entry for a kernel and the modules."""
    files = {esp.FALLBACK: gangway or esp.GANGWAY_EFI, "probe": data}
    lines = ["linux /probe", "options " + words]
    for number, (line, content) in enumerate(MODULES):
        files["m%d" % number] = content
        lines.append("module /m%d %s" % (number, line))
    files["loader/entries/a.conf"] = "\n".join(lines) + "\n"
    return files


def boot(tmp_path, kernel, data=None, words="some words"):
    files = disk(tmp_path, data or kernel.data, words)
    args = esp.make(tmp_path, files) + ["-device", "isa-debug-exit,iobase=%d"
                                        % machine.DEBUG_EXIT]
    return told.Told(machine.run(tmp_path, *args, timeout=120))


def check_pages(report, kind, wanted):
    """The firmware knows of each page that it is taken."""
    pages = {}
    for type_, start, nr in report.rows("efi_map"):
        for number in range(int(nr, 0)):
            pages[int(start, 0) // PAGE + number] = int(type_, 0)
    for area in report.areas(kind):
        for page in range(area.start // PAGE, -(-area.end // PAGE)):
            assert pages[page] == wanted, hex(page * PAGE)


def check_firmware(report):
    """Registers, but for two, are as it has them."""
    assert report.number("fs_base") == 0
    assert report.number("flags") & INTERRUPTS
    assert report.segment("cs")[0] == CODE_SELECTOR
    assert "probe: the firmware prints" in report.text


def check_told(report, kernel, line):
    kinds = {kind for kind, _ in report.tags}
    assert LIVE_TAGS <= kinds and not ABSENT_TAGS & kinds
    assert report.number("load_base") == report.load + kernel.first
    assert report.cmdline == line
    assert report.has_rsdp()
    given = told.Given(told.File(kernel.data), tuple(
        told.File(data, words, "/m%d" % number)
        for number, (words, data) in enumerate(MODULES)))
    told.check_modules(report, given)
    assert [module.string for module in report.modules] == \
        ["/m0 one two", "/m1"]


def check(report, kernel, line="/probe some words"):
    assert report.finished, "the probe died:\n" + report.text
    assert not report.failures, report.text
    assert report.protocol == "live"
    told.check_image(report, kernel)
    check_firmware(report)
    check_told(report, kernel, line)
    check_pages(report, "image", LOADER_CODE)
    check_pages(report, "module", LOADER_DATA)
    check_pages(report, "info", LOADER_DATA)


FAR = Segment(AT + 16 * MIB, doors.noise(70000), 100000)
KERNELS = {
    "high": lambda: kernels.live(moves=ANYWHERE, preference=HIGH),
    "low": lambda: kernels.live(moves=ANYWHERE, preference=LOW, bss=MIB),
    "fixed": lambda: kernels.live(at=AT, bss=MIB + 1, others=[FAR]),
    "elf64": lambda: kernels.live(64, at=AT, symbols=True),
    "flat": lambda: kernels.live_flat(at=AT, shape=dict(bss=MIB)),
    "flat-high": lambda: kernels.live_flat(moves=ANYWHERE, preference=HIGH),
}


# What make check leaves to make check-all
SLOW = pytest.mark.real
MOST = [kind if kind in ("high", "fixed") else pytest.param(kind, marks=SLOW)
        for kind in KERNELS]


@pytest.mark.parametrize("kind", MOST)
def test_kernel_by_its_efi64_entry(tmp_path, kind):
    kernel = KERNELS[kind]()
    report = boot(tmp_path, kernel)
    check(report, kernel)
    if kind == "elf64":
        told.check_sections(report, kernel.sections)
    if kind == "high":
        assert report.load > 256 * MIB
    if kind == "low":
        assert report.load < 16 * MIB


@SLOW
def test_gzipped_kernel(tmp_path):
    kernel = kernels.live(at=AT)
    check(boot(tmp_path, kernel, gzip.compress(kernel.data)), kernel)


@pytest.mark.parametrize("tags", [
    [TAG_EFI_BS], pytest.param([TAG_EFI64], marks=SLOW)],
    ids=["no-entry", "no-wish"])
def test_half_of_what_it_takes_is_nothing(tmp_path, tags):
    """The kernel is entered by its i386 entry, and told of no EFI."""
    kernel = kernels.multiboot2(at=AT, tags=[
        kernels.tag(kind, kernels.words(AT) if kind == TAG_EFI64 else b"")
        for kind in tags])
    report = boot(tmp_path, kernel)
    assert report.protocol == "multiboot2" and not report.failures
    kinds = {kind for kind, _ in report.tags}
    assert {4, 6} <= kinds and not kinds & {11, 12, 17, 18, 19, 20}


@pytest.mark.parametrize("kernel,reason", [
    (lambda: kernels.live(at=TAKEN), "a segment's place is not free RAM"),
    pytest.param(lambda: kernels.live_flat(at=TAKEN),
                 "the kernel's place is not free", marks=SLOW),
    pytest.param(lambda: kernels.live(
        at=TAKEN, moves=Moves(TAKEN, TAKEN + MIB - 1, PAGE)),
        "no free RAM where the kernel may be moved to", marks=SLOW),
], ids=["elf", "flat", "room"])
def test_what_the_firmware_occupies_is_refused(tmp_path, kernel, reason):
    """And its boot manager goes on."""
    text = fail(tmp_path, disk(tmp_path, kernel().data, "x"), reason)
    assert "gangway: plan multiboot2: " in text


# ---- Xen --------------------------------------------------------------------

def xen_disk(tmp_path, xen, dom0):
    entry = ("linux /xen.gz\nmodule /vmlinuz %s\nmodule /initrd\n"
             "options %s\n" % (DOM0_WORDS, XEN_WORDS))
    return esp.make(tmp_path, {
        esp.FALLBACK: esp.GANGWAY_EFI,
        "xen.gz": targets.fetched(xen, "xen.gz"),
        "vmlinuz": targets.fetched(dom0, "vmlinuz"),
        "initrd": targets.initramfs_amd64(),
        "loader/entries/xen.conf": entry})


def check_dom0(outcome):
    """Xen asked the firmware for the map, and dom0 calls its services."""
    assert outcome.lines("jump: Multiboot 2, EFI64,")
    assert outcome.lines(r"\(XEN\) EFI RAM map:")
    guest = Guest(outcome)
    assert guest.cmdline == DOM0_WORDS
    assert guest.blob_ok
    assert guest.has_efi
    assert guest.param("type") == XEN_LOADER
    assert guest.mem_kib > DOM0_LEAST_KIB


@pytest.mark.real
@pytest.mark.parametrize("xen,dom0", [fast("xen-4.17", "amd64-6.1"),
                                      ("xen-4.20", "amd64-6.12")])
def test_xen_with_linux(tmp_path, xen, dom0):
    outcome = machine.run(tmp_path, *xen_disk(tmp_path, xen, dom0),
                          timeout=300, memory=1536, cpu=XEN_CPU)
    check_xen(outcome.serial, XEN_WORDS)
    check_dom0(outcome)
