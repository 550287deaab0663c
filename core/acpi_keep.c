// SPDX-License-Identifier: BSD-2-Clause
/*
 * From the RSDP to all tables (ACPI 6.5, sections 5.2.5 to 5.2.10).
 */
#include "acpi_keep.h"

#include "acpi.h"

#define MAX_LIST  (8 * KIB) /* of a table of tables */
#define MAX_TABLE (16 * MIB)
#define MAX_FACS  (4 * KIB)

#define SIGNATURE_RSDT 0x54445352
#define SIGNATURE_XSDT 0x54445358
#define SIGNATURE_FADT 0x50434146 /* "FACP" */
#define SIGNATURE_FACS 0x53434146

/* Where the FADT has the addresses of the FACS and the DSDT. */
#define FADT_FIRMWARE_CTRL   36
#define FADT_DSDT	     40
#define FADT_X_FIRMWARE_CTRL 132
#define FADT_X_DSDT	     140

/* What every table begins with; the FACS has no more than that of it. */
struct head {
	u32 signature;
	u32 length;
};
WIRE_SIZE(struct head, 8);

#define HEADER_LEN 36 /* of all tables but the FACS */

static void keep(struct boot_info *info, phys at, u64 len, u32 type)
{
	struct range table, pages;

	if (!range_of(at, len, &table) || !info_is_ram(info, table))
		return;
	pages.start = align_down(table.start, PAGE_SIZE);
	pages.end = align_up(table.end, PAGE_SIZE);
	info_add_region(info, pages.start, range_len(pages), type);
}

static bool read_head(const struct mem *mem, phys at, u64 max,
		      struct head *head)
{
	return at && mem_read(mem, at, head, sizeof(*head)) &&
	       head->length >= sizeof(*head) && head->length <= max;
}

/* The address at an offset of a table; 0 if it is too short for that. */
static phys address_at(struct view table, u64 offset, u64 size)
{
	phys at = 0;

	return view_read(table, offset, &at, size) ? at : 0;
}

static void keep_facs(const struct mem *mem, struct boot_info *info, phys at)
{
	struct head head;

	/* Firmware writes to it: it is not to be reclaimed. */
	if (read_head(mem, at, MAX_FACS, &head) &&
	    head.signature == SIGNATURE_FACS)
		keep(info, at, head.length, REGION_NVS);
}

static void keep_plain(struct boot_info *info, phys at, const struct head *head)
{
	if (head->length >= HEADER_LEN)
		keep(info, at, head->length, REGION_ACPI);
}

static void keep_dsdt(const struct mem *mem, struct boot_info *info, phys at)
{
	struct head head;

	if (read_head(mem, at, MAX_TABLE, &head))
		keep_plain(info, at, &head);
}

static void keep_table(const struct mem *mem, struct boot_info *info, phys at)
{
	struct view fadt;
	struct head head;

	if (!read_head(mem, at, MAX_TABLE, &head))
		return;
	keep_plain(info, at, &head);
	if (head.signature != SIGNATURE_FADT || head.length > MAX_LIST ||
	    !mem_view(mem, at, head.length, &fadt))
		return;
	keep_facs(mem, info, address_at(fadt, FADT_FIRMWARE_CTRL, sizeof(u32)));
	keep_facs(mem, info,
		  address_at(fadt, FADT_X_FIRMWARE_CTRL, sizeof(u64)));
	keep_dsdt(mem, info, address_at(fadt, FADT_DSDT, sizeof(u32)));
	keep_dsdt(mem, info, address_at(fadt, FADT_X_DSDT, sizeof(u64)));
}

/* A table of tables, whose entries are so many bytes each. */
static void keep_list(const struct mem *mem, struct boot_info *info, phys at,
		      u32 signature, u64 size)
{
	struct view list;
	struct head head;

	if (!read_head(mem, at, MAX_LIST, &head) ||
	    head.signature != signature ||
	    !mem_view(mem, at, head.length, &list))
		return;
	keep_plain(info, at, &head);
	for (u64 i = HEADER_LEN; view_has(list, i, size); i += size)
		keep_table(mem, info, address_at(list, i, size));
}

void acpi_keep(const struct mem *mem, struct boot_info *info)
{
	struct acpi_rsdp rsdp = { .revision = 0 };
	struct view copy = info->rsdp_copy;
	bool is_there = copy.len >= ACPI_RSDP_V1_SIZE;

	if (is_there)
		memcpy(&rsdp, copy.at, min_u64(copy.len, sizeof(rsdp)));
	else
		is_there = info->rsdp &&
			   mem_read(mem, info->rsdp, &rsdp, sizeof(rsdp));
	if (!is_there)
		return;
	keep_list(mem, info, rsdp.rsdt_address, SIGNATURE_RSDT, sizeof(u32));
	if (rsdp.revision >= 2)
		keep_list(mem, info, rsdp.xsdt_address, SIGNATURE_XSDT,
			  sizeof(u64));
}
