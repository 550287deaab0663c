# SPDX-License-Identifier: BSD-2-Clause
"""The table of Intel's MultiProcessor Specification 1.4, as monitors write it
for kernels that do without ACPI: one CPU, one I/O APIC, ISA's interrupts on
the inputs where QEMU's pc has them."""
import struct

from vmm_acpi import IO_APIC, LOCAL_APIC, checked

CPU, BUS, APIC, INTERRUPT, LOCAL = range(5)
ISA, IO_APIC_ID, ALL = 0, 1, 0xff
INT, NMI, EXTINT = 0, 1, 3


def entries():
    yield struct.pack("<BBBBII8x", CPU, 0, 0x14, 3, 0x600, 0x201)
    yield struct.pack("<BB6s", BUS, ISA, b"ISA   ")
    yield struct.pack("<BBBBI", APIC, IO_APIC_ID, 0x11, 1, IO_APIC)
    for line in range(16):
        if line != 2:
            yield struct.pack("<BBHBBBB", INTERRUPT, INT, 0, ISA, line,
                              IO_APIC_ID, line or 2)
    for kind, line in ((EXTINT, 0), (NMI, 1)):
        yield struct.pack("<BBHBBBB", LOCAL, kind, 0, ISA, 0, ALL, line)


def put(script, pointer_at, table_at=None):
    """The pointer, and the table behind it or at its own address."""
    table_at = table_at or pointer_at + 16
    rows = list(entries())
    size = 44 + sum(map(len, rows))
    table = struct.pack("<4sHBB8s12sIHHIHBB", b"PCMP", size, 4, 0,
                        b"GANGWAY ", b"TEST BENCH  ", 0, 0, len(rows),
                        LOCAL_APIC, 0, 0, 0)
    script.put(table_at, checked(table + b"".join(rows), 7))
    script.put(pointer_at, checked(struct.pack(
        "<4sIBBB5x", b"_MP_", table_at, 1, 4, 0), 10))
