/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical memory as one window. On the machine it is the map that entry.S
 * builds at WINDOW_BASE, in a test a buffer that begins wherever the test
 * likes. This is the only header that turns a physical address into a pointer.
 */
#ifndef CORE_MEM_H
#define CORE_MEM_H

#include "base.h"
#include "ranges.h"
#include "view.h"

struct mem {
	u8 *host;   /* where the byte at start is seen */
	phys start; /* the window's first physical address */
	u64 len;    /* bytes that are seen from there on without a gap */
	/* What else is seen, as if the window went on; in order, disjoint. */
	const struct range *above;
	u32 nr_above;
	/* Maps what lies behind the first so many bytes, not more than len,
	 * when somebody looks; NULL: all is mapped. */
	bool (*show)(struct range range);
	u64 mapped;
};

/* mem_reach() for an address behind the first len bytes. */
u64 mem_reach_above(const struct mem *mem, phys at);

/* How many bytes are seen from an address on; 0: not even that one. */
static inline u64 mem_reach(const struct mem *mem, phys at)
{
	u64 offset = at - mem->start;

	return at >= mem->start && offset < mem->len ? mem->len - offset
						     : mem_reach_above(mem, at);
}

/* Are len bytes seen? They can be looked at then. */
bool mem_has(const struct mem *mem, phys at, u64 len);

/* See len bytes at a physical address; false, and out untouched, if they are
 * not all in the window. */
must_check bool mem_view(const struct mem *mem, phys at, u64 len,
			 struct view *out);

/* Copy len bytes out of the window; false, and out untouched, if they are not
 * all in it. */
must_check bool mem_read(const struct mem *mem, phys at, void *out, u64 len);

/* See the NUL-terminated string at a physical address, without its NUL; false
 * if it has not ended after max bytes or at the end of the window. */
must_check bool mem_string(const struct mem *mem, phys at, u64 max,
			   struct view *out);

/* The physical address of a view that came from this window. */
static inline phys mem_phys(const struct mem *mem, struct view v)
{
	return mem->start + (u64)(v.at - mem->host);
}

/* The physical range of a view that came from this window. */
static inline struct range mem_range(const struct mem *mem, struct view v)
{
	phys start = mem_phys(mem, v);

	return (struct range){ start, start + v.len };
}

/* The bytes of a view of this window, to be written: only for memory that is
 * free. */
static inline u8 *mem_writable(const struct mem *mem, struct view v)
{
	return mem->host + (v.at - mem->host);
}

/*
 * An arena: a piece of free memory that is filled from its start, for what is
 * written before the jump. Everything in it is zeroed when it is taken.
 */
struct arena {
	const struct mem *mem;
	phys next, end;
	bool is_full; /* something did not fit: what it holds is of no use */
};

/* Take len zeroed bytes at a multiple of align (a power of two); those that are
 * skipped for it are zeroed as well. *at is their physical address. NULL, 0 and
 * is_full if they do not fit. */
void *arena_take(struct arena *arena, u64 len, u64 align, phys *at);

/* Copy len bytes into the arena and return their physical address; 0 and
 * is_full if they do not fit. */
phys arena_put(struct arena *arena, const void *bytes, u64 len, u64 align);

#endif
