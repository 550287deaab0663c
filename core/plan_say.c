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

/* How far an image may lie, from an address on; *out is the region, or NULL if
 * it is a hole, behind that. */
static phys free_until(const struct plan *plan, struct range range,
		       const struct region **out)
{
	const struct boot_info *info = plan->info;
	u32 types = plan->overwrites | region_bit(REGION_RAM);
	phys at = range.start;

	*out = NULL;
	for (u32 i = 0; i < info->nr_regions && at < range.end; i++) {
		const struct region *region = &info->regions[i];

		if (region->range.end <= at)
			continue;
		if (region->range.start > at)
			return at;
		if (!(types & region_bit(region->type))) {
			*out = region;
			return at;
		}
		at = region->range.end;
	}
	return min_u64(at, range.end);
}

/* What the user can do about memory of a type that is in the way. */
static const char *way_out(u32 type)
{
	if (type == REGION_NVS)
		return ": gangway.overwrite=nvs puts it there";
	if (type == REGION_ACPI)
		return ": gangway.overwrite=acpi puts it there";
	return "";
}

why plan_no_place(const struct plan *plan, const char *what, struct range range,
		  phys at)
{
	const struct region *region;
	const struct hold *hold;

	at = free_until(plan, (struct range){ at, range.end }, &region);

	if (range.start > range.end)
		return reason_format("%s passes the end of memory", what);
	if (at < range.end && region)
		return reason_format(
			"%s goes to 0x%lx-0x%lx, but 0x%lx-0x%lx is %s%s", what,
			range.start, range.end, region->range.start,
			region->range.end, region_name(region->type),
			way_out(region->type));
	if (at < range.end)
		return reason_format(
			"%s goes to 0x%lx-0x%lx, but there is no RAM at 0x%lx",
			what, range.start, range.end, at);
	hold = holds_first(&plan->holds, range, UNTIL_FOREVER);
	if (!hold)
		hold = holds_first(&plan->info->holds, range, UNTIL_FOREVER);
	return reason_format(
		"%s goes to 0x%lx-0x%lx, but 0x%lx-0x%lx has the initrd, "
		"gangway's page tables, or what the loader's setup_data points "
		"at",
		what, range.start, range.end, hold ? hold->range.start : 0,
		hold ? hold->range.end : 0);
}
