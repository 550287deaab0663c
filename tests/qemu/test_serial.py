# SPDX-License-Identifier: BSD-2-Clause
"""Serial ports: where ACPI or the BIOS names one, and at the speed that is
set."""
import re
import struct

import pytest

import acpi_tables
import doors
import gdb
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


def spcr(tmp_path, space, address, bits=8, access=1, speed=0):
    """Arguments that add the table, by which firmware names its port."""
    body = struct.pack("<B3xBBBBQ6xB17x", 0, space, bits, 0, access, address,
                       speed)
    (tmp_path / "spcr").write_bytes(body)
    return ["-acpitable", "sig=SPCR,rev=2,data=%s"
            % doors.escape(tmp_path / "spcr")]


@pytest.mark.parametrize("door,speed", [
    ("mb1", 19200), ("pvh", 19200), ("efi-mb2", 115200)])
def test_the_port_that_acpi_names(tmp_path, door, speed):
    """It comes before COM1. It gets the speed that the table tells, if nobody
    has set it up: OVMF has."""
    second, trace = tmp_path / "com2", tmp_path / "trace"
    args = spcr(tmp_path, acpi_tables.PORT, 0x2f8, speed=4) + [
        "-serial", "file:%s" % second,
        "-trace", "serial_update_parameters", "-D", trace]
    if door == "pvh":
        args += doors.pvh(tmp_path / "text", "")
        text(tmp_path)
    else:
        args += doors.args(door, tmp_path, text(tmp_path))
    outcome = machine.run(tmp_path, *args)
    assert "no module is a kernel" in second.read_text()
    assert "no module is a kernel" not in outcome.serial
    assert int(re.findall(r"baudrate=(\d+)",
                          trace.read_text())[-1]) == speed


# A display's memory, which lies where SeaBIOS puts it, plays a port: it keeps
# what is written, and a debugger is told of each character.
PLAYED, WINDOW = 0xfd000000, 0xffff800000000000
DATA, LCR, LSR, READY = 0, 3, 5, 0x60


@pytest.mark.parametrize("word,table,width,divisor", [
    ("gangway.console=mmio32:%#x,9600" % PLAYED, None, 4, 12),
    ("gangway.console=mmio:%#x" % PLAYED, None, 1, 1),
    ("", dict(bits=32, access=3, speed=7), 4, 1),
    ("", dict(bits=32, access=1, speed=6), 4, 2)])
def test_a_port_in_memory(tmp_path, word, table, width, divisor):
    args = spcr(tmp_path, acpi_tables.MEMORY, PLAYED, **table) if table else []
    with gdb.Debugger() as debugger, machine.Machine(
            tmp_path, *doors.mb1(text(tmp_path), "gangway.log=quiet " + word),
            *args, "-device", "VGA", *debugger.arguments,
            held=True) as running:
        debugger.attach()
        debugger.run_to(gdb.symbol("mb1_entry"))
        debugger.write(PLAYED, bytes(8 * width))
        debugger.write(PLAYED + LSR * width, bytes([READY]))
        debugger.run_to(gdb.symbol("say"))
        assert debugger.ask("Z2,%x,1" % (WINDOW + PLAYED)) == "OK"
        written = b""
        while b"qemu" not in written and len(written) < 100:
            assert "watch" in debugger.ask("c")
            written += debugger.read(WINDOW + PLAYED, 1)
        lcr = debugger.read(WINDOW + PLAYED + LCR * width, width)
        running.process.kill()
    assert written == bytes([divisor]) + b"entered by multiboot1 from qemu"
    assert lcr == bytes([3]) + bytes(width - 1)
