// SPDX-License-Identifier: BSD-2-Clause
/*
 * From the RSDP by the XSDT or RSDT to a table (ACPI 6.5, sections 5.2.5 to
 * 5.2.8).
 */
#include "acpi_tables.h"

#include "acpi.h"

/* Tables that are looked at often, or by the thousand, must be short. */
#define MAX_SHORT (8 * KIB)
#define MAX_DSDT  (16 * MIB)

#define SIGNATURE_RSDT 0x54445352
#define SIGNATURE_XSDT 0x54445358

static bool sums_to_zero(struct view v)
{
	u8 sum = 0;

	for (u64 i = 0; i < v.len; i++)
		sum = (u8)(sum + v.at[i]);
	return !sum;
}

bool acpi_see_table(const struct mem *mem, phys at, u32 signature,
		    struct view *out)
{
	u64 max = signature == ACPI_SIGNATURE_DSDT ? MAX_DSDT : MAX_SHORT;
	struct acpi_header header;

	return mem_read(mem, at, &header, sizeof(header)) &&
	       header.signature == signature &&
	       header.length >= sizeof(header) && header.length <= max &&
	       mem_view(mem, at, header.length, out) && sums_to_zero(*out);
}

/* See the table of all tables; *entry is the length of its entries. */
static bool see_root(const struct mem *mem, phys at, struct view *out,
		     u64 *entry)
{
	struct acpi_rsdp rsdp;

	if (!mem_read(mem, at, &rsdp, sizeof(rsdp)) ||
	    !acpi_rsdp_valid((struct view){ (u8 *)&rsdp, sizeof(rsdp) }))
		return false;
	if (rsdp.revision >= 2 && rsdp.xsdt_address) {
		*entry = sizeof(rsdp.xsdt_address);
		return acpi_see_table(mem, rsdp.xsdt_address, SIGNATURE_XSDT,
				      out);
	}
	*entry = sizeof(rsdp.rsdt_address);
	return acpi_see_table(mem, rsdp.rsdt_address, SIGNATURE_RSDT, out);
}

bool acpi_find_table(const struct mem *mem, phys rsdp, u32 signature,
		     struct view *out)
{
	struct view root;
	u64 entry;
	phys at = 0;

	if (!see_root(mem, rsdp, &root, &entry))
		return false;
	for (u64 i = sizeof(struct acpi_header); view_read(root, i, &at, entry);
	     i += entry)
		if (acpi_see_table(mem, at, signature, out))
			return true;
	return false;
}
