// SPDX-License-Identifier: BSD-2-Clause
/*
 * What is seen above the beginning of the window, and filling the arena.
 */
#include "mem.h"

u64 mem_reach_above(const struct mem *mem, phys at)
{
	u32 i = ranges_behind(mem->above, mem->nr_above, at);

	return i < mem->nr_above && at >= mem->above[i].start
		       ? mem->above[i].end - at
		       : 0;
}

void *arena_take(struct arena *arena, u64 len, u64 align, phys *at)
{
	phys start = align_up(arena->next, align);
	u64 gap = start - arena->next;
	u8 *host;

	*at = 0;
	if (start < arena->next || start > arena->end ||
	    len > arena->end - start ||
	    !mem_has(arena->mem, arena->next, gap + len)) {
		arena->is_full = true;
		return NULL;
	}
	/* The gap, too: it may be padding that belongs to what is told. */
	host = arena->mem->host + (arena->next - arena->mem->start);
	memset(host, 0, gap + len);
	arena->next = start + len;
	*at = start;
	return host + gap;
}

phys arena_put(struct arena *arena, const void *bytes, u64 len, u64 align)
{
	phys at;
	void *host = arena_take(arena, len, align, &at);

	if (host)
		memcpy(host, bytes, len);
	return at;
}
