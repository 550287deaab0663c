/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The complete search, for when the planner's first ideas have failed: what is
 * to be placed as blocks, what must be read in time as sources.
 */
#ifndef CORE_PLAN_SEARCH_H
#define CORE_PLAN_SEARCH_H

#include "plan.h"

/* Blocks: one for each source, one that has none, the arena, and spare memory
 * for all sources but one. */
#define MAX_BLOCKS (2 * MAX_SEARCHED + 2)

struct block {
	struct room room; /* the lowest place that serves is taken */
	u32 types;	  /* of memory that it may lie on: their bits */
	enum until needed;
	phys at; /* found */
};

/* Bytes that go to an offset in a block. */
struct source {
	u32 block;
	u64 offset, len; /* of all that is written there */
	struct range from;
};

struct search {
	struct plan *plan;
	bool too_many; /* blocks or sources: nothing is searched */
	u32 nr_blocks, nr_sources;
	u32 nr_copies; /* at most, for the arena's length */
	u32 nr_spares; /* for as many sources as are read last */
	u32 tries;     /* left */
	struct block blocks[MAX_BLOCKS];
	struct source sources[MAX_SEARCHED];
	u8 in_time[MAX_SEARCHED];  /* sources, the first to be read first */
	u8 by_address[MAX_BLOCKS]; /* blocks, the lowest first */
};

/* Begin a search around what the plan has promised and copies already. */
void search_begin(struct search *search, struct plan *plan);

/* Add a block, which goes to RAM that nobody needs after the jump, unless the
 * caller changes that. */
struct block *search_block(struct search *search, const struct room *room);

/* Add bytes that go to an offset in the last block, where len bytes are
 * written. */
void search_source(struct search *search, u64 offset, u64 len,
		   struct range from);

/*
 * Find places for all blocks and for the arena, such that the copies can be
 * done one after the other, with spare memory for as few of them as possible.
 * Finds some if there are any; where there are many pieces it gives up after
 * some time. docs/memory.md says why that is all.
 */
must_check bool search_run(struct search *search);

/* Once the copies that were searched for are in the plan: lead those through
 * spare memory for which it was found, and seal the plan. Without a search it
 * only does that. */
must_check why search_seal(const struct search *search);

#endif
