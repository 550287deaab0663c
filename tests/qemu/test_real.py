# SPDX-License-Identifier: BSD-2-Clause
"""Debian's own kernels, through gangway, to user space.

The guest checks the SHA-256 of 32 MiB of random bytes in its initrd: a damaged
initrd need not stop a boot.
"""
import os
import re
import subprocess

import pytest

import doors
import machine
from guest import Guest
from machine import Outcome

pytestmark = pytest.mark.short

CONSOLE = "console=ttyS0 panic=-1 no_timer_check"
SETUP_RNG_SEED = 9
VGA_TEXT = 0x22  # the BIOS's screen, which no door told of


def check(outcome, cmdline, reason="guest-shutdown"):
    guest = Guest(outcome)
    assert guest.cmdline == cmdline
    assert guest.blob_ok, "the initrd is damaged"
    assert guest.param("sentinel") == 0
    assert guest.param("type") in (0, 0xff)  # 0: the kernel reads 0xff as F
    assert outcome.reason == reason
    return guest


def boot(tmp_path, door, files, append="", timeout=90, **options):
    args = doors.args(door, tmp_path, files, append)
    return machine.run(tmp_path, *args, timeout=timeout, **options)


def test_the_command_of_the_readme(tmp_path, cloud, initramfs):
    """qemu -m 512 -kernel gangway.elf -initrd "vmlinuz ...,initrd"."""
    args = ["-kernel", doors.GANGWAY, "-initrd",
            "%s console=ttyS0 word1 word2,%s" % (cloud, initramfs),
            "-append", "x y"]
    outcome = machine.run(tmp_path, *args, bare=False, timeout=60)
    guest = check(outcome, "console=ttyS0 word1 word2 x y")
    assert guest.param("screen") == VGA_TEXT


def test_all_commands_of_the_readme(tmp_path, cloud, initramfs):
    """As they are written there, in a folder with what they name; QEMU is
    only told to emulate and to end with the guest, and Linux not to judge
    the timer of a busy machine."""
    for name, target in (("build", doors.BUILD), ("vmlinuz", cloud),
                         ("images", doors.ROOT / "images"),
                         ("initrd.img", initramfs)):
        (tmp_path / name).symlink_to(target)
    installed = dict(os.environ, PATH="%s:%s" % (doors.BUILD,
                                                 os.environ["PATH"]))
    boots = 0
    for line in (doors.ROOT / "README.md").read_text().splitlines():
        if not re.match("((build/)?gangway (pack|run)|qemu-system-x86_64) ",
                        line):
            continue
        is_qemu = line.startswith("qemu")
        is_boot = is_qemu or "gangway run" in line
        line = re.sub('(-append|--cmdline) "', r'\1 "no_timer_check ', line)
        done = subprocess.run(
            line + " --" * (is_boot and not is_qemu) +
            " -accel tcg -cpu qemu64,-cx16 -no-reboot" * is_boot,
            shell=True, cwd=tmp_path, timeout=120, check=True, env=installed,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        if is_boot:
            text = done.stdout.decode("latin-1").replace("\r", "")
            guest = Guest(Outcome(text, "", None, "", 0))
            assert guest.blob_ok and "console=ttyS0" in guest.cmdline
            boots += 1
    assert boots == 4


@pytest.mark.parametrize("door", ["grub-mb1", "grub-mb2"])
def test_grub_on_a_pc(tmp_path, cloud, initramfs, door):
    files = [(cloud, CONSOLE), (initramfs, "")]
    outcome = boot(tmp_path, door, files, "gangway.log=debug x y")
    check(outcome, CONSOLE + " x y")


@pytest.mark.parametrize("door", [
    pytest.param("efi-mb1", marks=pytest.mark.real), "efi-mb2"])
def test_grub_under_uefi(tmp_path, cloud, initramfs, door):
    files = [(cloud, CONSOLE), (initramfs, "")]
    outcome = boot(tmp_path, door, files, "x y", 120)
    check(outcome, CONSOLE + " x y")


@pytest.mark.parametrize("board", ["pc", "q35"])
def test_pvh_with_a_fit_image(tmp_path, cloud, initramfs, board):
    files = [(cloud, CONSOLE), (initramfs, "")]
    outcome = boot(tmp_path, "pvh", files, "x y", machine=board)
    check(outcome, CONSOLE + " x y")


def test_pvh_on_microvm(tmp_path, cloud, initramfs):
    """Without ACPI: with it this kernel finds no timer under TCG, whoever
    starts it. It cannot power off then, and resets by a triple fault: left to
    itself it jumps to the BIOS, which QEMU 10 may hang in."""
    words = CONSOLE + " reboot=t"
    files = [(cloud, words), (initramfs, "")]
    outcome = boot(tmp_path, "pvh", files, "x y",
                   machine="microvm,acpi=off")
    check(outcome, words + " x y", "guest-reset")


def test_pvh_with_data_behind_the_fit(tmp_path, cloud, initramfs):
    files = [doors.File(cloud), doors.File(initramfs)]
    args = doors.pvh_fit(tmp_path, files, CONSOLE, external=True,
                         algo="sha256")
    check(machine.run(tmp_path, *args), CONSOLE)


def test_initrd_in_front_of_the_kernel(tmp_path, cloud, initramfs):
    files = [(initramfs, ""), (cloud, CONSOLE)]
    check(boot(tmp_path, "mb1", files), CONSOLE)


def test_other_kernels_in_place(tmp_path, other_cloud, initramfs):
    """Entered off their alignment, in 64-bit mode, with nothing copied."""
    outcome = boot(tmp_path, "mb1", [(initramfs, ""), (other_cloud, CONSOLE)])
    check(outcome, CONSOLE)
    assert outcome.lines(r"^jump: 64-bit entry, .*, 0 bytes copied$")


def test_gzipped_kernel(tmp_path, cloud_gz, initramfs):
    files = [(cloud_gz, CONSOLE), (initramfs, "")]
    check(boot(tmp_path, "mb1", files), CONSOLE)


def test_two_cpus_and_memory_above_4_gib(tmp_path, cloud, initramfs):
    files = [(cloud, CONSOLE), (initramfs, "")]
    outcome = boot(tmp_path, "mb1", files, memory=6144, cpus=2,
                   cpu="max,-cx16")
    guest = check(outcome, CONSOLE)
    assert guest.cpus == 2
    assert guest.mem_kib > 5.5 * (1 << 20)
    assert SETUP_RNG_SEED not in guest.setup_data, "nobody gave one"


def test_same_memory_map_as_without_gangway(tmp_path, cloud, initramfs):
    direct = machine.run(tmp_path, "-kernel", cloud, "-initrd", initramfs,
                         "-append", CONSOLE)
    through = boot(tmp_path, "mb1", [(cloud, CONSOLE), (initramfs, "")])
    assert Guest(through).e820 == Guest(direct).e820
    assert Guest(through).mem_kib == Guest(direct).mem_kib


def test_i386_kernel_by_its_32_bit_entry(tmp_path, i386, initramfs_i386):
    files = [(i386, CONSOLE), (initramfs_i386, "")]
    guest = check(boot(tmp_path, "mb1", files, "x"), CONSOLE + " x")
    assert "i686" in guest.kernel


def test_memtest_where_gangway_lies(tmp_path, memtest):
    """It is not relocatable and wants 1 MiB: gangway must leave in time. It
    writes to the serial line only when told so by its command line."""
    args = doors.mb1([doors.File(memtest, "console=ttyS0,115200")])
    with machine.Machine(tmp_path, *args, "-vga", "std",
                         memory=128) as running:
        running.wait_for(r"Memtest86\+", 60)
        text = running.wait_for(r"Memory *: *1\d\d ?MB", 60)
        assert "gangway" in text
