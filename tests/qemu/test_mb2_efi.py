# SPDX-License-Identifier: BSD-2-Clause
"""Multiboot2 while EFI's boot services are alive: kernels that gangway.efi
starts by their EFI64 entry, Xen among them; and gangway.efi started so by
GRUB."""
import gzip
import pathlib

import pytest

import doors
import esp
import grub
import kernels
import machine
import screen
import targets
import told
from bzimage import MIB
from elf import Segment
from guest import Guest
from kernels import HIGH, LOW, TAG_EFI64, Moves
from test_kernels_real import DOM0_LEAST_KIB, DOM0_WORDS, XEN_LOADER, \
    XEN_WORDS, check_xen
from test_secure_boot import arguments, sign, vouching  # noqa: F401
from test_uefi import CONSOLE, EL64, NEXT, STUB, WAYS, ZEROPAGE, fail
from test_uefi_callers import archive

PAGE, TOP = 4096, 1 << 32
AT = 64 * MIB  # nobody is there
TAKEN = 8 * MIB  # OVMF's own
XEN_CPU = "max,-cx16,-smap,-rdtscp,-monitor"
LOADER_CODE, LOADER_DATA = 1, 2
NVS = 4  # of E820
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


def given(kernel):
    return told.Given(told.File(kernel.data), tuple(
        told.File(data, words) for words, data in MODULES))


def check_told(report, kernel, line, names):
    kinds = {kind for kind, _ in report.tags}
    assert LIVE_TAGS <= kinds and not ABSENT_TAGS & kinds
    assert report.number("load_base") == report.load + kernel.first
    assert report.cmdline == line
    assert report.has_rsdp()
    told.check_modules(report, given(kernel))
    assert [module.string for module in report.modules] == \
        [" ".join(filter(None, (name, words)))
         for name, (words, _) in zip(names, MODULES)]


def check(report, kernel, line="/probe some words", names=("/m0", "/m1")):
    assert report.finished, "the probe died:\n" + report.text
    assert not report.failures, report.text
    assert report.protocol == "live"
    told.check_image(report, kernel)
    check_firmware(report)
    check_told(report, kernel, line, names)
    check_pages(report, "image", LOADER_CODE)
    check_pages(report, "module", LOADER_DATA)
    check_pages(report, "info", LOADER_DATA)


FAR = Segment(AT + 16 * MIB, doors.noise(70000), 100000)
KERNELS = {
    "high": lambda: kernels.live(moves=ANYWHERE, preference=HIGH),
    "low": lambda: kernels.live(moves=ANYWHERE, preference=LOW, bss=MIB),
    "fixed": lambda: kernels.live(at=AT, bss=MIB + 1, others=[FAR]),
    "e_entry": lambda: kernels.live(at=AT, bss=MIB + 1, others=[FAR],
                                    has_entry=False),
    "elf64": lambda: kernels.live(64, at=AT, symbols=True),
    "flat": lambda: kernels.live_flat(at=AT, shape=dict(bss=MIB)),
    "flat-high": lambda: kernels.live_flat(moves=ANYWHERE, preference=HIGH),
}


# What make check leaves to make check-all
SLOW = pytest.mark.real
MOST = [kind if kind in ("high", "e_entry") else pytest.param(kind, marks=SLOW)
        for kind in KERNELS]


@pytest.mark.short
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


def test_an_efi64_entry_alone_means_nothing(tmp_path):
    """As by GRUB, which ends boot services and enters by the i386 entry."""
    kernel = kernels.multiboot2(at=AT, tags=[
        kernels.tag(TAG_EFI64, kernels.words(AT))])
    report = boot(tmp_path, kernel)
    assert report.protocol == "multiboot2" and not report.failures
    kinds = {kind for kind, _ in report.tags}
    assert {4, 6, 12, 17, 20} <= kinds and 18 not in kinds


@pytest.mark.parametrize("kernel,reason", [
    (lambda: kernels.live(at=TAKEN),
     "is ACPI NVS: gangway.overwrite=nvs puts it there"),
    pytest.param(lambda: kernels.live_flat(at=TAKEN),
                 "the kernel goes to 0x", marks=SLOW),
    pytest.param(lambda: kernels.live(
        at=TAKEN, moves=Moves(TAKEN, TAKEN + MIB - 1, PAGE)),
        "no free RAM for the kernel where it may be: ", marks=SLOW),
], ids=["elf", "flat", "room"])
def test_what_the_firmware_occupies_is_refused(tmp_path, kernel, reason):
    """And its boot manager goes on."""
    text = fail(tmp_path, disk(tmp_path, kernel().data, "x"), reason)
    assert "gangway: plan multiboot2: " in text


def test_acpi_s_memory_can_be_given_up(tmp_path):
    """By a kernel that is linked there; as by GRUB, which does not ask."""
    kernel = kernels.multiboot2(at=TAKEN)
    report = boot(tmp_path, kernel, words="gangway.overwrite=nvs")
    assert report.protocol == "multiboot2" and not report.failures
    told.check_image(report, kernel)
    assert report.load == TAKEN
    assert any(region.type == NVS and region.start <= TAKEN
               < region.start + region.size for region in report.e820)


@SLOW
def test_refusing_again_and_again_leaks_nothing(tmp_path):
    """20 tries that each read 24 MiB and take memory to unpack, in less than
    they would need together."""
    packed = gzip.compress(kernels.live(at=TAKEN, size=8 * MIB).data, 1)
    words = "kernel=\\probe module=\\big"
    lines = ["fs0:"] + ["g.efi " + words] * 20 + ["echo still-here"]
    files = {"g.efi": esp.GANGWAY_EFI, esp.FALLBACK: b"", "probe": packed,
             "big": doors.noise(24 * MIB),
             "startup.nsh": "\r\n".join(lines) + "\r\n"}
    with machine.Machine(tmp_path, *esp.make(tmp_path, files)) as running:
        text = running.wait_for("(?m)^still-here", 300)
    assert text.count("a segment goes to 0x") == 20


# ---- Xen --------------------------------------------------------------------

def xen_files(xen, dom0):
    entry = ("linux /xen.gz\nmodule /vmlinuz %s\nmodule /initrd\n"
             "options %s\n" % (DOM0_WORDS, XEN_WORDS))
    return {esp.FALLBACK: esp.GANGWAY_EFI,
            "xen.gz": targets.fetched(xen, "xen.gz"),
            "vmlinuz": targets.fetched(dom0, "vmlinuz"),
            "initrd": targets.initramfs_amd64(),
            "loader/entries/xen.conf": entry}


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
@pytest.mark.parametrize("xen,dom0", [("xen-4.17", "amd64-6.1"),
                                      ("xen-4.20", "amd64-6.12")])
def test_xen_with_linux(tmp_path, xen, dom0):
    args = esp.make(tmp_path, xen_files(xen, dom0))
    outcome = machine.run(tmp_path, *args, timeout=300, memory=1536,
                          cpu=XEN_CPU)
    check_xen(outcome.serial, XEN_WORDS)
    check_dom0(outcome)


@SLOW
def test_xen_with_secure_boot(tmp_path, sign):
    """All three files are among the hashes of a signed gangway. This firmware
    keeps memory where Linux is linked to, which it minds below 6.12."""
    files = xen_files("xen-4.20", "amd64-6.12")
    files[esp.FALLBACK] = vouching(tmp_path, sign, *[
        files[name].read_bytes() for name in ("xen.gz", "vmlinuz", "initrd")])
    outcome = machine.run(tmp_path, *arguments(tmp_path, files), timeout=300,
                          machine="q35,smm=on", memory=1536, cpu=XEN_CPU)
    check_xen(outcome.serial, XEN_WORDS)
    check_dom0(outcome)


# ---- gangway.efi as a kernel ------------------------------------------------

def grub_disk(tmp_path, words, files, kernel=None):
    """GRUB's "multiboot2 /gangway.efi words", with a module for each file."""
    target = tmp_path / "grub.img"
    grub.make_efi(target, "multiboot2", kernel or esp.GANGWAY_EFI, words,
                  files)
    return ["-bios", doors.OVMF, "-drive", "if=virtio,format=raw,file=%s"
            % doors.escape(target), "-device",
            "isa-debug-exit,iobase=%d" % machine.DEBUG_EXIT]


@pytest.mark.short
@WAYS
def test_linux_by_grub(tmp_path, cloud, initramfs, word, loader):
    args = grub_disk(tmp_path, "x" + word, [(cloud, CONSOLE), (initramfs, "")])
    outcome = machine.run(tmp_path, *args, timeout=120)
    guest = Guest(outcome)
    assert guest.cmdline == CONSOLE + " x"
    assert guest.blob_ok and guest.has_efi
    assert guest.param("efi") == EL64
    assert guest.param("type") == loader
    assert outcome.lines("gangway .*: under UEFI, kernel from the loader's ")
    if loader == ZEROPAGE:
        assert outcome.lines("gangway .*: entered by multiboot2 from GRUB 2")


@pytest.mark.parametrize("seal", [[], pytest.param(["--sealed"], marks=SLOW)])
def test_what_is_packed_by_grub(tmp_path, cloud, initramfs, seal):
    """The loader's modules come behind it."""
    packed = esp.pack(tmp_path / "packed.efi", cloud, "--initrd", initramfs,
                      "--cmdline", CONSOLE, *seal)
    (tmp_path / "more").write_bytes(archive(more=b"by GRUB"))
    args = grub_disk(tmp_path, "x", [(tmp_path / "more", "")], packed)
    guest = Guest(machine.run(tmp_path, *args, timeout=120))
    assert guest.cmdline == CONSOLE + " x" * (not seal)
    assert guest.blob_ok and guest.has_efi
    assert ("/.extra/more" in guest.extra) == (not seal)


def hand_over(tmp_path, kernel, words="some words", kernel_words=""):
    """The probe as GRUB's first module, and the others behind it."""
    files = [(tmp_path / "probe", kernel_words)]
    files[0][0].write_bytes(kernel)
    for number, (line, content) in enumerate(MODULES):
        files.append((tmp_path / ("m%d" % number), line))
        files[-1][0].write_bytes(content)
    return grub_disk(tmp_path, words, files)


@pytest.mark.parametrize("kind", ["high", pytest.param("fixed", marks=SLOW),
                                  pytest.param("flat", marks=SLOW)])
def test_kernel_by_grub(tmp_path, kind):
    """Modules stay on the pages that GRUB has for them."""
    kernel = KERNELS[kind]()
    args = hand_over(tmp_path, kernel.data, kernel_words="inner")
    report = told.Told(machine.run(tmp_path, *args, timeout=120))
    check(report, kernel, "inner some words", ("", ""))
    assert "moved from" not in report.before.split("image: ")[1].split(
        "\n", 1)[1]


@SLOW
def test_other_kernels_by_grub(tmp_path):
    """By their i386 entry, the boot services ended."""
    kernel = kernels.multiboot2(at=AT)
    report = told.Told(machine.run(tmp_path, *hand_over(
        tmp_path, kernel.data), timeout=120))
    assert report.protocol == "multiboot2" and not report.failures
    assert {4, 6, 12, 17, 20} <= {kind for kind, _ in report.tags}
    told.check_modules(report, given(kernel))


@pytest.mark.parametrize("files,words,reason", [
    (["junk"], "x", "open module: no module is a kernel"),
    pytest.param([], "x", "find multiboot2: there is no module", marks=SLOW),
    pytest.param(["junk"], "gangway.log=loud",
                 'gangway.log= is quiet, normal or debug, and not "loud"', marks=SLOW),
    pytest.param(["probe"], "x", "a segment goes to 0x",
                 marks=SLOW)])
def test_failures_go_back_to_the_firmware(tmp_path, files, words, reason):
    """GRUB is gone by then: the firmware's boot manager goes on."""
    content = {"junk": doors.noise(100000),
               "probe": kernels.live(at=TAKEN).data}
    for name in files:
        (tmp_path / name).write_bytes(content[name])
    args = grub_disk(tmp_path, words, [(tmp_path / name, "")
                                       for name in files])
    with machine.Machine(tmp_path, *args) as running:
        text = running.wait_for(NEXT, 60)
    assert reason in text
    assert "failed to start" in text.split(reason)[1]


def test_gangway_starts_gangway(tmp_path, cloud, initramfs):
    """By the way of GRUB if that is asked for, by the firmware otherwise."""
    files = {esp.FALLBACK: esp.GANGWAY_EFI, "inner": esp.GANGWAY_EFI,
             "vmlinuz": cloud, "initrd": initramfs,
             "loader/entries/a.conf":
             "linux /inner\nmodule /vmlinuz %s\nmodule /initrd\n"
             "options x gangway.format=multiboot2\n" % CONSOLE}
    outcome = machine.run(tmp_path, *esp.make(tmp_path, files), timeout=120)
    guest = Guest(outcome)
    assert guest.cmdline == CONSOLE + " x" and guest.blob_ok
    assert guest.param("type") == STUB
    assert outcome.lines("jump: Multiboot 2, EFI64,")
    assert len(outcome.lines("gangway .*: under UEFI, ")) == 2


@SLOW
def test_xen_with_linux_by_grub(tmp_path):
    files = [(targets.fetched("xen-4.17", "xen.gz"), XEN_WORDS),
             (targets.fetched("amd64-6.1", "vmlinuz"), DOM0_WORDS),
             (targets.initramfs_amd64(), "")]
    outcome = machine.run(tmp_path, *grub_disk(tmp_path, "x", files),
                          timeout=300, memory=1536, cpu=XEN_CPU)
    check_xen(outcome.serial, XEN_WORDS + " x")
    check_dom0(outcome)


def shot(folder, files):
    """The screen after a failure."""
    args = esp.make(folder, {"m": b"no kernel" * 100, **files})
    with machine.Machine(folder, *args, "-vga", "std") as running:
        running.wait_for("no module is a kernel", 120)
        return screen.picture(running, folder)


GRAPHICS = "video", "video_fb", "video_bochs", "gfxterm", "font"


@pytest.mark.real
def test_screen_in_a_mode_that_the_firmware_does_not_know(tmp_path):
    """GRUB's own driver sets it; the firmware's console must be read again."""
    (tmp_path / "cfg").write_text(
        "search --set=root --file /m\nloadfont /font\n"
        "set gfxmode=640x480\nterminal_output gfxterm\n"
        "multiboot2 /g.efi gangway.fail=halt\nmodule2 /m\nboot\n")
    grub.run("grub-mkimage", "-O", "x86_64-efi", "-p", "/", "-c",
             tmp_path / "cfg", "-o", tmp_path / "grub.efi", "part_gpt",
             "fat", *grub.COMMON, *GRAPHICS)
    (tmp_path / "alone").mkdir()
    alone = shot(tmp_path / "alone", {esp.FALLBACK: esp.GANGWAY_EFI,
                                      "loader/entries/a.conf": "linux /m\n"
                                      "options gangway.fail=halt\n"})
    lines = shot(tmp_path, {
        esp.FALLBACK: tmp_path / "grub.efi", "g.efi": esp.GANGWAY_EFI,
        "font": pathlib.Path("/usr/share/grub/unicode.pf2")})
    assert (len(lines[0]), len(lines)) == (len(alone[0]), len(alone))
    assert sum(map(sum, lines)) < len(lines) * len(lines[0]) / 4
