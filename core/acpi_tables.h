/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI's tables by their signatures, and how they name a register (ACPI 6.5,
 * sections 5.2.3.2 and 5.2.5 to 5.2.8).
 */
#ifndef CORE_ACPI_TABLES_H
#define CORE_ACPI_TABLES_H

#include "mem.h"

#define ACPI_SIGNATURE_DSDT 0x54445344
#define ACPI_SIGNATURE_FADT 0x50434146 /* "FACP" */
#define ACPI_SIGNATURE_SPCR 0x52435053

/* What every table begins with. */
struct acpi_header {
	u32 signature;
	u32 length;
	u8 revision;
	u8 unused[27];
};
WIRE_SIZE(struct acpi_header, 36);

/* Where a register is; the numbers are ACPI's. */
enum acpi_space { ACPI_MEMORY, ACPI_IO, ACPI_NOWHERE };

/* A generic address structure. */
struct acpi_gas {
	u8 space;
	u8 bit_width, bit_offset;
	u8 access_size; /* 1 to 4: 1, 2, 4, 8 bytes; 0: not told */
	u64 address;
} wire_packed;
WIRE_SIZE(struct acpi_gas, 12);
WIRE_AT(struct acpi_gas, access_size, 3);
WIRE_AT(struct acpi_gas, address, 4);

/* See the whole table at an address; false if it is damaged or another one. */
bool acpi_see_table(const struct mem *mem, phys at, u32 signature,
		    struct view *out);

/* See the first such table that is whole, of those that the RSDP leads to. */
bool acpi_find_table(const struct mem *mem, phys rsdp, u32 signature,
		     struct view *out);

#endif
