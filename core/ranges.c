// SPDX-License-Identifier: BSD-2-Clause
/*
 * The list of ranges that must not be written, and until when. There are
 * hundreds of them where there are hundreds of modules: every look-up is a
 * binary search.
 */
#include "ranges.h"

#include <string.h>

u32 ranges_behind(const struct range *ranges, u32 nr, phys at)
{
	u32 low = 0;

	while (low < nr) {
		u32 middle = (low + nr) / 2;

		if (ranges[middle].end > at)
			nr = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* The number of the first hold that ends behind an address; nr if none does.
 * Most are added in order: then it is none. */
static u32 holds_behind(const struct holds *holds, phys at)
{
	u32 low = 0, high = holds->nr;

	if (high && holds->list[high - 1].range.end <= at)
		return high;
	while (low < high) {
		u32 middle = (low + high) / 2;

		if (holds->list[middle].range.end > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void take_out(struct holds *holds, u32 at)
{
	struct hold *here = &holds->list[at];

	memmove(here, here + 1, (--holds->nr - at) * sizeof(*here));
}

static bool insert(struct holds *holds, u32 at, struct hold hold)
{
	struct hold *here = &holds->list[at];

	if (range_empty(hold.range))
		return true;
	if (holds->nr == MAX_HOLDS)
		return false;
	memmove(here + 1, here, (holds->nr++ - at) * sizeof(*here));
	*here = hold;
	return true;
}

/* Put a hold where there is none, in front of number at: it grows together
 * with neighbours of its kind. */
static bool put(struct holds *holds, u32 at, struct hold hold)
{
	struct hold *next = &holds->list[at];
	bool joins_next = at < holds->nr && next->until == hold.until &&
			  next->range.start == hold.range.end;
	bool joins_before = at && next[-1].until == hold.until &&
			    next[-1].range.end == hold.range.start;

	if (joins_next)
		next->range.start = hold.range.start;
	if (joins_before)
		next[-1].range.end =
			joins_next ? next->range.end : hold.range.end;
	if (joins_before && joins_next)
		take_out(holds, at);
	return joins_before || joins_next || insert(holds, at, hold);
}

/* A part of a hold is needed for longer than the rest of it. */
static bool prolong(struct holds *holds, u32 at, struct hold part)
{
	struct hold whole = holds->list[at], head = whole, tail = whole;

	head.range.end = part.range.start;
	tail.range.start = part.range.end;
	take_out(holds, at);
	return insert(holds, at, tail) && put(holds, at, part) &&
	       insert(holds, at, head);
}

bool holds_add(struct holds *holds, struct range range, enum until until)
{
	bool fits = true;

	while (fits && !range_empty(range)) {
		u32 i = holds_behind(holds, range.start);
		const struct hold *known = &holds->list[i];
		struct hold part = { range, until };

		if (i < holds->nr && known->range.start <= range.start) {
			part.range.end = min_u64(range.end, known->range.end);
			if (known->until < until)
				fits = prolong(holds, i, part);
		} else {
			if (i < holds->nr)
				part.range.end =
					min_u64(range.end, known->range.start);
			fits = put(holds, i, part);
		}
		range.start = part.range.end;
	}
	return fits;
}

const struct hold *holds_first(const struct holds *holds, struct range range,
			       enum until until)
{
	if (range_empty(range))
		return NULL;
	for (u32 i = holds_behind(holds, range.start);
	     i < holds->nr && holds->list[i].range.start < range.end; i++)
		if (holds->list[i].until >= until)
			return &holds->list[i];
	return NULL;
}

const struct hold *holds_last(const struct holds *holds, struct range range,
			      enum until until)
{
	u32 i;

	if (range_empty(range))
		return NULL;
	i = holds_behind(holds, range.end - 1);
	if (i < holds->nr && holds->list[i].range.start < range.end)
		i++;
	while (i-- && holds->list[i].range.end > range.start)
		if (holds->list[i].until >= until)
			return &holds->list[i];
	return NULL;
}
