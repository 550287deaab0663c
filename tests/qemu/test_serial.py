# SPDX-License-Identifier: BSD-2-Clause
"""Serial ports: where the BIOS found one, and at the speed that is set."""
import re

import pytest

import doors
import machine

COM2_ONLY = ["-global", "isa-serial.iobase=0x2f8"]


def failed(tmp_path, args):
    """A boot without a kernel, and the last speed that the port was set to."""
    trace = tmp_path / "trace"
    outcome = machine.run(tmp_path, *args, "-trace", "serial_update_parameters",
                          "-D", trace)
    assert "no module is a kernel" in outcome.serial
    return int(re.findall(r"baudrate=(\d+)", trace.read_text())[-1])


def text(tmp_path):
    (tmp_path / "text").write_text("no kernel\n")
    return [doors.File(tmp_path / "text")]


@pytest.mark.parametrize("word,speed", [
    ("", 115200), ("gangway.console=com1,9600", 9600),
    ("gangway.console=auto,19200n8", 19200)])
def test_the_speed_that_is_wanted(tmp_path, word, speed):
    """Where nobody has set one, it is the usual one."""
    assert failed(tmp_path, doors.mb1(text(tmp_path), word)) == speed


def test_the_port_that_the_bios_found(tmp_path):
    """There is no COM1."""
    assert failed(tmp_path, doors.mb1(text(tmp_path)) + COM2_ONLY) == 115200


@pytest.mark.parametrize("word,speed", [
    ("", 9600), ("gangway.console=com1", 9600),
    ("gangway.console=com1,115200", 115200)])
def test_the_speed_that_a_loader_set(tmp_path, word, speed):
    args = doors.through_grub(
        "grub-mb2", tmp_path, text(tmp_path), word,
        more=["serial", "terminal"],
        behind=["serial --unit=0 --speed=9600", "terminal_output serial"])
    assert failed(tmp_path, args) == speed
