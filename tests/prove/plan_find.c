// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding room, in a world of eight addresses with two regions and two holds:
 * it is found if there is any, and the lowest or the highest. The list of
 * holds stands for its contract, which ranges.c proves.
 */
#include "small.h"

#include "prove.h"

#include "../../core/plan.c"

#define WORLD 8
#define NR    2 /* regions, and holds */

static struct boot_info info;
static struct plan plan;

static const struct hold *look(const struct holds *holds, struct range range,
			       enum until until, bool last)
{
	const struct hold *found = NULL;

	for (u32 i = 0; i < NR; i++)
		if (i < holds->nr && holds->list[i].until >= until &&
		    range_overlaps(holds->list[i].range, range) &&
		    (last || !found))
			found = &holds->list[i];
	return found;
}

const struct hold *holds_first(const struct holds *holds, struct range range,
			       enum until until)
{
	return look(holds, range, until, false);
}

const struct hold *holds_last(const struct holds *holds, struct range range,
			      enum until until)
{
	return look(holds, range, until, true);
}

static struct range any_range(phys from)
{
	struct range range = { nondet_u8() % WORLD, nondet_u8() % WORLD };

	assume(range.start >= from && range.start < range.end);
	return range;
}

static bool is_ram(phys at)
{
	bool is = false;

	for (u32 i = 0; i < NR; i++)
		is |= info.regions[i].type == REGION_RAM &&
		      at >= info.regions[i].range.start &&
		      at < info.regions[i].range.end;
	return is;
}

/* Can it begin there, if what is needed from a step on is in its way? */
static bool fits(const struct room *want, phys start, enum until needed)
{
	struct range range = { start, start + want->len };

	if (start < PLAN_LOWEST || start % want->align || start < want->min ||
	    range.end > want->end || look(&plan.holds, range, needed, false))
		return false;
	for (u64 i = 0; i < 2; i++)
		if (i < want->len && !is_ram(start + i))
			return false;
	return true;
}

void harness(void)
{
	struct room want = { .len = 1 + nondet_u8() % 2,
			     .align = 1 + nondet_bool(),
			     .min = nondet_u8() % WORLD,
			     .end = nondet_u8() % WORLD,
			     .highest = nondet_bool() };
	enum until needed = nondet_u8() % 3;
	struct range out = { 0, 0 };
	phys other = nondet_u8() % WORLD, end = 0;
	bool is_found, is_best;

	plan.info = &info;
	info.nr_regions = plan.holds.nr = NR;
	for (u32 i = 0; i < NR; i++) {
		info.regions[i].range = any_range(end);
		info.regions[i].type =
			nondet_bool() ? REGION_RAM : REGION_RESERVED;
		end = info.regions[i].range.end;
	}
	end = 0;
	for (u32 i = 0; i < NR; i++) {
		plan.holds.list[i].range = any_range(end);
		plan.holds.list[i].until = nondet_u8() % 3;
		end = plan.holds.list[i].range.end;
	}
	is_found = plan_find(&plan, &want, needed, &out);
	if (fits(&want, other, needed))
		prove(is_found);
	if (!is_found)
		return;
	prove(range_len(out) == want.len && fits(&want, out.start, needed));
	is_best = fits(&want, out.start, UNTIL_TELL);
	if (fits(&want, other, UNTIL_TELL))
		prove(is_best);
	if (fits(&want, other, is_best ? UNTIL_TELL : needed))
		prove(want.highest ? out.start >= other : out.start <= other);
}
