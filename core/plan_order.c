// SPDX-License-Identifier: BSD-2-Clause
/*
 * Ordering the copies. A copy waits for every other one whose source it would
 * overwrite. Destinations are disjoint, so those that a source stops are
 * neighbours in the list that is sorted by destination; whoever has nobody
 * left to wait for is next.
 */
#include "plan_parts.h"

/* Where the i-th copy by destination ends. */
static phys end_by_dst(const struct plan *plan, u32 i)
{
	return copy_destination(&plan->copies[plan->by_dst[i]]).end;
}

/* The place in by_dst of the first of nr copies that ends behind an address.
 * Most are added in order: then it is none. */
static u32 first_behind(const struct plan *plan, u32 nr, phys at)
{
	u32 low = 0, high = nr;

	if (nr && end_by_dst(plan, nr - 1) <= at)
		return nr;
	while (low < high) {
		u32 middle = (low + high) / 2;

		if (end_by_dst(plan, middle) > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static const char too_many[] =
	"the plan has more than " DIGITS_OF(MAX_COPIES) " copies";

/* Add to the copies, but not to those that can be in a source's way. */
static bool append(struct plan *plan, struct copy copy)
{
	if (plan->nr_copies == MAX_COPIES) {
		plan_refuse(plan, too_many);
		return false;
	}
	plan->waits[plan->nr_copies] = 0;
	plan->copies[plan->nr_copies++] = copy;
	return true;
}

void plan_add_copy(struct plan *plan, struct copy copy)
{
	u32 nr = plan->nr_copies;
	u16 *here = &plan->by_dst[first_behind(plan, nr, copy.dst)];

	if (!append(plan, copy))
		return;
	memmove(here + 1, here,
		(u64)(&plan->by_dst[nr] - here) * sizeof(*here));
	*here = (u16)nr;
}

/* The copies that work is to be done on, and the queue of those in order. */
struct work {
	struct plan *plan;
	u32 nr; /* in by_dst: what breaks a circle is in nobody's way */
	u32 nr_ready;
	u32 next; /* the lowest that may still wait */
};

static void make_ready(struct work *work, u32 i)
{
	work->plan->order[work->nr_ready++] = (u16)i;
}

/* Would i overwrite what j has to read? */
static bool is_blocked(const struct plan *plan, u32 i, u32 j)
{
	return i != j && range_overlaps(copy_destination(&plan->copies[i]),
					copy_source(&plan->copies[j]));
}

/* All whose destination j's source lies in wait for it, or, with done, no
 * longer do. */
static void tell_waiting(struct work *work, u32 j, bool done)
{
	struct plan *plan = work->plan;
	struct range src = copy_source(&plan->copies[j]);

	for (u32 k = first_behind(plan, work->nr, src.start); k < work->nr;
	     k++) {
		u32 i = plan->by_dst[k];

		if (plan->copies[i].dst >= src.end)
			return;
		if (!is_blocked(plan, i, j))
			continue;
		plan->waits[i] = (u16)(plan->waits[i] + (done ? -1 : 1));
		plan->blocker[i] = (u16)j;
		if (done && !plan->waits[i])
			make_ready(work, i);
	}
}

/* One that i waits for: the one last heard of, if that still is one. There is
 * one, or i would not wait. */
static u32 blocker_of(const struct work *work, u32 i)
{
	struct plan *plan = work->plan;
	u32 j = plan->blocker[i];

	if (!plan->waits[j] || !is_blocked(plan, i, j))
		for (j = 0; !plan->waits[j] || !is_blocked(plan, i, j);)
			j++;
	plan->blocker[i] = (u16)j;
	return j;
}

/* A copy that waits need not be in a circle itself, but what it waits for leads
 * into one. Brent's algorithm: i goes on while resting stays, for ever longer,
 * until the two meet. */
static u32 find_circle(const struct work *work, u32 i)
{
	u32 resting = i, steps = 0, rest = 1;

	do {
		if (steps == rest) {
			resting = i;
			rest *= 2;
			steps = 0;
		}
		i = blocker_of(work, i);
		steps++;
	} while (i != resting);
	return i;
}

static u32 shortest_in_circle(const struct work *work, u32 start)
{
	const struct copy *copies = work->plan->copies;
	u32 best = start;

	for (u32 i = blocker_of(work, start); i != start;
	     i = blocker_of(work, i))
		if (copies[i].len < copies[best].len)
			best = i;
	return best;
}

/* Read one source of a circle into spare memory now, and let its copy begin
 * there later. Somebody waits, since not all are ready. */
static void break_circle(struct work *work)
{
	struct plan *plan = work->plan;
	struct room want = {
		.align = SPARE_ALIGN,
		.end = ANYWHERE,
		.highest = true,
	};
	struct copy *late, early;
	struct range spare;
	u32 pick;

	while (!plan->waits[work->next])
		work->next++;
	pick = shortest_in_circle(work, find_circle(work, work->next));
	late = &plan->copies[pick];
	want.len = late->len;
	if (!plan_find(plan, &want, UNTIL_PLACE, &spare)) {
		plan_refuse(plan, "no spare RAM to exchange pieces that lie in "
				  "each other's place");
		return;
	}
	plan_keep(plan, spare);
	early = (struct copy){ spare.start, late->src, late->len, 0 };
	/* It may lie across its own place, and now waits for that too. */
	plan->waits[pick] =
		(u16)(plan->waits[pick] + range_overlaps(copy_destination(late),
							 copy_source(late)));
	if (append(plan, early)) {
		late->src = spare.start;
		make_ready(work, plan->nr_copies - 1);
	}
}

/* Bring the copies into the order that was found, along its circles. */
static void rearrange(struct plan *plan)
{
	for (u32 start = 0; start < plan->nr_copies; start++) {
		struct copy first = plan->copies[start];
		u32 at = start, from;

		while ((from = plan->order[at]) != start) {
			plan->copies[at] = plan->copies[from];
			plan->order[at] = (u16)at;
			at = from;
		}
		plan->copies[at] = first;
		plan->order[at] = (u16)at;
	}
}

void plan_copy_early(struct plan *plan, struct range from, phys spare)
{
	plan_keep(plan, (struct range){ spare, spare + range_len(from) });
	for (u32 i = 0; i < plan->nr_copies; i++)
		if (range_within(copy_source(&plan->copies[i]), from))
			plan->copies[i].src += spare - from.start;
	plan->early[plan->nr_early++] =
		(struct copy){ spare, from.start, range_len(from), 0 };
}

static void put_early_first(struct plan *plan)
{
	u32 nr = plan->nr_early;

	if (plan->nr_copies + nr > MAX_COPIES) {
		plan_refuse(plan, too_many);
		return;
	}
	memmove(plan->copies + nr, plan->copies,
		plan->nr_copies * sizeof(plan->copies[0]));
	memcpy(plan->copies, plan->early, nr * sizeof(plan->copies[0]));
	plan->nr_copies += nr;
}

void plan_order(struct plan *plan)
{
	struct work work = { .plan = plan, .nr = plan->nr_copies };

	memset(plan->waits, 0, work.nr * sizeof(plan->waits[0]));
	for (u32 j = 0; j < work.nr; j++)
		tell_waiting(&work, j, false);
	for (u32 i = 0; i < work.nr; i++)
		if (!plan->waits[i])
			make_ready(&work, i);
	for (u32 done = 0; done < plan->nr_copies && !plan->bad; done++) {
		if (done == work.nr_ready)
			break_circle(&work);
		if (!plan->bad)
			tell_waiting(&work, plan->order[done], true);
	}
	if (plan->bad)
		return;
	rearrange(plan);
	put_early_first(plan);
}
