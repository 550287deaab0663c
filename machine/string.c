// SPDX-License-Identifier: BSD-2-Clause
/*
 * The mem* and str* functions that our C, zlib and libfdt call: ISO C's, made
 * of string instructions, which are small and cost little per byte; and
 * view.h's mem_find.
 */
#include <string.h>

#include "cpu.h"
#include "view.h"

/* The compiler calls some of them after it has looked who is called. */
#define LIBRARY __attribute__((used))

LIBRARY void *memcpy(void *to, const void *from, size_t len)
{
	copy_up(to, from, len);
	return to;
}

LIBRARY void *memmove(void *to, const void *from, size_t len)
{
	if ((u64)to - (u64)from >= len)
		copy_up(to, from, len);
	else
		copy_down(to, from, len);
	return to;
}

LIBRARY void *memset(void *at, int byte, size_t len)
{
	fill_bytes(at, (u8)byte * 0x0101010101010101u, len);
	return at;
}

LIBRARY int memcmp(const void *a, const void *b, size_t len)
{
	u64 at = differ(a, b, len);

	return at < len ? ((const u8 *)a)[at] - ((const u8 *)b)[at] : 0;
}

LIBRARY void *memchr(const void *at, int byte, size_t len)
{
	u64 found = scan8(at, (u8)byte, len);

	return found < len ? (u8 *)at + found : NULL;
}

LIBRARY size_t strnlen(const char *text, size_t max)
{
	return scan8(text, 0, max);
}

LIBRARY size_t strlen(const char *text)
{
	return scan8(text, 0, -1ul);
}

LIBRARY char *strrchr(const char *text, int byte)
{
	char *found = NULL;

	for (;; text++) {
		if (*text == (char)byte)
			found = (char *)text;
		if (!*text)
			return found;
	}
}

u64 mem_find64(const u8 *values, u64 nr, u64 value)
{
	return scan64(values, value, nr);
}

u64 mem_find32(const u8 *values, u64 nr, u32 value)
{
	return scan32(values, value, nr);
}
