// SPDX-License-Identifier: BSD-2-Clause
/*
 * The list of holds, in a world of eight addresses: whatever the list is, it
 * stays sorted and disjoint, and at each address the longest need counts.
 */
#include "small.h"

#include "prove.h"

#include "moves.h"

#include "../../core/ranges.c"

#define WORLD 8
#define KNOWN 2

static struct holds holds;

static struct range any_range(void)
{
	return (struct range){ nondet_u8() % WORLD, nondet_u8() % WORLD };
}

/* Sorted, disjoint, none empty, and joined where that is possible. */
static bool is_right(void)
{
	const struct hold *list = holds.list;

	for (u32 i = 0; i < holds.nr; i++)
		if (range_empty(list[i].range) ||
		    (i && (list[i - 1].range.end > list[i].range.start ||
			   (list[i - 1].range.end == list[i].range.start &&
			    list[i - 1].until == list[i].until))))
			return false;
	return true;
}

/* For how long an address is needed; 0: it is not. */
static u32 need_at(phys at)
{
	u32 need = 0;

	for (u32 i = 0; i < holds.nr; i++)
		if (at >= holds.list[i].range.start &&
		    at < holds.list[i].range.end)
			need = holds.list[i].until + 1u;
	return need;
}

static void look(struct range asked, enum until until, phys at)
{
	bool is_asked = at >= asked.start && at < asked.end;
	const struct hold *first = holds_first(&holds, asked, until);
	const struct hold *last = holds_last(&holds, asked, until);

	prove(!first == !last);
	if (first)
		prove(range_overlaps(first->range, asked) &&
		      range_overlaps(last->range, asked) &&
		      first->until >= until && last->until >= until);
	if (is_asked && need_at(at) >= until + 1u)
		prove(first && first->range.start <= at &&
		      last->range.end > at);
}

void harness(void)
{
	struct range asked = any_range();
	enum until until = nondet_u8() % 3;
	phys at = nondet_u8() % WORLD;
	u32 before;

	holds.nr = nondet_u8() % (KNOWN + 1);
	for (u32 i = 0; i < KNOWN; i++)
		holds.list[i] = (struct hold){ any_range(), nondet_u8() % 3 };
	assume(is_right());
	/* A longer one is added piece by piece, as this one. */
	assume(holds.nr < KNOWN ||
	       !range_overlaps(holds.list[0].range, asked) ||
	       !range_overlaps(holds.list[1].range, asked));
	look(asked, until, at);
	before = need_at(at);
	if (!holds_add(&holds, asked, until)) {
		prove(holds.nr == MAX_HOLDS);
		return;
	}
	prove(holds.nr <= MAX_HOLDS && is_right());
	if (at >= asked.start && at < asked.end)
		prove(need_at(at) == max_u64(before, until + 1u));
	else
		prove(need_at(at) == before);
}
