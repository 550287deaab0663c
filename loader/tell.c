// SPDX-License-Identifier: BSD-2-Clause
/*
 * Telling: the RSDP and the size of memory.
 */
#include "tell.h"

why tell_rsdp(struct boot_info *info, struct arena *arena, phys *at)
{
	u8 *host;

	*at = info->rsdp;
	if (*at || !info->rsdp_copy.len || info->rsdp_copy.len > PAGE_SIZE)
		return NULL;
	host = arena_take(arena, PAGE_SIZE, PAGE_SIZE, at);
	if (!host)
		return "the arena is too small for the RSDP";
	memcpy(host, info->rsdp_copy.at, info->rsdp_copy.len);
	return info_add_region(info, *at, PAGE_SIZE, REGION_ACPI);
}

u64 tell_memory_kib(const struct boot_info *info, phys from)
{
	phys end = from;

	for (u32 i = 0; i < info->nr_regions; i++) {
		struct region r = info->regions[i];

		if (r.type == REGION_RAM && r.range.start <= end &&
		    r.range.end > end)
			end = r.range.end;
	}
	return (end - from) / KIB;
}
