// SPDX-License-Identifier: BSD-2-Clause
/*
 * Why a plan fails, for people: how much was wanted and how much there is, or
 * who has the place.
 */
#include "plan.h"

#include "print.h"
#include "reason.h"

why plan_no_room(const struct plan *plan, const char *what)
{
	const struct room *want = &plan->wanted;
	phys end = min_u64(want->end, info_ram_end(plan->info));
	struct range best = plan_largest(plan, want->min, end, false);

	return reason_format("no free RAM for %s: %lu KiB are wanted between "
			     "0x%lx and 0x%lx, where the largest free piece "
			     "has %lu KiB; give the machine more memory",
			     what, align_up(want->len, KIB) / KIB, want->min,
			     max_u64(end, want->min), range_len(best) / KIB);
}

/* How far a range is RAM, from its beginning; *out is the region, or NULL if it
 * is a hole, behind that. */
static phys ram_until(const struct boot_info *info, struct range range,
		      const struct region **out)
{
	phys at = range.start;

	*out = NULL;
	for (u32 i = 0; i < info->nr_regions && at < range.end; i++) {
		const struct region *region = &info->regions[i];

		if (region->range.end <= at)
			continue;
		if (region->range.start > at)
			return at;
		if (region->type != REGION_RAM) {
			*out = region;
			return at;
		}
		at = region->range.end;
	}
	return min_u64(at, range.end);
}

why plan_no_place(const struct plan *plan, const char *what, struct range range)
{
	const struct region *region;
	const struct hold *hold;
	phys at = ram_until(plan->info, range, &region);

	if (range.start > range.end)
		return reason_format("%s passes the end of memory", what);
	if (at < range.end && region)
		return reason_format(
			"%s goes to 0x%lx-0x%lx, but 0x%lx-0x%lx is %s", what,
			range.start, range.end, region->range.start,
			region->range.end, region_name(region->type));
	if (at < range.end)
		return reason_format(
			"%s goes to 0x%lx-0x%lx, but there is no RAM at 0x%lx",
			what, range.start, range.end, at);
	hold = holds_first(&plan->holds, range, UNTIL_FOREVER);
	if (hold)
		return reason_format("%s goes to 0x%lx-0x%lx, but another part "
				     "of the kernel has 0x%lx-0x%lx",
				     what, range.start, range.end,
				     hold->range.start, hold->range.end);
	hold = holds_first(&plan->info->holds, range, UNTIL_FOREVER);
	return reason_format(
		"%s goes to 0x%lx-0x%lx, but gangway's page tables "
		"have 0x%lx-0x%lx",
		what, range.start, range.end, hold ? hold->range.start : 0,
		hold ? hold->range.end : 0);
}
