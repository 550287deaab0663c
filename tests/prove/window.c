// SPDX-License-Identifier: BSD-2-Clause
/*
 * The window by its contract alone, which mem.c proves.
 */
#include "prove.h"

#include "mem.h"

/* It may fail for more reasons than the length of what is seen. */
bool mem_view(const struct mem *mem, phys at, u64 len, struct view *out)
{
	u64 offset = at - mem->start;

	if (at < mem->start || offset > mem->len || len > mem->len - offset ||
	    nondet_bool())
		return false;
	*out = (struct view){ mem->host + offset, len };
	return true;
}

bool mem_read(const struct mem *mem, phys at, void *out, u64 len)
{
	struct view v;

	return mem_view(mem, at, len, &v) && view_read(v, 0, out, len);
}

bool mem_string(const struct mem *mem, phys at, u64 max, struct view *out)
{
	struct view v;
	u64 len = nondet_u64();

	if (len >= max || !mem_view(mem, at, len + 1, &v))
		return false;
	*out = (struct view){ v.at, len };
	return true;
}
