// SPDX-License-Identifier: BSD-2-Clause
/* The RSDP and its sums, and tables in a window of memory. */
#include "prove.h"

#include "acpi.h"
#include "acpi_tables.h"

void harness(void)
{
	struct view bytes = any_view(), table = VIEW("");
	struct mem mem = { .host = (u8 *)bytes.at,
			   .start = nondet_u64(),
			   .len = bytes.len };

	assume(mem.start <= ~0ull - BOUND);
	if (acpi_rsdp_valid(bytes))
		prove(bytes.len >= ACPI_RSDP_V1_SIZE);
	if (acpi_see_table(&mem, nondet_u64(), nondet_u32(), &table))
		prove(is_inside(table, bytes) &&
		      table.len >= sizeof(struct acpi_header));
}
