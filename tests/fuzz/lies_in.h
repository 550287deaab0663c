/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where what a reader has found must be.
 */
#ifndef TESTS_FUZZ_LIES_IN_H
#define TESTS_FUZZ_LIES_IN_H

#include "view.h"

/* Is it a part of the whole? An empty one may be its end. */
static inline bool lies_in(struct view whole, struct view part)
{
	return part.at >= whole.at && part.at <= whole.at + whole.len &&
	       part.len <= (u64)(whole.at + whole.len - part.at);
}

/* Is it, or is it empty, wherever that is? */
static inline bool is_found_in(struct view whole, struct view part)
{
	return part.at && (!part.len || lies_in(whole, part));
}

#endif
