// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding room and ordering copies. A copy waits for every other one whose
 * source it would overwrite; where copies wait for each other in a circle, one
 * of them goes through spare memory.
 */
#include "plan.h"

#include "departure.h"

#define LOWEST	  PAGE_SIZE /* page 0 is the firmware's, and NULL's */
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

static const struct hold *held(const struct plan *plan, struct range range,
			       enum until until)
{
	const struct hold *hit = holds_hit(&plan->holds, range, until);

	return hit ? hit : holds_hit(&plan->info->holds, range, until);
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

bool plan_is_free(const struct plan *plan, struct range range)
{
	struct range run;
	u32 i = 0;

	if (range.end < range.start)
		return false;
	do {
		run = next_run(plan->info, &i);
		if (range_within(range, run))
			return !held(plan, range, UNTIL_FOREVER);
	} while (!range_empty(run));
	return false;
}

static bool find_lowest(const struct plan *plan, struct range run,
			const struct room *want, enum until needed,
			struct range *out)
{
	phys start = align_up(run.start, want->align);

	while (start >= run.start && start < run.end &&
	       want->len <= run.end - start) {
		struct range found = { start, start + want->len };
		const struct hold *hit = held(plan, found, needed);

		if (!hit) {
			*out = found;
			return true;
		}
		start = align_up(hit->range.end, want->align);
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
		const struct hold *hit;

		if (start < run.start)
			return false;
		hit = held(plan, found, needed);
		if (!hit) {
			*out = found;
			return true;
		}
		end = hit->range.start;
	}
	return false;
}

static bool find(const struct plan *plan, const struct room *want,
		 enum until needed, struct range *out)
{
	bool found = false;
	struct range run;
	u32 i = 0;

	for (;;) {
		run = next_run(plan->info, &i);
		if (range_empty(run))
			return found;
		run.start = max_u64(run.start, max_u64(want->min, LOWEST));
		run.end = min_u64(run.end, want->end);
		if (range_empty(run))
			continue;
		if (want->highest)
			found |= find_highest(plan, run, want, needed, out);
		else if (find_lowest(plan, run, want, needed, out))
			return true;
	}
}

bool plan_find(struct plan *plan, const struct room *want, enum until needed,
	       struct range *out)
{
	if (find(plan, want, UNTIL_TELL, out) ||
	    (needed != UNTIL_TELL && find(plan, want, needed, out)))
		return true;
	plan->wanted = *want;
	return false;
}

/* The free piece at an address: up to the first hold behind it. */
static struct range free_piece(const struct plan *plan, struct range run,
			       phys start)
{
	struct range piece = { start, run.end };
	const struct hold *hit;

	for (;;) {
		hit = held(plan, piece, UNTIL_TELL);
		if (!hit)
			return piece;
		piece.end = max_u64(hit->range.start, piece.start);
	}
}

/* The first page at or behind an address that begins free. */
static phys behind_holds(const struct plan *plan, phys at)
{
	const struct hold *hit;

	do {
		hit = held(plan, (struct range){ at, at + 1 }, UNTIL_TELL);
		if (hit)
			at = align_up(hit->range.end, PAGE_SIZE);
	} while (hit);
	return at;
}

struct range plan_largest(const struct plan *plan, phys end)
{
	struct range best = { 0, 0 }, run, piece;
	u32 i = 0;

	do {
		run = next_run(plan->info, &i);
		run.start = align_up(max_u64(run.start, LOWEST), PAGE_SIZE);
		run.end = min_u64(run.end, end);
		for (phys at = run.start; at < run.end;) {
			piece = free_piece(plan, run, at);
			if (range_len(piece) > range_len(best))
				best = piece;
			at = behind_holds(plan, piece.end);
		}
	} while (i < plan->info->nr_regions);
	return best;
}

static void refuse(struct plan *plan, why reason)
{
	if (!plan->bad)
		plan->bad = reason;
}

static void hold(struct plan *plan, struct range range, enum until until)
{
	if (!holds_add(&plan->holds, range, until))
		refuse(plan, "the plan has too many pieces");
}

static void add_copy(struct plan *plan, struct copy copy)
{
	if (plan->nr_copies < MAX_COPIES)
		plan->copies[plan->nr_copies++] = copy;
	else
		refuse(plan, "the plan has too many copies");
}

void plan_keep(struct plan *plan, struct range range)
{
	hold(plan, range, UNTIL_FOREVER);
}

void plan_copy(struct plan *plan, struct range dst, phys src, u64 len)
{
	plan_keep(plan, dst);
	if (!range_empty(dst) && (len != range_len(dst) || src != dst.start))
		add_copy(plan, (struct copy){
				       .dst = dst.start,
				       .src = src,
				       .len = len,
				       .zero = range_len(dst) - len,
			       });
}

static struct range source(const struct copy *copy)
{
	return (struct range){ copy->src, copy->src + copy->len };
}

static struct range destination(const struct copy *copy)
{
	return (struct range){ copy->dst, copy->dst + copy->len + copy->zero };
}

/* A copy, of those from first on, whose source copy i would destroy; i itself
 * if there is none. */
static u32 waits_for(const struct plan *plan, u32 i, u32 first)
{
	for (u32 j = first; j < plan->nr_copies; j++)
		if (j != i && range_overlaps(destination(&plan->copies[i]),
					     source(&plan->copies[j])))
			return j;
	return i;
}

static void swap(struct plan *plan, u32 i, u32 j)
{
	struct copy moved = plan->copies[i];

	plan->copies[i] = plan->copies[j];
	plan->copies[j] = moved;
}

/* The shortest copy of a circle, where all from first on wait for another. Who
 * waits for a circle need not be in it, but whoever it leads to is. */
static u32 shortest_in_circle(const struct plan *plan, u32 first)
{
	u32 at = first, best;

	for (u32 i = first; i < plan->nr_copies; i++)
		at = waits_for(plan, at, first);
	best = at;
	for (u32 i = first; i < plan->nr_copies; i++) {
		at = waits_for(plan, at, first);
		if (plan->copies[at].len < plan->copies[best].len)
			best = at;
	}
	return best;
}

/* Read one source of a circle into spare memory now, and let its copy begin
 * there later. */
static void break_circle(struct plan *plan, u32 first)
{
	struct room want = {
		.align = PAGE_SIZE,
		.end = ANYWHERE,
		.highest = true,
	};
	struct copy *copies = plan->copies;
	struct range spare;
	u32 pick = shortest_in_circle(plan, first);
	struct copy late = copies[pick];

	want.len = late.len;
	if (!plan_find(plan, &want, UNTIL_PLACE, &spare)) {
		refuse(plan, "no spare RAM to exchange pieces that lie in each "
			     "other's place");
		return;
	}
	plan_keep(plan, spare);
	late.src = spare.start;
	add_copy(plan, late);
	copies[pick].dst = spare.start;
	copies[pick].zero = 0;
	swap(plan, pick, first);
}

static void order_copies(struct plan *plan)
{
	for (u32 first = 0; first < plan->nr_copies && !plan->bad; first++) {
		u32 next = first;

		while (next < plan->nr_copies &&
		       waits_for(plan, next, first) != next)
			next++;
		if (next < plan->nr_copies) {
			swap(plan, next, first);
			continue;
		}
		break_circle(plan, first);
	}
}

why plan_seal(struct plan *plan)
{
	struct room want = { .align = PAGE_SIZE, .end = plan->arena_end };

	/* Every circle that is broken adds a copy. */
	plan->arena_len += 2ull * plan->nr_copies * sizeof(plan->copies[0]);
	want.len = align_up(plan->arena_len, PAGE_SIZE);
	for (u32 i = 0; i < plan->nr_copies; i++)
		hold(plan, source(&plan->copies[i]), UNTIL_PLACE);
	if (!plan_find(plan, &want, UNTIL_TELL, &plan->arena))
		refuse(plan, "no free RAM for the kernel's tables");
	plan_keep(plan, plan->arena);
	order_copies(plan);
	return plan->bad;
}

u64 plan_copied(const struct plan *plan)
{
	u64 sum = 0;

	for (u32 i = 0; i < plan->nr_copies; i++)
		sum += plan->copies[i].len;
	return sum;
}
