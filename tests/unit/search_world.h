/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tight worlds of a few pages for the planner's complete search, and a model
 * that tries every place for everything, by bits. SEED=n in the environment
 * starts at world n, WORLDS=n makes that many.
 */
#ifndef TESTS_SEARCH_WORLD_H
#define TESTS_SEARCH_WORLD_H

#include "boot.h"
#include "guest.h"

#define PAGES	   40
#define MAX_PIECES 4 /* the kernel, and what goes with it */

/* A set of pages: bit i is page i of the world. */
typedef u64 pages;

static struct mem mem;
static struct boot_info info;
static struct boot boot;
static struct plan plan;

static struct world {
	u64 number, random_state;
	phys base;
	pages ram, below_4g;
	pages tell, forever; /* what is held, and until when */
	pages sources;
	u32 nr_pieces; /* piece 0 is the kernel */
	struct {
		u32 at, len; /* in pages */
	} pieces[MAX_PIECES];
} world;

#define check(condition)                                                       \
	do {                                                                   \
		if (!(condition))                                              \
			fail_msg("SEED=%lu WORLDS=1: %s", world.number,        \
				 #condition);                                  \
	} while (0)

/* splitmix64 */
static inline u64 below(u64 limit)
{
	u64 z = (world.random_state += 0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % limit;
}

static inline phys address(u64 page)
{
	return world.base + page * PAGE_SIZE;
}

static inline u32 page_of(phys at)
{
	return (u32)((at - world.base) / PAGE_SIZE);
}

static inline struct range range_at(u64 page, u64 len)
{
	return (struct range){ address(page), address(page + len) };
}

static inline pages bits(u32 at, u32 len)
{
	return ((1ull << len) - 1) << at;
}

static inline pages piece_bits(u32 i)
{
	return bits(world.pieces[i].at, world.pieces[i].len);
}

/* Somewhere in RAM where nothing else is. */
static inline bool take(u32 max, u32 *at, u32 *len)
{
	pages taken = world.tell | world.forever | world.sources;

	for (u32 tries = 0; tries < 20; tries++) {
		*len = 1 + (u32)below(max);
		*at = (u32)below(PAGES - *len);
		if (!(bits(*at, *len) & (~world.ram | taken)))
			return true;
	}
	return false;
}

static inline void make_ram(void)
{
	u32 end = PAGES - (u32)below(PAGES / 2), len;

	world.base = below(3) ? PAGE_SIZE : 4 * GIB - below(PAGES) * PAGE_SIZE;
	for (u32 at = 0; at < end; at += len + 1 + (u32)below(2)) {
		len = (u32)min_u64(end - at, 4 + below(PAGES));
		info_add_region(&info, address(at), len * PAGE_SIZE,
				REGION_RAM);
		world.ram |= bits(at, len);
	}
	for (u32 i = 0; i < PAGES; i++)
		if (address(i) < 4 * GIB)
			world.below_4g |= bits(i, 1);
}

static inline void make_holds(void)
{
	u32 at, len;

	if (take(3, &at, &len)) {
		info_hold(&info, address(at), len * PAGE_SIZE);
		world.tell |= bits(at, len);
	}
	if (!below(3) && take(2, &at, &len)) {
		info_keep(&info, address(at), len * PAGE_SIZE);
		world.forever |= bits(at, len);
	}
}

/* A kernel's file, and up to max - 1 others; false if they found no place. */
static inline bool make_pieces(u32 max)
{
	u32 nr = 1 + (u32)below(max);

	for (u32 i = 0; i < nr; i++) {
		u32 at, len;

		if (!take(7, &at, &len))
			return false;
		world.pieces[i].at = at;
		world.pieces[i].len = len;
		world.sources |= bits(at, len);
		world.nr_pieces++;
		info_add_module(&info, address(at), address(at + len),
				VIEW(""));
		if (i)
			boot.payload.modules[boot.payload.nr_modules++] =
				info.modules[i];
	}
	return true;
}

static inline bool make_world(u64 number, u32 max_pieces)
{
	memset(&world, 0, sizeof(world));
	world.number = number;
	world.random_state = number << 20;
	info.nr_regions = info.nr_modules = info.holds.nr = 0;
	boot.payload.nr_modules = 0;
	make_ram();
	mem.start = world.base;
	make_holds();
	return make_pieces(max_pieces);
}

/* Whether a run of so many pages is in a set, and the first that is. */
static inline bool has_run(pages set, u32 len, u32 *at)
{
	for (*at = 0; *at + len <= PAGES; ++*at)
		if (!(bits(*at, len) & ~set))
			return true;
	return false;
}

/* Room for the arena and for spare pieces, all disjoint: try every place of
 * the first spare piece, and so on. */
static inline bool has_spare(pages arena, pages spare, u32 arena_len,
			     const u32 *lens, u32 nr)
{
	u32 at;

	if (!nr)
		return has_run(arena, arena_len, &at);
	for (at = 0; at + lens[0] <= PAGES; at++) {
		pages here = bits(at, lens[0]);

		if (!(here & ~spare) && has_spare(arena & ~here, spare & ~here,
						  arena_len, lens + 1, nr - 1))
			return true;
	}
	return false;
}

struct move {
	pages to, from;
	u32 len;
};

/* Can these be done one after the other, but for those that go through spare
 * memory? */
static inline bool has_order(const struct move *moves, u32 nr, u32 spared)
{
	u32 left = ((1u << nr) - 1) & ~spared;
	u32 before;

	do {
		before = left;
		for (u32 i = 0; i < nr; i++) {
			bool free = left & 1u << i;

			for (u32 j = 0; j < nr && free; j++)
				free = i == j || !(left & 1u << j) ||
				       !(moves[i].to & moves[j].from);
			if (free)
				left &= ~(1u << i);
		}
	} while (left != before);
	return !left;
}

/* Is it a layout, with what the kernel finds in these pages? */
static inline bool is_layout(const struct move *moves, u32 nr, pages kept,
			     u32 arena_len)
{
	pages free = world.ram & ~(world.forever | world.sources | kept);
	pages arena = free & world.below_4g & ~world.tell;
	u32 lens[MAX_PIECES];

	for (u32 spared = 0; spared < 1u << nr; spared++) {
		u32 nr_lens = 0;

		for (u32 i = 0; i < nr; i++)
			if (spared & 1u << i)
				lens[nr_lens++] = moves[i].len;
		if (has_order(moves, nr, spared) &&
		    has_spare(arena, free, arena_len, lens, nr_lens))
			return true;
	}
	return false;
}

/* What the pages hold after the plan's copies: who was there, or nobody. */
static inline void do_copies(u32 content[PAGES])
{
	for (u32 i = 0; i < PAGES; i++)
		content[i] = i;
	for (u32 i = 0; i < plan.nr_copies; i++) {
		const struct copy *copy = &plan.copies[i];

		if (copy->len)
			memmove(content + page_of(copy->dst),
				content + page_of(copy->src),
				copy->len / PAGE_SIZE * sizeof(content[0]));
		for (u64 j = 0; j < copy->zero / PAGE_SIZE; j++)
			content[page_of(copy->dst + copy->len) + j] = PAGES;
	}
}

/* Is a piece whole at an address? */
static inline void check_piece(const u32 content[PAGES], u32 i, phys at)
{
	for (u32 j = 0; j < world.pieces[i].len; j++)
		check(content[page_of(at) + j] == world.pieces[i].at + j);
}

/* The pages of a range, which must be those of the world. */
static inline pages bits_of(struct range range)
{
	check(range.start >= world.base && range.end <= address(PAGES));
	return bits(page_of(range.start),
		    (u32)((align_up(range.end, PAGE_SIZE) -
			   align_down(range.start, PAGE_SIZE)) /
			  PAGE_SIZE));
}

static inline int world_setup(void **state)
{
	(void)state;
	mem.host = malloc(PAGES * PAGE_SIZE);
	mem.len = PAGES * PAGE_SIZE;
	assert_non_null(mem.host);
	info_init(&info, "test");
	info.rsdp = 1;
	boot_init(&boot, &mem, &info);
	return 0;
}

static inline int world_teardown(void **state)
{
	(void)state;
	free(mem.host);
	return 0;
}

static inline u64 from_environment(const char *name, u64 otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

#endif
