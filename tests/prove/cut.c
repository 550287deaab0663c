// SPDX-License-Identifier: BSD-2-Clause
/*
 * What views are read by, which view.c uses as it is: what is copied is
 * anything, and a search finds any place. So no byte has to be followed, and
 * files and memories are as long as they like.
 */
#include "prove.h"

/* What the code copies lies where it should, and is not followed. */
void *memcpy(void *to, const void *from, size_t len)
{
	prove(!len || __CPROVER_r_ok(from, len));
	prove(!len || __CPROVER_w_ok(to, len));
	if (len)
		__CPROVER_havoc_slice(to, len);
	return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
	prove(!len || (__CPROVER_r_ok(a, len) && __CPROVER_r_ok(b, len)));
	return len ? (int)nondet_u32() : 0;
}

void *memchr(const void *bytes, int value, size_t len)
{
	u64 at = nondet_u64();

	(void)value;
	prove(!len || __CPROVER_r_ok(bytes, len));
	return at < len ? (u8 *)bytes + at : NULL;
}

size_t strnlen(const char *string, size_t max)
{
	u64 len = nondet_u64();

	prove(!max || __CPROVER_r_ok(string, max));
	assume(len <= max);
	return len;
}

static u64 find(const u8 *values, u64 nr, u64 size)
{
	u64 at = nondet_u64();

	prove(!nr || __CPROVER_r_ok(values, nr * size));
	assume(at <= nr);
	return at;
}

u64 mem_find32(const u8 *values, u64 nr, u32 value)
{
	(void)value;
	return find(values, nr, sizeof(u32));
}

u64 mem_find64(const u8 *values, u64 nr, u64 value)
{
	(void)value;
	return find(values, nr, sizeof(u64));
}
