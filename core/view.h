/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A view: read-only bytes that somebody else wrote, and how many there are.
 * Outside bytes are never seen in any other way.
 */
#ifndef CORE_VIEW_H
#define CORE_VIEW_H

#include <string.h>

#include "base.h"

struct view {
	const u8 *at; /* never NULL, even when len is 0 */
	u64 len;
};

/* The view of a string literal, without its NUL. */
#define VIEW(literal)                                                          \
	((struct view){ (const u8 *)(literal), sizeof(literal) - 1 })

/* The view of a string, without its NUL. */
static inline struct view view_string(const char *string)
{
	return (struct view){ (const u8 *)string, strlen(string) };
}

/* Are there size bytes at offset? Never wraps. */
static inline bool view_has(struct view v, u64 offset, u64 size)
{
	return offset <= v.len && size <= v.len - offset;
}

/* Copy size bytes at offset to out; false, and out untouched, if there are
 * fewer. */
must_check bool view_read(struct view v, u64 offset, void *out, u64 size);

/* Narrow v to size bytes at offset; false, and out untouched, if there are
 * fewer. */
static inline must_check bool view_cut(struct view v, u64 offset, u64 size,
				       struct view *out)
{
	if (!view_has(v, offset, size))
		return false;
	*out = (struct view){ v.at + offset, size };
	return true;
}

/* What is left of v from offset on; empty if offset is past its end. */
static inline struct view view_from(struct view v, u64 offset)
{
	u64 skip = min_u64(offset, v.len);

	return (struct view){ v.at + skip, v.len - skip };
}

/* The index of the first of nr values that is this one; nr if none is. In
 * string.c, and for tests in C. */
u64 mem_find64(const u8 *values, u64 nr, u64 value);

/* Narrow *v to begin at the next 8-byte step that holds a value; false, and *v
 * untouched, if there is none. */
static inline must_check bool view_find64(struct view *v, u64 value)
{
	u64 i = mem_find64(v->at, v->len / 8, value);

	if (i == v->len / 8)
		return false;
	*v = view_from(*v, 8 * i);
	return true;
}

/* The same with 4-byte values and steps. */
u64 mem_find32(const u8 *values, u64 nr, u32 value);

static inline must_check bool view_find32(struct view *v, u32 value)
{
	u64 i = mem_find32(v->at, v->len / 4, value);

	if (i == v->len / 4)
		return false;
	*v = view_from(*v, 4 * i);
	return true;
}

bool view_equal(struct view a, struct view b);

bool view_starts(struct view v, struct view prefix);

#endif
