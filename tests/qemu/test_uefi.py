# SPDX-License-Identifier: BSD-2-Clause
"""gangway.efi under OVMF: where it finds its kernel, the ways it starts it, and
that the firmware goes on when it does not."""
import re
import struct
import subprocess

import pytest

import doors
import esp
import grub
import machine
from guest import Guest

CONSOLE = "console=ttyS0 panic=-1 no_timer_check"
EL64 = 0x34364c45
EFI_SCREEN = 0x70
STUB, ZEROPAGE = 0x21, 0xff  # type_of_loader: Linux's own stub, ours
# What OVMF does when our entry has failed. It has no shell where it can do
# Secure Boot, from 2023.11 on.
NEXT = "BdsDxe: (starting .*EFI Internal Shell|No bootable option)"
LINUX_WAYS = [("", STUB), (" gangway.linux=zeropage", ZEROPAGE)]
WAYS = pytest.mark.parametrize("word,loader", LINUX_WAYS,
                               ids=["stub", "zeropage"])


def entry(words, initrd="initrd /initrd", kernel="linux /vmlinuz"):
    return "title Test\n%s\n%s\noptions %s\n" % (kernel, initrd, words)


def boot(tmp_path, files, *more, timeout=120, **options):
    files.setdefault(esp.FALLBACK, esp.GANGWAY_EFI)
    args = esp.make(tmp_path, files)
    return machine.run(tmp_path, *args, *more, timeout=timeout, **options)


def check(outcome, cmdline, loader):
    guest = Guest(outcome)
    assert guest.cmdline == cmdline
    assert guest.blob_ok, "the initrd is damaged"
    assert guest.has_efi
    assert guest.param("efi") == EL64
    assert guest.param("type") == loader
    assert guest.param("sentinel") == 0
    assert outcome.reason == "guest-shutdown"
    return guest


def fail(tmp_path, files, reason, timeout=60):
    """gangway says the reason, and the firmware tries its next entry."""
    files.setdefault(esp.FALLBACK, esp.GANGWAY_EFI)
    args = esp.make(tmp_path, files)
    with machine.Machine(tmp_path, *args) as running:
        text = running.wait_for(NEXT, timeout)
    assert reason in text
    return text


@pytest.mark.short
@WAYS
def test_entry_of_the_boot_loader_specification(tmp_path, cloud, initramfs,
                                                word, loader):
    files = {"vmlinuz": cloud, "initrd": initramfs,
             "loader/entries/a.conf": entry(CONSOLE + " a=b" + word)}
    check(boot(tmp_path, files), CONSOLE + " a=b", loader)


@WAYS
def test_two_cpus_and_memory_above_4_gib(tmp_path, cloud, initramfs, word,
                                         loader):
    files = {"vmlinuz": cloud, "initrd": initramfs,
             "loader/entries/a.conf": entry(CONSOLE + word)}
    outcome = boot(tmp_path, files, memory=6144, cpus=2, cpu="max,-cx16")
    guest = check(outcome, CONSOLE, loader)
    assert guest.cpus == 2
    assert guest.mem_kib > 5.5 * (1 << 20)


@WAYS
def test_screen(tmp_path, cloud, initramfs, word, loader):
    files = {"vmlinuz": cloud, "initrd": initramfs,
             "loader/entries/a.conf": entry(CONSOLE + word)}
    guest = check(boot(tmp_path, files, "-vga", "std"), CONSOLE, loader)
    assert guest.param("screen") == EFI_SCREEN


@pytest.mark.short
@WAYS
def test_unified_kernel_image(tmp_path, cloud, initramfs, word, loader):
    sections = {".cmdline": (CONSOLE + " packed" + word).encode() + b"\n\0",
                ".linux": cloud, ".initrd": initramfs}
    image = esp.uki(tmp_path / "uki.efi", sections)
    outcome = boot(tmp_path, {esp.FALLBACK: image})
    check(outcome, CONSOLE + " packed", loader)


def test_newest_entry_of_the_folder(tmp_path, cloud, initramfs):
    files = {"vmlinuz": cloud, "initrd": initramfs}
    for version in ("6.9", "6.10", "6.10~rc1"):
        files["loader/entries/linux-%s.conf" % version] = entry(
            "%s v=%s" % (CONSOLE, version))
    files["loader/entries/linux-7+0-3.conf"] = entry("spent")
    files["loader/entries/linux-8.conf"] = entry("x") + "architecture aa64\n"
    files["loader/entries/linux-9.conf"] = "title nothing\n"
    check(boot(tmp_path, files), CONSOLE + " v=6.10", STUB)


@pytest.mark.short
@WAYS
def test_words_from_the_shell(tmp_path, cloud, initramfs, word, loader):
    line = "kernel=\\vmlinuz %s initrd=\\initrd x%s" % (CONSOLE, word)
    files = {"g.efi": esp.GANGWAY_EFI, esp.FALLBACK: b"",
             "vmlinuz": cloud, "initrd": initramfs,
             "startup.nsh": "fs0:\r\ng.efi %s\r\n" % line}
    check(boot(tmp_path, files), CONSOLE + " x", loader)


@pytest.mark.parametrize("way,reason", [("poweroff", "guest-shutdown"),
                                        ("reboot", "guest-reset")])
def test_end_without_a_kernel_is_as_asked_for(tmp_path, way, reason):
    files = {"g.efi": esp.GANGWAY_EFI, esp.FALLBACK: b"",
             "startup.nsh": "fs0:\r\ng.efi gangway.fail=%s\r\n" % way}
    outcome = boot(tmp_path, files)
    assert outcome.lines("gangway: find uefi: there is no kernel")
    assert outcome.reason == reason


@pytest.mark.short
def test_chainloaded_by_grub(tmp_path, cloud, initramfs):
    config = ("search --set=root --file /vmlinuz\n"
              "chainloader /g.efi kernel=/vmlinuz initrd=/initrd %s\nboot\n"
              % CONSOLE)
    (tmp_path / "cfg").write_text(config)
    loader = tmp_path / "grub.efi"
    grub.run("grub-mkimage", "-O", "x86_64-efi", "-p", "/", "-c",
             tmp_path / "cfg", "-o", loader, "part_gpt", "part_msdos", "fat",
             "search", "search_fs_file", "chain", "boot")
    files = {esp.FALLBACK: loader, "g.efi": esp.GANGWAY_EFI,
             "vmlinuz": cloud, "initrd": initramfs}
    check(boot(tmp_path, files), CONSOLE, STUB)


@WAYS
def test_initrd_of_the_caller(tmp_path, cloud, initramfs, word, loader):
    """One gangway offers it to another one, which has none of its own."""
    sections = {".cmdline": (CONSOLE + word).encode(), ".linux": cloud}
    files = {"inner.efi": esp.uki(tmp_path / "uki.efi", sections),
             "initrd": initramfs,
             "loader/entries/a.conf": entry("x", kernel="efi /inner.efi")}
    check(boot(tmp_path, files), CONSOLE + " x", loader)


def test_two_initrds_of_two_owners(tmp_path, cloud, initramfs):
    """Joined, the caller's last; zeroes are what cpio is padded with."""
    sections = {".linux": cloud, ".initrd": initramfs}
    files = {"inner.efi": esp.uki(tmp_path / "uki.efi", sections),
             "initrd": bytes(512),
             "loader/entries/a.conf": entry(CONSOLE, kernel="efi /inner.efi")}
    check(boot(tmp_path, files), CONSOLE, STUB)


def test_several_initrds_are_joined(tmp_path, cloud, initramfs):
    data = initramfs.read_bytes()
    lines = "initrd /a\ninitrd /b\n"
    files = {"vmlinuz": cloud, "a": b"", "b": data,
             "loader/entries/a.conf": entry(CONSOLE, lines)}
    check(boot(tmp_path, files), CONSOLE, STUB)


def test_gzipped_kernel(tmp_path, cloud_gz, initramfs):
    files = {"vmlinuz": cloud_gz, "initrd": initramfs,
             "loader/entries/a.conf": entry(CONSOLE)}
    check(boot(tmp_path, files), CONSOLE, STUB)


def test_vmlinux(tmp_path, cloud, initramfs):
    files = {"vmlinux": cloud.parent / "vmlinux", "initrd": initramfs,
             "loader/entries/a.conf": entry(CONSOLE, kernel="linux /vmlinux")}
    outcome = boot(tmp_path, files)
    check(outcome, CONSOLE, ZEROPAGE)
    assert outcome.lines("kernel: vmlinux")


@pytest.mark.short
@pytest.mark.parametrize("kind,file", [
    ("multiboot1", doors.GANGWAY), ("multiboot2", doors.GANGWAY),
    ("pvh", doors.GANGWAY_PVH)])
def test_gangway_starts_gangway(tmp_path, cloud, initramfs, kind, file):
    """By each of its doors; the inner one starts Linux by the zero page."""
    modules = "module /vmlinuz %s\nmodule /initrd" % CONSOLE
    files = {"vmlinuz": cloud, "initrd": initramfs, "inner": file,
             "loader/entries/a.conf": entry("x gangway.format=" + kind,
                                            modules, "linux /inner")}
    outcome = boot(tmp_path, files)
    guest = Guest(outcome)
    assert guest.cmdline == CONSOLE + " x"
    assert guest.blob_ok
    assert outcome.lines("kernel: %s," % kind)


@pytest.mark.short
@pytest.mark.parametrize("files,reason", [
    ({}, "find uefi: there is no kernel"),
    ({"loader/entries/a.conf": entry("x")}, "there is no such file"),
    ({"loader/entries/a.conf": entry("x"), "vmlinuz": b""},
     "the kernel's file is empty"),
    ({"loader/entries/a.conf": entry("x", "initrd /missing"),
      "vmlinuz": b"junk"}, 'the file is "/missing"'),
    ({"loader/entries/a.conf": entry("x", ""), "vmlinuz": b"junk"},
     "open module: no module is a kernel"),
    ({"loader/entries/a.conf": entry("gangway.log=loud", ""),
      "vmlinuz": b"junk"}, 'gangway.log= is quiet, normal or debug, and not "loud"'),
    ({"EFI/Linux/x.efi": b"MZ"}, "find uefi: there is no kernel"),
], ids=["nothing", "no-kernel", "empty", "no-initrd", "junk", "word", "uki"])
def test_failures_go_back_to_the_firmware(tmp_path, files, reason):
    assert "Load Error" in fail(tmp_path, dict(files), reason)


@pytest.mark.parametrize("word", ["", " gangway.linux=zeropage"])
def test_truncated_kernel(tmp_path, cloud, word):
    files = {"loader/entries/a.conf": entry("x" + word, ""),
             "vmlinuz": cloud.read_bytes()[:3000000]}
    fail(tmp_path, files, "gangway: ")


def test_long_command_line(tmp_path, cloud):
    files = {"loader/entries/a.conf": entry("x" * 3000, ""),
             "vmlinuz": cloud}
    fail(tmp_path, files, "the command line has 3000 characters, and the "
         "kernel takes 2047")


def test_failing_again_and_again_leaks_nothing(tmp_path, initramfs):
    """50 tries that each read 35 MiB, in less memory than they would take."""
    lines = ["fs0:"] + ["g.efi kernel=\\initrd"] * 50 + ["echo still-here"]
    files = {"g.efi": esp.GANGWAY_EFI, esp.FALLBACK: b"",
             "initrd": initramfs, "startup.nsh": "\r\n".join(lines) + "\r\n"}
    args = esp.make(tmp_path, files)
    with machine.Machine(tmp_path, *args) as running:
        text = running.wait_for("(?m)^still-here", 300)
    assert len(re.findall("no module is a kernel", text)) == 50


def sections_of(data):
    head, = struct.unpack_from("<I", data, 0x3c)
    count, = struct.unpack_from("<H", data, head + 6)
    size, = struct.unpack_from("<H", data, head + 20)
    for at in range(head + 24 + size, head + 24 + size + 40 * count, 40):
        yield struct.unpack_from("<8sIIII12xI", data, at)


def test_image_is_as_secure_boot_wants_it():
    data = esp.GANGWAY_EFI.read_bytes()
    head, = struct.unpack_from("<I", data, 0x3c)
    assert struct.unpack_from("<H", data, head + 24 + 70)[0] == 0x100
    assert struct.unpack_from("<II", data, head + 24 + 32) == (4096, 4096)
    names = {}
    for name, size, at, raw, offset, flags in sections_of(data):
        assert at % 4096 == 0 and offset + raw <= len(data)
        assert not (flags & 0x20000000 and flags & 0x80000000)
        names[name.rstrip(b"\0")] = data[offset:offset + size]
    assert names[b".sbat"].startswith(b"sbat,1,")
    assert names[b".sbat"].endswith(b"\n")
    assert names[b".reloc"]


def test_objcopy_keeps_all_sections(tmp_path):
    """It drops those without content: gangway's memory would not be cleared."""
    image = esp.uki(tmp_path / "uki.efi", {".cmdline": b"x"})
    before, after = (
        {name: (size, at) for name, size, at, *_ in sections_of(
            path.read_bytes())} for path in (esp.GANGWAY_EFI, image))
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1


def test_image_is_the_same_each_time(tmp_path):
    debug = doors.BUILD / "efi.debug"
    subprocess.run(["python3", doors.ROOT / "efi/pe.py", debug,
                    tmp_path / "a.efi", doors.ROOT / "efi/sbat.csv"],
                   check=True)
    assert (tmp_path / "a.efi").read_bytes() == esp.GANGWAY_EFI.read_bytes()
