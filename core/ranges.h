/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Half-open ranges of physical addresses, and the one list of those that must
 * not be written: each says until which step of a boot it is needed.
 */
#ifndef CORE_RANGES_H
#define CORE_RANGES_H

#include "base.h"

struct range {
	phys start, end; /* end is exclusive; start == end is empty */
};

/* The last step of a boot that still needs what lies in a range. */
enum until {
	UNTIL_TELL,    /* gangway itself, what the door pointed at */
	UNTIL_PLACE,   /* what will be copied: modules, an opened kernel */
	UNTIL_FOREVER, /* what the kernel will find */
};

struct hold {
	struct range range;
	enum until until;
};

#define MAX_HOLDS 1120 /* two for each module, and some more */

/* Sorted and disjoint: where two were asked for, the longer one counts. Those
 * that touch are one, if they are needed equally long. */
struct holds {
	u32 nr;
	struct hold list[MAX_HOLDS];
};

static inline u64 range_len(struct range r)
{
	return r.end - r.start;
}

static inline bool range_empty(struct range r)
{
	return r.start >= r.end;
}

static inline bool range_overlaps(struct range a, struct range b)
{
	return !range_empty(a) && !range_empty(b) && a.start < b.end &&
	       b.start < a.end;
}

static inline bool range_within(struct range inner, struct range outer)
{
	return inner.start >= outer.start && inner.end <= outer.end;
}

/* The first of nr ranges, in order, that ends behind an address; nr if none
 * does. */
u32 ranges_behind(const struct range *ranges, u32 nr, phys at);

/* Nothing lies beyond, on any x86; and what lies before can be rounded up to a
 * page of any size. */
#define PHYS_END (0ull - GIB)

/* Make the range of len bytes at start; false if it would pass 2^64. */
static inline must_check bool range_of(phys start, u64 len, struct range *out)
{
	if (start + len < start)
		return false;
	*out = (struct range){ start, start + len };
	return true;
}

/* Add a hold; an empty range is not kept. False if the list is full: how much
 * of the range is held is not known then. */
must_check bool holds_add(struct holds *holds, struct range range,
			  enum until until);

/* The first hold that overlaps the range and is needed at least until the given
 * step; NULL if there is none. */
const struct hold *holds_first(const struct holds *holds, struct range range,
			       enum until until);

/* The last one. */
const struct hold *holds_last(const struct holds *holds, struct range range,
			      enum until until);

#endif
