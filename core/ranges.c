// SPDX-License-Identifier: BSD-2-Clause
/*
 * The list of ranges that must not be written, and until when.
 */
#include "ranges.h"

bool holds_add(struct holds *holds, struct range range, enum until until)
{
	struct hold *last;

	if (range_empty(range))
		return true;
	if (holds->nr) {
		last = &holds->list[holds->nr - 1];
		if (last->until == until && range.start >= last->range.start &&
		    range.start <= last->range.end) {
			last->range.end = max_u64(last->range.end, range.end);
			return true;
		}
	}
	if (holds->nr == MAX_HOLDS)
		return false;
	holds->list[holds->nr++] = (struct hold){ range, until };
	return true;
}

const struct hold *holds_hit(const struct holds *holds, struct range range,
			     enum until until)
{
	const struct hold *hold = holds->list;

	for (u32 i = 0; i < holds->nr; i++, hold++)
		if (hold->until >= until && range_overlaps(hold->range, range))
			return hold;
	return NULL;
}
