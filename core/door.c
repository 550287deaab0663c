// SPDX-License-Identifier: BSD-2-Clause
/*
 * What doors share.
 */
#include "door.h"

#include "reason.h"

const struct door *door_meant(const struct door *const *doors, u32 nr,
			      const struct mem *mem, u32 eax, phys at)
{
	struct view view;
	u32 first = 0;

	if (mem_view(mem, at, sizeof(first), &view))
		memcpy(&first, view.at, sizeof(first));
	for (u32 i = 0; first && i < nr; i++)
		if (doors[i]->first == first)
			return doors[i];
	for (u32 i = 0; eax && i < nr; i++)
		if (doors[i]->eax == eax)
			return doors[i];
	return NULL;
}

struct view door_view(const struct mem *mem, struct boot_info *info, phys at,
		      u64 len, const char *what)
{
	struct view out = VIEW("");
	struct range range;

	if (range_of(at, len, &range) && info_readable(info, range) &&
	    mem_view(mem, at, len, &out))
		info_hold(info, at, len);
	else
		info_refuse(info, reason_format("%s lies outside memory: %lu "
						"bytes at 0x%lx",
						what, len, at));
	return out;
}

struct view door_optional(const struct mem *mem, struct boot_info *info,
			  phys at, u64 len)
{
	struct view out = VIEW("");
	struct range range;

	if (at && range_of(at, len, &range) && info_readable(info, range) &&
	    mem_view(mem, at, len, &out))
		info_hold(info, at, len);
	return out;
}

/* The end of what can be read from an address on without a gap. */
static phys readable_end(const struct boot_info *info, phys at)
{
	phys end = max_u64(at, MIB);

	for (u32 i = 0; i < info->nr_regions; i++)
		if (info->regions[i].range.start <= end)
			end = max_u64(end, info->regions[i].range.end);
	return end;
}

struct view door_string(const struct mem *mem, struct boot_info *info, phys at,
			const char *what)
{
	u64 max = min_u64(MAX_STRING, readable_end(info, at) - at);
	struct view out = VIEW("");

	if (at && mem_string(mem, at, max, &out))
		info_hold(info, at, out.len + 1);
	else if (at && max)
		info_refuse(info,
			    reason_format("%s has no end within %lu bytes "
					  "from 0x%lx on",
					  what, max, at));
	else if (at)
		info_refuse(info, reason_format("%s lies outside memory, at "
						"0x%lx",
						what, at));
	return out;
}
