// SPDX-License-Identifier: BSD-2-Clause
/*
 * Views by their contract alone, which view.c proves, where two of them may be
 * equal however long they are: so short texts have long words in them.
 */
#include "prove.h"

bool view_read(struct view v, u64 offset, void *out, u64 size)
{
	prove(!size || __CPROVER_w_ok(out, size));
	if (!view_has(v, offset, size))
		return false;
	prove(!size || __CPROVER_r_ok(v.at + offset, size));
	if (size)
		__CPROVER_havoc_slice(out, size);
	return true;
}

bool view_equal(struct view a, struct view b)
{
	prove(!a.len || __CPROVER_r_ok(a.at, a.len));
	prove(!b.len || __CPROVER_r_ok(b.at, b.len));
	return nondet_bool();
}

bool view_starts(struct view v, struct view prefix)
{
	prove(!v.len || __CPROVER_r_ok(v.at, v.len));
	prove(!prefix.len || __CPROVER_r_ok(prefix.at, prefix.len));
	return v.len >= prefix.len && nondet_bool();
}
