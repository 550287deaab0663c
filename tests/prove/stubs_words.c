// SPDX-License-Identifier: BSD-2-Clause
/*
 * The next word of a line, as cmdline.c proves it: not empty, in the line, and
 * what is left begins behind it. No line has more than two.
 */
#include "prove.h"

#include "cmdline.h"

bool cmdline_next(struct view *line, struct view *word)
{
	static u32 nr;
	u64 at = nondet_u64(), len = nondet_u64();

	nr = nr == 2 ? 0 : nr + 1;
	if (!nr || !len || !view_cut(*line, at, len, word))
		return false;
	*line = view_from(*line, at + len);
	return true;
}

bool cmdline_is_own(struct view word)
{
	return word.len >= strlen("gangway.") && nondet_bool();
}
