# SPDX-License-Identifier: BSD-2-Clause
"""ACPI tables (ACPI 6.5, chapter 5.2) that name the registers a test wants, to
be put where a door's RSDP may point."""
import struct

MEMORY, PORT = 0, 1
RESET_REG_SUP, HW_REDUCED = 1 << 10, 1 << 20


def summed(data, at, size):
    """The byte at a place is what makes the first size bytes add up to 0."""
    data = bytearray(data)
    data[at] = 0
    data[at] = -sum(data[:size]) & 0xff
    return bytes(data)


def table(signature, body):
    size = 36 + len(body)
    return summed(struct.pack("<4sIBB6s8sIII", signature, size, 6, 0, b"TEST",
                              b"TEST", 1, 0, 1) + body, 9, size)


def gas(space, address):
    return struct.pack("<BBBBQ", space, 8, 0, 1, address)


def fadt(dsdt, flags, reset, reset_value, pm1a, sleep):
    body = bytearray(276 - 36)

    def put(offset, data):
        body[offset - 36:offset - 36 + len(data)] = data

    put(64, struct.pack("<I", pm1a))
    put(112, struct.pack("<I", flags))
    put(116, gas(*reset) + bytes([reset_value]))
    put(140, struct.pack("<Q", dsdt))
    put(244, gas(*sleep))
    return table(b"FACP", bytes(body))


def put(at, sleep_type=5, flags=RESET_REG_SUP, reset=(PORT, 0),
        reset_value=0, pm1a=0, sleep=(PORT, 0)):
    """All tables, as bytes for the address at."""
    package = b"\x08_S5_\x12\x06\x04\x0a" + bytes([sleep_type]) + b"\0\0\0"
    dsdt = table(b"DSDT", package)
    facp = fadt(at + 0x400, flags, reset, reset_value, pm1a, sleep)
    xsdt = table(b"XSDT", struct.pack("<Q", at + 0x200))
    rsdp = struct.pack("<8sB6sBIIQB3x", b"RSD PTR ", 0, b"TEST", 2, 0, 36,
                       at + 0x100, 0)
    rsdp = summed(summed(rsdp, 8, 20), 32, 36)
    data = bytearray(0x800)
    for offset, part in ((0, rsdp), (0x100, xsdt), (0x200, facp),
                         (0x400, dsdt)):
        data[offset:offset + len(part)] = part
    return bytes(data)
