# SPDX-License-Identifier: BSD-2-Clause
"""The ACPI tables that a virtual machine monitor would write, for QEMU's pc as
SeaBIOS leaves it: one CPU, I/O APIC, power management registers and a state
S5, so that Linux can switch the machine off (ACPI 6.5, chapter 5)."""
import struct

OEM = b"GANGWYTESTBNCH  "  # OEMID, OEM table ID: 6 and 8 bytes
CREATOR = struct.pack("<I4sI", 1, b"TEST", 1)
LOCAL_APIC, IO_APIC = 0xfee00000, 0xfec00000
PM_BASE, SCI = 0x600, 9
SMI_PORT, ACPI_ON, ACPI_OFF = 0xb2, 0xf1, 0xf0
# Name (_S5, Package () { 0, 0, 0, 0 })
S5 = b"\x08_S5_\x12\x06\x04" + bytes(4)
ALIGN = 64  # what FACS wants


def checked(data, at):
    """With the byte set that makes the sum 0."""
    data = bytearray(data)
    data[at] = -sum(data) & 0xff
    return bytes(data)


def table(signature, revision, body):
    head = struct.pack("<4sIBB", signature, 36 + len(body), revision, 0)
    return checked(head + OEM[:14] + CREATOR + body, 9)


def madt():
    """The timer on input 2 instead of 0, the SCI active high and level."""
    return table(b"APIC", 1, struct.pack(
        "<II BBBBI BBBBII BBBBIH BBBBIH", LOCAL_APIC, 1, 0, 8, 0, 0, 1,
        1, 12, 0, 0, IO_APIC, 0, 2, 10, 0, 0, 2, 0, 2, 10, 0, SCI, SCI, 13))


def fadt(facs_at, dsdt_at):
    body = struct.pack("<IIBBHIBBBB", facs_at, dsdt_at, 0, 0, SCI, SMI_PORT,
                       ACPI_ON, ACPI_OFF, 0, 0)
    body += struct.pack("<8I", PM_BASE, 0, PM_BASE + 4, 0, 0, PM_BASE + 8,
                        0, 0)
    body += bytes((4, 2, 0, 4, 0, 0, 0, 0))
    body = body.ljust(112 - 36, b"\0") + struct.pack("<I", 5)
    return table(b"FACP", 3, body.ljust(244 - 36, b"\0"))


def rsdp(xsdt_at):
    head = struct.pack("<8sB6sBI", b"RSD PTR ", 0, OEM[:6], 2, 0)
    head = checked(head, 8) + struct.pack("<IQB3x", 36, xsdt_at, 0)
    return checked(head, 32)


def put(script, rsdp_at, tables_at=None):
    """All tables, the root pointer at its address and the others there, or
    right behind it."""
    script.free = tables_at or rsdp_at + 36
    facs = script.place(struct.pack("<4sI", b"FACS", 64).ljust(64, b"\0"),
                        ALIGN)
    dsdt = script.place(table(b"DSDT", 2, S5))
    rows = [script.place(fadt(facs, dsdt)), script.place(madt())]
    script.put(rsdp_at, rsdp(script.place(
        table(b"XSDT", 1, struct.pack("<%dQ" % len(rows), *rows)))))
