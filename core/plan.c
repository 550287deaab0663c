// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding room, and what a plan promises.
 */
#include "plan.h"

#include "departure.h"
#include "plan_parts.h"

#define END_32BIT (4 * GIB)

void plan_init(struct plan *plan, const struct boot_info *info)
{
	/* All but the lists, of which only so many are in use. */
	memset(plan, 0, offsetof(struct plan, module_at));
	plan->holds.nr = 0;
	plan->info = info;
	plan->entry = "";
	plan->arena_len = DEPARTURE_LEN;
	plan->arena_end = END_32BIT;
}

static phys start_of(const struct hold *hold, phys otherwise)
{
	return hold ? hold->range.start : otherwise;
}

static phys end_of(const struct hold *hold)
{
	return hold ? hold->range.end : 0;
}

/* Where the first of what is needed from a step on begins in a range; its end
 * if there is nothing. */
static phys first_held(const struct plan *plan, struct range range,
		       enum until until)
{
	const struct holds *mine = &plan->holds, *doors = &plan->info->holds;

	return min_u64(start_of(holds_first(mine, range, until), range.end),
		       start_of(holds_first(doors, range, until), range.end));
}

phys plan_last_held(const struct plan *plan, struct range range,
		    enum until until)
{
	const struct holds *mine = &plan->holds, *doors = &plan->info->holds;

	return max_u64(end_of(holds_last(mine, range, until)),
		       end_of(holds_last(doors, range, until)));
}

/* The run of RAM regions that touch each other, from region *i on; *i moves
 * behind it. */
static struct range next_run(const struct boot_info *info, u32 *i)
{
	struct range run = { 0, 0 };

	while (*i < info->nr_regions && info->regions[*i].type != REGION_RAM)
		++*i;
	if (*i == info->nr_regions)
		return run;
	run = info->regions[(*i)++].range;
	while (*i < info->nr_regions && info->regions[*i].type == REGION_RAM &&
	       info->regions[*i].range.start == run.end)
		run.end = info->regions[(*i)++].range.end;
	return run;
}

bool plan_is_needed(const struct plan *plan, struct range range)
{
	return plan_last_held(plan, range, UNTIL_FOREVER);
}

bool plan_is_free(const struct plan *plan, struct range range)
{
	return range.start <= range.end && info_is_ram(plan->info, range) &&
	       !plan_is_needed(plan, range);
}

bool plan_is_free_for_image(const struct plan *plan, struct range range)
{
	return range.start <= range.end &&
	       info_is_of(plan->info, range,
			  plan->overwrites | region_bit(REGION_RAM)) &&
	       !plan_is_needed(plan, range);
}

bool plan_is_calm(const struct plan *plan, struct range range)
{
	const struct boot_info *info = plan->info;
	bool is_calm = !info->nr_calm;

	for (u32 i = 0; i < info->nr_calm; i++)
		is_calm |= range_within(range, info->calm[i]);
	return is_calm && plan_is_free(plan, range);
}

static bool find_lowest(const struct plan *plan, struct range run,
			const struct room *want, enum until needed,
			struct range *out)
{
	phys start = align_up(run.start, want->align);

	while (start >= run.start && start < run.end &&
	       want->len <= run.end - start) {
		struct range found = { start, start + want->len };
		phys end = plan_last_held(plan, found, needed);

		if (!end) {
			*out = found;
			return true;
		}
		start = align_up(end, want->align);
	}
	return false;
}

static bool find_highest(const struct plan *plan, struct range run,
			 const struct room *want, enum until needed,
			 struct range *out)
{
	phys end = run.end;

	while (end > run.start && want->len <= end - run.start) {
		phys start = align_down(end - want->len, want->align);
		struct range found = { start, start + want->len };

		if (start < run.start)
			return false;
		end = first_held(plan, found, needed);
		if (end == found.end) {
			*out = found;
			return true;
		}
	}
	return false;
}

static bool find_in(const struct plan *plan, struct range run,
		    const struct room *want, enum until needed,
		    struct range *out)
{
	run.start = max_u64(run.start, max_u64(want->min, PLAN_LOWEST));
	run.end = min_u64(run.end, want->end);
	return want->highest ? find_highest(plan, run, want, needed, out)
			     : find_lowest(plan, run, want, needed, out);
}

static struct range common(struct range a, struct range b)
{
	return (struct range){ max_u64(a.start, b.start),
			       min_u64(a.end, b.end) };
}

/* Firmware's map need not be sorted, and the regions have the last word. */
static bool find_calm(const struct plan *plan, const struct room *want,
		      struct range *out)
{
	const struct boot_info *info = plan->info;
	bool is_found = false;
	struct range found, run;

	for (u32 i = 0; i < info->nr_calm; i++) {
		u32 region = 0;

		do {
			run = next_run(info, &region);
			if (!find_in(plan, common(run, info->calm[i]), want,
				     UNTIL_TELL, &found) ||
			    (is_found &&
			     want->highest == (found.start < out->start)))
				continue;
			*out = found;
			is_found = true;
		} while (!range_empty(run));
	}
	return is_found;
}

static bool find(const struct plan *plan, const struct room *want,
		 enum until needed, struct range *out)
{
	bool is_found = false;
	struct range run;
	u32 i = 0;

	do {
		run = next_run(plan->info, &i);
		is_found |= find_in(plan, run, want, needed, out);
	} while (!range_empty(run) && !(is_found && !want->highest));
	return is_found;
}

bool plan_find(struct plan *plan, const struct room *want, enum until needed,
	       struct range *out)
{
	if (find_calm(plan, want, out) || find(plan, want, UNTIL_TELL, out) ||
	    (needed != UNTIL_TELL && find(plan, want, needed, out)))
		return true;
	plan->wanted = *want;
	return false;
}

/* The first page at or behind an address that begins free. */
static phys behind_holds(const struct plan *plan, phys at)
{
	phys end;

	do {
		end = plan_last_held(plan, (struct range){ at, at + 1 },
				     UNTIL_TELL);
		at = end ? align_up(end, PAGE_SIZE) : at;
	} while (end);
	return at;
}

static struct range largest_in(const struct plan *plan, struct range run,
			       phys min, phys end)
{
	struct range best = { 0, 0 }, piece;

	run.start = align_up(max_u64(run.start, max_u64(min, PLAN_LOWEST)),
			     PAGE_SIZE);
	run.end = min_u64(run.end, end);
	for (phys at = run.start; at < run.end;) {
		piece = (struct range){ at, run.end };
		piece.end = max_u64(at, first_held(plan, piece, UNTIL_TELL));
		if (range_len(piece) > range_len(best))
			best = piece;
		at = behind_holds(plan, piece.end);
	}
	return best;
}

static struct range longer(struct range a, struct range b)
{
	return range_len(b) > range_len(a) ? b : a;
}

static struct range largest_calm(const struct plan *plan, phys min, phys end)
{
	const struct boot_info *info = plan->info;
	struct range best = { 0, 0 }, piece;

	for (u32 i = 0; i < info->nr_calm; i++) {
		piece = largest_in(plan, info->calm[i], min, end);
		if (info_is_ram(info, piece))
			best = longer(best, piece);
	}
	return best;
}

struct range plan_largest(const struct plan *plan, phys min, phys end,
			  bool calm)
{
	const struct boot_info *info = plan->info;
	struct range best = { 0, 0 }, run;
	u32 i = 0;

	if (calm && info->nr_calm)
		return largest_calm(plan, min, end);
	do {
		run = next_run(info, &i);
		best = longer(best, largest_in(plan, run, min, end));
	} while (i < info->nr_regions);
	return best;
}

void plan_refuse(struct plan *plan, why reason)
{
	if (!plan->bad)
		plan->bad = reason;
}

static const char too_many[] =
	"the plan has more than " DIGITS_OF(MAX_HOLDS) " pieces of memory";

static void hold(struct plan *plan, struct range range, enum until until)
{
	if (!holds_add(&plan->holds, range, until))
		plan_refuse(plan, too_many);
}

void plan_keep(struct plan *plan, struct range range)
{
	hold(plan, range, UNTIL_FOREVER);
}

void plan_copy(struct plan *plan, struct range dst, phys src, u64 len)
{
	struct copy copy = { dst.start, src, len, range_len(dst) - len };

	plan_keep(plan, dst);
	if (src == dst.start) {
		copy.dst += len;
		copy.len = 0;
	}
	if (copy.len || copy.zero)
		plan_add_copy(plan, copy);
}

struct room plan_arena_room(const struct plan *plan, u32 nr_copies)
{
	/* Every circle that is broken adds a copy. */
	u64 len = plan->arena_len + 2ull * nr_copies * sizeof(struct copy);

	return (struct room){
		.len = align_up(len, PAGE_SIZE),
		.align = PAGE_SIZE,
		.min = plan->arena_start,
		.end = plan->arena_end,
	};
}

static void find_arena(struct plan *plan)
{
	struct room want = plan_arena_room(plan, plan->nr_copies);

	plan->arena_len = want.len;
	if (!plan_find(plan, &want, UNTIL_TELL, &plan->arena))
		plan_refuse(plan, plan_no_room(plan, "the kernel's tables"));
	plan_keep(plan, plan->arena);
}

why plan_seal(struct plan *plan)
{
	for (u32 i = 0; i < plan->nr_copies; i++)
		hold(plan, copy_source(&plan->copies[i]), UNTIL_PLACE);
	find_arena(plan);
	if (!plan->bad)
		plan_order(plan);
	return plan->bad;
}

u64 plan_copied(const struct plan *plan)
{
	u64 sum = 0;

	for (u32 i = 0; i < plan->nr_copies; i++)
		sum += plan->copies[i].len;
	return sum;
}
