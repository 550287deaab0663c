// SPDX-License-Identifier: BSD-2-Clause
/*
 * The complete search. Settle in which order the sources are read, which of
 * them go through spare memory, and in which order the blocks lie in memory:
 * then what each block must avoid is known, and nothing is lost if each takes
 * the lowest place above the block before it. So it is enough to go through
 * all such orders.
 */
#include "plan_search.h"

#include "plan_parts.h"

#define MAX_TRIES 200000 /* of an order of blocks: a second at most */
#define FIXED	  MAX_BLOCKS

static void add_source(struct search *search, struct source source)
{
	if (!source.len)
		return;
	search->too_many |=
		search->nr_sources == MAX_SEARCHED ||
		!holds_add(&search->plan->holds, source.from, UNTIL_PLACE);
	if (!search->too_many)
		search->sources[search->nr_sources++] = source;
}

void search_begin(struct search *search, struct plan *plan)
{
	search->plan = plan;
	search->too_many = false;
	search->nr_blocks = search->nr_sources = search->nr_spares = 0;
	search->nr_copies = plan->nr_copies;
	search->tries = MAX_TRIES;
	for (u32 i = 0; i < plan->nr_copies; i++) {
		struct range dst = copy_destination(&plan->copies[i]);

		add_source(search,
			   (struct source){ FIXED, dst.start, range_len(dst),
					    copy_source(&plan->copies[i]) });
	}
}

struct block *search_block(struct search *search, const struct room *room)
{
	struct block *block = &search->blocks[search->nr_blocks];

	block->room = *room;
	block->room.min = max_u64(room->min, PLAN_LOWEST);
	block->types = region_bit(REGION_RAM);
	block->needed = UNTIL_FOREVER;
	/* Each has a source, but for one initrd without a byte. */
	if (!search->too_many)
		search->nr_blocks++;
	return block;
}

void search_source(struct search *search, u64 offset, u64 len,
		   struct range from)
{
	search->nr_copies++;
	add_source(search,
		   (struct source){ search->nr_blocks - 1, offset, len, from });
}

/* The end of what is read after a source, in time, has been written to where
 * it goes, and lies there; 0 if nothing does. */
static phys read_later(const struct search *search, u32 time, struct range dst)
{
	for (u32 i = time + 1; i + search->nr_spares < search->nr_sources;
	     i++) {
		struct range from = search->sources[search->in_time[i]].from;

		if (range_overlaps(dst, from))
			return from.end;
	}
	return 0;
}

/* An address that a block must not begin below, since it cannot lie at the one
 * that it is tried at; 0 if it can. Only a source of its own may lie below
 * what is written of it. */
static phys must_pass(const struct search *search, u32 nr, phys at)
{
	const struct block *block = &search->blocks[nr];
	struct range range = { at, at + block->room.len };
	phys end;

	for (phys next = at; next < range.end; next = end)
		if (!(block->types &
		      region_bit(info_type_at(search->plan->info, next, &end))))
			return end;
	end = plan_last_held(search->plan, range, block->needed);
	for (u32 i = 0; i < search->nr_sources && !end; i++) {
		const struct source *s = &search->sources[search->in_time[i]];
		phys dst = at + s->offset;

		if (s->block != nr)
			continue;
		end = read_later(search, i,
				 (struct range){ dst, dst + s->len });
		if (end)
			end -= s->offset;
	}
	return end;
}

static bool place_block(struct search *search, u32 nr, phys min)
{
	struct block *block = &search->blocks[nr];
	const struct room *room = &block->room;
	phys at = max_u64(min, room->min);

	do {
		block->at = align_up(at, room->align);
		if (block->at < at || block->at > room->end ||
		    room->len > room->end - block->at)
			return false;
		at = must_pass(search, nr, block->at);
	} while (at);
	return true;
}

static void swap(u8 *a, u8 *b)
{
	u8 other = *a;

	*a = *b;
	*b = other;
}

static void start_order(u8 *list, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		list[i] = (u8)i;
}

/* Make the next order of nr numbers in which one of those up to the last so
 * many changes; false if there is none. */
static bool next_order(u8 *list, u32 nr, u32 last)
{
	u32 i = nr - 1, j = nr - 1;

	/* The last order that begins like this one: the others fall. */
	for (u32 at = last + 2; at < nr; at++)
		for (u32 k = at; k > last + 1 && list[k - 1] < list[k]; k--)
			swap(&list[k - 1], &list[k]);
	while (i && list[i - 1] > list[i])
		i--;
	if (!i)
		return false;
	while (list[j] < list[i - 1])
		j--;
	swap(&list[i - 1], &list[j]);
	for (j = nr - 1; i < j; i++, j--)
		swap(&list[i], &list[j]);
	return true;
}

/* Place all blocks one above the other, in some order. */
static bool place_blocks(struct search *search)
{
	u8 *list = search->by_address;
	u32 done;

	start_order(list, search->nr_blocks);
	do {
		phys end = 0;

		for (done = 0; done < search->nr_blocks; done++) {
			const struct block *block = &search->blocks[list[done]];

			if (!place_block(search, list[done], end))
				break;
			end = block->at + block->room.len;
		}
		if (done == search->nr_blocks)
			return true;
		if (!--search->tries)
			return false;
	} while (next_order(list, search->nr_blocks, done));
	return false;
}

/* Do the copies whose place is settled leave what is read later? */
static bool fixed_are_right(const struct search *search)
{
	for (u32 i = 0; i < search->nr_sources; i++) {
		const struct source *s = &search->sources[search->in_time[i]];
		struct range dst = { s->offset, s->offset + s->len };

		if (s->block == FIXED && read_later(search, i, dst))
			return false;
	}
	return true;
}

/* The source that goes through the i-th piece of spare memory: those that are
 * read last of all can be read first as well. */
static const struct source *spared(const struct search *search, u32 i)
{
	u32 time = search->nr_sources - 1 - i;

	return &search->sources[search->in_time[time]];
}

static u32 spare_block(const struct search *search, u32 i)
{
	return search->nr_blocks - search->nr_spares + i;
}

static bool search_in_time(struct search *search)
{
	u32 nr = search->nr_sources;

	start_order(search->in_time, nr);
	do {
		for (u32 i = 0; i < search->nr_spares; i++)
			search->blocks[spare_block(search, i)].room.len =
				range_len(spared(search, i)->from);
		if (fixed_are_right(search) && place_blocks(search))
			return true;
	} while (search->tries && nr && next_order(search->in_time, nr, nr));
	return false;
}

bool search_run(struct search *search)
{
	struct room room = plan_arena_room(search->plan, search->nr_copies);

	search_block(search, &room)->needed = UNTIL_TELL;
	/* Is there room at all, whatever is overwritten? */
	search->nr_spares = search->nr_sources;
	start_order(search->in_time, search->nr_sources);
	if (search->too_many || !place_blocks(search))
		return false;
	search->nr_spares = 0;
	room = (struct room){ .align = SPARE_ALIGN, .end = ANYWHERE };
	while (!search_in_time(search)) {
		if (++search->nr_spares >= search->nr_sources || !search->tries)
			return false;
		search_block(search, &room)->needed = UNTIL_PLACE;
	}
	return true;
}

why search_seal(const struct search *search)
{
	for (u32 i = 0; i < search->nr_spares; i++)
		plan_copy_early(search->plan, spared(search, i)->from,
				search->blocks[spare_block(search, i)].at);
	return plan_seal(search->plan);
}
