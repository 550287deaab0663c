/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding the root pointer of the ACPI tables (ACPI 6.5, section 5.2.5).
 */
#ifndef CORE_ACPI_H
#define CORE_ACPI_H

#include "boot_info.h"
#include "mem.h"

#define ACPI_RSDP_SIGNATURE "RSD PTR "
#define ACPI_RSDP_V1_SIZE   20 /* all there is below revision 2 */

struct acpi_rsdp {
	char signature[8];
	u8 checksum; /* makes the sum of the first 20 bytes 0 */
	char oem_id[6];
	u8 revision;
	u32 rsdt_address;
	u32 length; /* from here on: revision 2 */
	u64 xsdt_address;
	u8 extended_checksum; /* makes the sum of all length bytes 0 */
	u8 reserved[3];
} wire_packed;
WIRE_SIZE(struct acpi_rsdp, 36);
WIRE_AT(struct acpi_rsdp, revision, 15);
WIRE_AT(struct acpi_rsdp, rsdt_address, 16);
WIRE_AT(struct acpi_rsdp, length, 20);
WIRE_AT(struct acpi_rsdp, xsdt_address, 24);

#define EFI_SYSTEM_TABLE_SIZE 120 /* in its 64-bit form */

/* Does the view begin with a whole RSDP whose signature and sums are right? */
bool acpi_rsdp_valid(struct view rsdp);

/*
 * Look for the RSDP where a BIOS leaves it: in the first KiB of the extended
 * BIOS data area and from 0xE0000 to 1 MiB, at multiples of 16. 0: none. Not
 * for machines started by UEFI, where anything may lie there.
 */
phys acpi_find_rsdp(const struct mem *mem);

/*
 * The same, and then a search of the memory that the map calls ACPI's: GRUB on
 * UEFI gives a Multiboot 1 kernel no other hint. 0: none.
 */
phys acpi_search(const struct mem *mem, const struct boot_info *info);

/*
 * The RSDP at the address that a door gave, if a valid one is there; else the
 * one that acpi_search() finds.
 */
phys acpi_check(const struct mem *mem, const struct boot_info *info, phys told);

/* Where the RSDP is, or a copy of it if there is no more; 0: not known. */
phys acpi_rsdp(const struct mem *mem, const struct boot_info *info);

/*
 * The RSDP that a 64-bit EFI system table names, the one for ACPI 2.0 first.
 * 0: none, or not one that mem shows to be valid.
 */
phys acpi_from_efi(const struct mem *mem, phys system_table);

#endif
