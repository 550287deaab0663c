// SPDX-License-Identifier: BSD-2-Clause
/*
 * Looking into the window, and filling the arena.
 */
#include "mem.h"

u64 mem_reach_above(const struct mem *mem, phys at)
{
	u32 i = ranges_behind(mem->above, mem->nr_above, at);

	return i < mem->nr_above && at >= mem->above[i].start
		       ? mem->above[i].end - at
		       : 0;
}

/* Not one with mem_has(), whose answer is mostly at hand. */
static __attribute__((noinline)) bool has_or_shows(const struct mem *mem,
						   phys at, u64 len)
{
	u64 reach = mem_reach(mem, at);

	if (!len && at == mem->start + mem->len)
		return true;
	return reach && len <= reach &&
	       (!mem->show || at + len - mem->start <= mem->mapped ||
		mem->show((struct range){ at, at + len }));
}

bool mem_has(const struct mem *mem, phys at, u64 len)
{
	u64 offset = at - mem->start;

	return (offset < mem->mapped && len <= mem->mapped - offset) ||
	       has_or_shows(mem, at, len);
}

bool mem_view(const struct mem *mem, phys at, u64 len, struct view *out)
{
	if (!mem_has(mem, at, len))
		return false;
	*out = (struct view){ mem->host + (at - mem->start), len };
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
	const u8 *end;

	max = min_u64(max, mem_reach(mem, at));
	if (!max || !mem_view(mem, at, max, &v))
		return false;
	end = memchr(v.at, 0, max);
	if (!end)
		return false;
	*out = (struct view){ v.at, (u64)(end - v.at) };
	return true;
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
