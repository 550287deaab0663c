# SPDX-License-Identifier: BSD-2-Clause
"""What gangway says on a screen that GRUB has left in a graphics mode."""
import re

import pytest

import doors
import machine
import screen
import stage
from bzimage import MIB
from refusal import SENTENCE

LAST = "gangway: halting"
VIDEO = {"grub-mb2": ["vbe", "video_bochs"], "efi-mb2": ["efi_gop"]}


def failed(tmp_path, door, read, *behind, append="", more=None):
    """The serial output and the screen's rows of a boot without a kernel."""
    (tmp_path / "text").write_text("no kernel\n")
    args = doors.through_grub(
        door, tmp_path, [doors.File(tmp_path / "text")],
        "gangway.fail=halt " + append, behind=behind,
        more=VIDEO[door] if more is None else more)
    with machine.Machine(tmp_path, *args, "-vga", "std") as running:
        shown = screen.wait_for(read, running, tmp_path, LAST)
        return running.serial(), shown


def wrapped(serial):
    """gangway's lines as a screen shows them."""
    said = re.search(r"gangway \d.*^%s$" % LAST, serial, re.S | re.M)[0]
    return [line[at:at + screen.COLUMNS].rstrip()
            for line in said.splitlines()
            for at in range(0, max(len(line), 1), screen.COLUMNS)]


@pytest.mark.parametrize("regions", [0, 1000])
@pytest.mark.parametrize("modules", [1, 40])
@pytest.mark.parametrize("nr_words", [0, 700])
def test_a_report_is_on_one_screen(tmp_path, regions, modules, nr_words):
    """Whatever there was, with the reason below it."""
    memory = stage.usual_map(64 * MIB) + [
        (64 * MIB + 8192 * i, 4096, stage.RAM) for i in range(regions)]
    told = stage.through_mb1(
        doors.GANGWAY,
        [stage.Module(16 * MIB + 8192 * i, b"no kernel", "name words " * 30)
         for i in range(modules)],
        memory, cmdline="gangway gangway.fail=halt " + "word " * nr_words)
    args = stage.arguments(tmp_path, told)
    with machine.Machine(tmp_path, *args, "-vga", "std") as running:
        shown = screen.wait_for(screen.vga_rows, running, tmp_path, LAST)
        assert any(row.startswith("entered by") for row in shown), shown
        assert any(re.match(SENTENCE, row) for row in shown), shown


def without_end(rows):
    while not rows[-1]:
        rows.pop()
    return rows


@pytest.mark.parametrize("mode", ["auto", "1024x768x32", "800x600x24",
                                  "640x480x16"])
def test_a_failure_by_grub_bios_is_on_the_screen(tmp_path, mode):
    told, shown = failed(tmp_path, "grub-mb2", screen.frame_rows,
                         "set gfxpayload=" + mode)
    assert without_end(shown) == wrapped(told)


def test_a_failure_by_grub_efi_is_on_the_screen(tmp_path):
    told, shown = failed(tmp_path, "efi-mb2", screen.frame_rows)
    assert without_end(shown) == wrapped(told)


def test_grub_bios_gives_a_framebuffer_without_a_word(tmp_path):
    """GRUB's multiboot2 has a video mode set where the header asks for it."""
    told, shown = failed(tmp_path, "grub-mb2", screen.frame_rows, more=[])
    assert without_end(shown) == wrapped(told)


def test_gfxpayload_text_behind_the_kernel_keeps_the_text_mode(tmp_path):
    told, shown = failed(tmp_path, "grub-mb2", screen.vga_rows,
                         "set gfxpayload=text")
    assert without_end(shown)[-5:] == wrapped(told)[-5:]


def test_a_full_screen_scrolls(tmp_path):
    """25 rows, and two reports of the memory map."""
    told, shown = failed(tmp_path, "grub-mb2", screen.frame_rows,
                         "set gfxpayload=640x400x32", append="gangway.log=debug")
    assert len(shown) == 25
    assert without_end(shown) == wrapped(told)[-24:]


def test_console_none_leaves_the_screen_alone(tmp_path):
    (tmp_path / "text").write_text("no kernel\n")
    args = doors.through_grub(
        "grub-mb2", tmp_path, [doors.File(tmp_path / "text")],
        "gangway.fail=halt gangway.console=com1", more=VIDEO["grub-mb2"])
    with machine.Machine(tmp_path, *args, "-vga", "std") as running:
        running.wait_for(LAST, 40)
        assert not any(screen.frame_rows(running, tmp_path))
