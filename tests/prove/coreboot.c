// SPDX-License-Identifier: BSD-2-Clause
/* coreboot's tables, at any address: their records lie in memory, and end. */
#include "prove.h"

#include "../../formats/coreboot/coreboot_door.c"

static struct boot_info info;

void harness(void)
{
	struct mem mem = short_mem();
	struct view table, record;
	u32 tag;
	phys at = 0;

	if (cb_find(&mem, &at))
		prove(mem_reach(&mem, at) && at % CB_ALIGN == 0);
	table = read_table(&mem, nondet_u64(), &info);
	prove(is_part(table, all_of(mem)));
	if (next_record(&table, &tag, &record))
		prove(is_inside(record, all_of(mem)) &&
		      is_inside(table, all_of(mem)));
	read_map(table, &info);
	read_framebuffer(table, &info);
}
