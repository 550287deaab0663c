# SPDX-License-Identifier: BSD-2-Clause
"""Debian's kernels of every protocol through gangway, as far as they can be
seen to have got what they were given.

What each of them prints was first seen without gangway, started by QEMU or
GRUB. make check runs what is marked fast, make check-all everything.
"""
import gzip
import itertools
import re
import time
from typing import NamedTuple

import pytest

import doors
import machine
import targets
from doors import File
from guest import Guest
from refusal import refused_with

pytestmark = pytest.mark.real

DOORS = ["mb1", "grub-mb1", "grub-mb2", "pvh", "efi-mb2"]
SLOW_DOORS = ["efi-mb2"]
MIB = 1 << 20
CONSOLE = "console=ttyS0 panic=-1 no_timer_check"
OWN_NAME = r"gangway \d+\.\d+\.\d+"


def fast(*values):
    return pytest.param(*values, marks=pytest.mark.fast)


def boot(folder, door, files, append="", timeout=90, **options):
    """Run a machine until it ends by itself."""
    args = doors.args(door, folder, files, append)
    return machine.run(folder, *args, timeout=timeout, **options)


def watch(folder, door, files, pattern, append="", timeout=30, **options):
    """What a machine printed until a match, for kernels that never end."""
    args = doors.args(door, folder, files, append)
    with machine.Machine(folder, *args, **options) as running:
        return running.wait_for(pattern, timeout)


def wait_until(running, condition, timeout):
    """Wait for what does not show on the serial line."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, running.serial()[-3000:]
        machine.pause()


def check_ram(ranges, door, memory):
    """A BIOS keeps some KiB for itself, UEFI some MiB."""
    size = sum(end - start for start, end in ranges)
    kept = 64 * MIB if door in SLOW_DOORS else MIB
    assert memory * MIB - kept <= size <= memory * MIB


# ---- Linux ------------------------------------------------------------------

LINUX_64 = ["cloud-5.10", "cloud", "cloud-6.12", "cloud-7.2",
            "amd64-5.10", "amd64-6.1", "amd64-6.12", "amd64-7.2"]
LINUX_32 = ["i386", "i386-pae"]
UNKNOWN_LOADER = (0, 0xff)
HYPERVISOR = (0xb0,)  # what a Linux entered by PVH notes of its loader


class Way(NamedTuple):
    """A way to start Linux, and how the kernel tells it from others."""

    file: str
    word: str  # for gangway, to go this way
    format: str  # as gangway names it
    entry: str
    version: int  # of the boot protocol, in boot_params
    loader_type: tuple


WAYS = {
    "bzimage-64": Way("vmlinuz", "", "bzimage", "64-bit entry", 0x20f,
                      UNKNOWN_LOADER),
    "bzimage-32": Way("vmlinuz", "", "bzimage", "32-bit entry", 0x20f,
                      UNKNOWN_LOADER),
    "vmlinux": Way("vmlinux", "", "vmlinux", "64-bit entry", 0x20f,
                   UNKNOWN_LOADER),
    "vmlinux32": Way("vmlinux", "gangway.format=vmlinux32", "vmlinux32",
                     "32-bit entry", 0x20f, UNKNOWN_LOADER),
    "pvh": Way("vmlinux", "gangway.format=pvh", "pvh", "PVH", 0x20c,
               HYPERVISOR),
}
WAYS_OF = {kernel: ["bzimage-64", "vmlinux", "pvh"] for kernel in LINUX_64}
WAYS_OF["i386"] = ["bzimage-32", "vmlinux32"]  # it has no PVH note
WAYS_OF["i386-pae"] = ["bzimage-32", "vmlinux32", "pvh"]
FAST_LINUX = [("cloud-7.2", "bzimage-64", "mb1"), ("cloud", "vmlinux", "mb1"),
              ("cloud-6.12", "pvh", "pvh")]


def linux_boots():
    """Each kernel each way by Multiboot 1, and by one of the other doors in
    turn."""
    others = itertools.cycle(DOORS[1:])
    for kernel, ways in WAYS_OF.items():
        for way in ways:
            yield kernel, way, "mb1"
            yield kernel, way, next(others)


def linux_cases():
    cases = dict.fromkeys([*linux_boots(), *FAST_LINUX])
    return [fast(*case) if case in FAST_LINUX else case for case in cases]


def linux_file(kernel, file):
    if file == "vmlinux":
        return targets.vmlinux(kernel)
    return targets.fetched(kernel, file)


def linux_initramfs(kernel):
    if kernel in LINUX_32:
        return targets.initramfs_i386()
    return targets.initramfs_amd64()


def linux_ram(guest):
    """Linux 7 says "System RAM" where others say "usable"."""
    found = re.findall(r"\[mem 0x(\w+)-0x(\w+)\] +(?:usable|System RAM)$",
                       "\n".join(guest.e820), re.M)
    return [(int(start, 16), int(last, 16) + 1) for start, last in found]


def check_linux(outcome, kernel, cmdline):
    guest = Guest(outcome)
    assert guest.cmdline == cmdline
    assert guest.blob_ok, "the initrd is damaged"
    assert guest.kernel.endswith("i686" if kernel in LINUX_32 else "x86_64")
    assert outcome.reason == "guest-shutdown"
    return guest


@pytest.mark.parametrize("kernel,way,door", linux_cases())
def test_linux(tmp_path, kernel, way, door):
    way = WAYS[way]
    files = [(linux_file(kernel, way.file), CONSOLE),
             (linux_initramfs(kernel), "")]
    outcome = boot(tmp_path, door, files, way.word + " x y", 150)
    guest = check_linux(outcome, kernel, CONSOLE + " x y")
    check_ram(linux_ram(guest), door, 512)
    assert guest.param("sentinel") == 0
    assert guest.param("version") == way.version
    assert guest.param("type") in way.loader_type
    assert outcome.lines(r"kernel: %s\b" % way.format)
    assert outcome.lines("jump: %s," % way.entry)


@pytest.mark.parametrize("kernel,format_", [
    ("i386", "vmlinux32"), ("i386-pae", "pvh"), ("amd64-6.12", "vmlinux")])
def test_vmlinux_by_what_it_is(tmp_path, kernel, format_):
    files = [(targets.vmlinux(kernel), CONSOLE),
             (linux_initramfs(kernel), "")]
    outcome = boot(tmp_path, "mb1", files)
    check_linux(outcome, kernel, CONSOLE)
    assert outcome.lines(r"kernel: %s\b" % format_)


def test_gzipped_vmlinux(tmp_path):
    packed = tmp_path / "vmlinux.gz"
    packed.write_bytes(gzip.compress(
        targets.vmlinux("amd64-7.2").read_bytes(), 1))
    files = [(packed, CONSOLE), (targets.initramfs_amd64(), "")]
    outcome = boot(tmp_path, "grub-mb2", files)
    check_linux(outcome, "amd64-7.2", CONSOLE)
    assert outcome.lines(r"kernel: vmlinux\b.* in gzip")


# ---- Xen --------------------------------------------------------------------

XEN_CPU = machine.CPU + ",-svm"
XEN_MEMORY = 1024
XEN_CONSOLE = "console=com1 com1=115200,8n1 noreboot"
XEN_WORDS = XEN_CONSOLE + " dom0_mem=640M"
DOM0_WORDS = "console=hvc0 earlyprintk=xen panic=-1 word"
DOM0_LEAST_KIB = 500000
XEN_LOADER = 0x90
XEN_END = "dom0 kernel not specified"


def xen_says(text, pattern):
    """What follows a pattern in one of Xen's own lines."""
    return re.search(r"^\(XEN\) %s(.*)$" % pattern, text, re.M)[1]


def xen_ram(text):
    """The map that Xen prints; the last address is inclusive."""
    return [(int(start, 16), int(last, 16) + 1) for start, last in re.findall(
        r"^\(XEN\)  \[(\w+), (\w+)\] \(usable\)$", text, re.M)]


def check_xen(text, words):
    """It strips a name off its line unless the loader is GRUB 2."""
    assert re.fullmatch("(GRUB 2.* |qemu )?" + OWN_NAME,
                        xen_says(text, "Bootloader: "))
    assert xen_says(text, "Command line: ") == words


@pytest.mark.parametrize("xen,dom0,protocol,door", [
    fast("xen-4.17", "amd64-6.1", "multiboot1", "mb1"),
    ("xen-4.20", "amd64-6.12", "multiboot2", "mb1"),
    ("xen-4.17", "amd64-5.10", "multiboot2", "mb1"),
    ("xen-4.17", "amd64-6.12", "multiboot1", "grub-mb1"),
    ("xen-4.17", "amd64-6.1", "multiboot2", "grub-mb1"),
    ("xen-4.17", "amd64-7.2", "multiboot2", "grub-mb2"),
    ("xen-4.20", "amd64-7.2", "multiboot1", "mb1"),
    ("xen-4.20", "amd64-5.10", "multiboot1", "grub-mb2"),
    ("xen-4.20", "amd64-6.1", "multiboot2", "grub-mb2")])
def test_xen_with_linux(tmp_path, xen, dom0, protocol, door):
    """To dom0's user space, whose initrd is the second module. Not under
    UEFI, whose boot services are gone: Xen would look for a BIOS then, and
    is lost by GRUB's multiboot as well."""
    files = [(targets.fetched(xen, "xen.gz"), XEN_WORDS),
             (targets.fetched(dom0, "vmlinuz"), DOM0_WORDS),
             (targets.initramfs_amd64(), "")]
    outcome = boot(tmp_path, door, files, "x gangway.format=" + protocol,
                   180, memory=XEN_MEMORY, cpu=XEN_CPU)
    check_xen(outcome.serial, XEN_WORDS + " x")
    check_ram(xen_ram(outcome.serial), door, XEN_MEMORY)
    guest = check_linux(outcome, dom0, DOM0_WORDS)
    assert guest.param("type") == XEN_LOADER
    assert guest.mem_kib > DOM0_LEAST_KIB
    assert outcome.lines(r"kernel: %s\b" % protocol)


@pytest.mark.parametrize("xen,protocol", [("xen-4.17", "multiboot1"),
                                          ("xen-4.20", "multiboot2")])
def test_xen_out_of_a_fit_image(tmp_path, xen, protocol):
    """A bundle has one module at most: a dom0 without an initrd. It gets no
    words, but a name."""
    files = [(targets.fetched(xen, "xen.gz"), XEN_WORDS),
             (targets.fetched("amd64-6.1", "vmlinuz"), "")]
    text = watch(tmp_path, "pvh", files, r"Dom0 has maximum .*\n",
                 "gangway.format=" + protocol, memory=XEN_MEMORY, cpu=XEN_CPU)
    check_xen(text, XEN_WORDS)
    check_ram(xen_ram(text), "pvh", XEN_MEMORY)
    assert " Dom0 kernel: 64-bit" in text


@pytest.mark.parametrize("protocol", ["multiboot1", "multiboot2"])
@pytest.mark.fast
def test_xen_shim(tmp_path, protocol):
    """It ends without a dom0, by design."""
    files = [(targets.fetched("xen-shim", "xen-shim"), XEN_CONSOLE)]
    text = watch(tmp_path, "mb1", files, XEN_END, "gangway.format=" + protocol,
                 memory=256)
    check_xen(text, XEN_CONSOLE)


@pytest.mark.fast
def test_xen_shim_by_pvh(tmp_path):
    """This entry is made for a Xen below: it asks that for the memory map
    before anything else, and the hypercall kills it, as it does without
    gangway. Xen prints that on its debug port."""
    args = doors.mb1([File(targets.fetched("xen-shim", "xen-shim"),
                           XEN_CONSOLE)], "gangway.format=pvh")
    with machine.Machine(tmp_path, *args, memory=256) as running:
        wait_until(running, lambda: re.search(
            r"early_hypercall\+.*\n.* pvh_init\+",
            running.debug_file.read_text("latin-1")), 20)


# ---- gnumach, tboot ---------------------------------------------------------

GNUMACH_MAP = ["gnumach", "gnumach-i386"]  # that print it on the serial line


@pytest.mark.parametrize("kernel,protocol,door", [
    fast("gnumach", "multiboot1", "mb1"),
    fast("gnumach-i386", "multiboot1", "mb1"),
    fast("gnumach-amd64", "multiboot2", "grub-mb2"),
    ("gnumach", "multiboot1", "grub-mb2"),
    ("gnumach", "multiboot1", "pvh"),
    ("gnumach-amd64", "multiboot1", "grub-mb1"),
    ("gnumach-amd64", "multiboot2", "mb1"),
    ("gnumach-amd64", "multiboot2", "pvh"),
    ("gnumach-i386", "multiboot2", "mb1"),
    ("gnumach-i386", "multiboot2", "grub-mb1")])
def test_gnumach(tmp_path, kernel, protocol, door):
    """It repeats its modules' strings. Without its command line it would not
    write to the serial line. It does not start under UEFI, whoever loads it.
    """
    modules = [(tmp_path / "first", "modarg one"),
               (tmp_path / "second", "two")]
    if door == "pvh":
        del modules[1:]
    for path, words in modules:
        path.write_text(words)
    text = watch(tmp_path, door, [(targets.fetched(kernel, "gnumach.gz"),
                                   "console=com0"), *modules],
                 r"\d multiboot modules\n|compat mode: .*\n",
                 "x gangway.format=" + protocol, memory=256)
    if door == "pvh":
        strings = ["module1"]
    elif door == "mb1":
        strings = ["%s %s" % module for module in modules]
    else:
        strings = [words for _, words in modules]
    told = re.findall(r"^(?:module \d+|.* compat mode): (.*?) *$", text, re.M)
    assert told == strings
    if kernel in GNUMACH_MAP:
        check_ram([(int(start, 16), int(end, 16)) for start, end in re.findall(
            r"^biosmem: (\w+):(\w+), available", text, re.M)], door, 256)


TBOOT_WORDS = "logging=serial,vga,memory serial=115200,8n1,0x3f8"


@pytest.mark.parametrize("protocol,door,argv0", [
    fast("multiboot1", "mb1", True), ("multiboot2", "mb1", True),
    ("multiboot2", "mb1", False), ("multiboot1", "grub-mb2", True),
    ("multiboot2", "grub-mb1", True)])
def test_tboot_with_linux(tmp_path, protocol, door, argv0):
    """It gives Linux the whole string of the module, also a name in it."""
    tboot = targets.fetched("tboot", "tboot.gz")
    linux = targets.fetched("cloud", "vmlinuz")
    files = [(tboot, TBOOT_WORDS), (linux, CONSOLE),
             (targets.initramfs_amd64(), "")]
    append = "x gangway.format=" + protocol
    if not argv0:
        append += " gangway.argv0=off"
    outcome = boot(tmp_path, door, files, append)
    has_names = door == "mb1" and argv0
    check_linux(outcome, "cloud",
                ("%s " % linux if has_names else "") + CONSOLE)
    assert outcome.lines(re.escape("TBOOT: command line: %s%s x" % (
        "%s " % tboot if has_names else "", TBOOT_WORDS)) + "$")


# ---- what shows itself otherwise, and what cannot be started ----------------

@pytest.mark.parametrize("door", [fast("mb1"), "grub-mb2", "pvh", "efi-mb2"])
def test_cloudhv(tmp_path, door):
    """A UEFI that finds none of its devices: it clears the terminal."""
    files = [(targets.fetched("cloudhv", "CLOUDHV.fd"), "")]
    watch(tmp_path, door, files, r"jump: PVH, .*\n.*\x1b\[2J\x1b\[001;001H")


def vga_text(running):
    """The characters of the text screen, without their colours."""
    dump = re.findall(r"0x([0-9a-f]{2})\b",
                      running.monitor("xp /4000xb 0xb8000"))
    return bytes.fromhex("".join(dump[::2])).decode("latin-1")


@pytest.mark.fast
def test_memtest86_at_address_0(tmp_path):
    """It is linked to page 0, over the vectors and data of the BIOS."""
    file = targets.fetched("memtest86+-5", "memtest86+_multiboot.bin")
    watch(tmp_path, "mb1", [(file, "console=ttyS0,115200")],
          r"jump: Multiboot 1, window 0x0-(.|\n)*X64 Mode", memory=128)


@pytest.mark.fast
def test_invaders(tmp_path):
    """An ELF file with a Multiboot 1 header whose addresses reach further. It
    prints on the VGA alone."""
    args = doors.mb1([File(targets.fetched("invaders", "invaders.exec"))],
                     "gangway.console=com1")
    with machine.Machine(tmp_path, *args, "-vga", "std",
                         memory=64) as running:
        running.wait_for("jump: Multiboot 1", 20)
        wait_until(running, lambda: "-*-" in vga_text(running), 20)


@pytest.mark.parametrize("name,file,protocol,sentence", [
    ("ipxe", "ipxe.lkrn", "bzimage", "there is only a 16-bit entry"),
    ("memdisk", "memdisk", "bzimage", "there is only a 16-bit entry"),
    ("u-boot", "uboot.elf", "multiboot1", "the kernel goes to 0x.*")])
@pytest.mark.fast
def test_refused(tmp_path, name, file, protocol, sentence):
    """Kernels for the BIOS's mode, and one in the ROM."""
    outcome = boot(tmp_path, "mb1", [(targets.fetched(name, file), "x")])
    refused_with(outcome, "plan", protocol, sentence)
