// SPDX-License-Identifier: BSD-2-Clause
/*
 * What of views is too long to be in every place where they are looked at.
 */
#include "view.h"

bool view_read(struct view v, u64 offset, void *out, u64 size)
{
	if (!view_has(v, offset, size))
		return false;
	memcpy(out, v.at + offset, size);
	return true;
}

bool view_equal(struct view a, struct view b)
{
	return a.len == b.len && !memcmp(a.at, b.at, a.len);
}

bool view_starts(struct view v, struct view prefix)
{
	return v.len >= prefix.len && !memcmp(v.at, prefix.at, prefix.len);
}
