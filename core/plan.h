/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The planner: where everything goes, before anything moves. A plan is a list
 * of copies to be done in order, pieces of memory that must stay as they are,
 * and an arena in free memory for what is written before the jump.
 */
#ifndef CORE_PLAN_H
#define CORE_PLAN_H

#include "boot_info.h"
#include "handoff.h"
#include "ranges.h"

#define ANYWHERE     (~0ull) /* no limit to a room's end */
#define MAX_COPIES   1088    /* two for each module, and some more */
#define MAX_SEARCHED 8	     /* pieces that are placed in every way there is */
#define PLAN_LOWEST  PAGE_SIZE /* page 0 is the firmware's, and NULL's */

_Static_assert(MAX_COPIES >= 2 * MAX_MODULES, "modules that change places");
_Static_assert(MAX_HOLDS >= 2 * MAX_MODULES, "modules and their strings");

/* What a piece of memory must be like. */
struct room {
	u64 len;
	u64 align;    /* a power of two */
	phys min;     /* lowest start */
	phys end;     /* highest exclusive end */
	bool highest; /* else the lowest that fits */
};

struct plan {
	const struct boot_info *info;
	why bad;	    /* the first promise that could not be kept */
	struct room wanted; /* the last request that failed, or len 0 */
	u64 arena_len;	    /* bytes tell needs; formats add to it */
	phys arena_start;   /* what they must not lie below */
	phys arena_end;	    /* what they must lie below: 4 GiB or less */
	u32 overwrites;	    /* types of memory that the image may lie on as if
			       they were RAM: their bits */
	struct range arena; /* where they are, once sealed */

	/* Results the formats keep for tell and for the log. */
	const char *entry; /* which entry, in a few words */
	phys entry_at;	   /* the kernel's first instruction */
	phys load;	   /* where the kernel's image is when it is entered */
	u64 load_len;
	phys load_from; /* where its file's bytes lay before */
	u64 delta;	/* from where it was linked to there, modulo 2^64 */
	struct range window; /* used before it reads its parameters */
	u64 alignment;
	const char *odd;       /* what the kernel does not get; or NULL */
	struct range left_out; /* of the image: there is nothing to put it */
	struct range initrd;   /* empty: none */
	phys initrd_from;      /* where its first part lay before */
	struct range symbols;  /* the contents of its symbol sections */
	u64 symbols_len;       /* of their table of headers; 0: not told */
	u32 nr_copies;
	u32 nr_early;

	phys module_at[MAX_MODULES];	 /* where the kernel finds them */
	struct copy copies[MAX_COPIES];	 /* in order, once sealed */
	struct copy early[MAX_SEARCHED]; /* to be done before all those */
	struct holds
		holds; /* beside info->holds: what this plan has promised */

	/* For the ordering of the copies, by their numbers. */
	u16 by_dst[MAX_COPIES];	 /* sorted by where they go */
	u16 waits[MAX_COPIES];	 /* for how many others each has to wait */
	u16 blocker[MAX_COPIES]; /* one of those */
	u16 order[MAX_COPIES];	 /* which is done first, second, ... */
};

void plan_init(struct plan *plan, const struct boot_info *info);

/* Is every byte of the range RAM that nobody needs after the jump? That may be
 * page 0, where some kernels are linked to; nothing else is put there. */
bool plan_is_free(const struct plan *plan, struct range range);

/* Is it free for an image that cannot go elsewhere: RAM, or what the user lets
 * it overwrite? */
bool plan_is_free_for_image(const struct plan *plan, struct range range);

/* Is it free, and has it never been the firmware's? */
bool plan_is_calm(const struct plan *plan, struct range range);

/* Does anybody need something in the range after the jump? */
bool plan_is_needed(const struct plan *plan, struct range range);

/*
 * Find RAM that nobody needs from the step given on; if possible it also
 * avoids what is needed at all, and what has been the firmware's. False, and
 * out untouched, if there is none: then plan->wanted says what for. Promises
 * nothing yet.
 */
must_check bool plan_find(struct plan *plan, const struct room *want,
			  enum until needed, struct range *out);

/* Why a plan fails, once plan_find() has found no room for something. */
why plan_no_room(const struct plan *plan, const char *what);

/* Why a plan fails if an image, or a piece of it, must go to a range that is
 * not free from an address on. */
why plan_no_place(const struct plan *plan, const char *what, struct range range,
		  phys at);

/* The largest piece of RAM from min to end that nobody needs at all, from a
 * page boundary on; empty if there is none. With calm only of what has never
 * been the firmware's. */
struct range plan_largest(const struct plan *plan, phys min, phys end,
			  bool calm);

/* Promise a range to the kernel, with what is in it now. This and plan_copy()
 * leave plan->bad, which plan_seal() returns, if there are too many. */
void plan_keep(struct plan *plan, struct range range);

/*
 * Promise a range to the kernel, filled with len bytes from src, then zeroes.
 * A source may lie anywhere, under destinations and under gangway too; what
 * lies in its place already is not copied.
 */
void plan_copy(struct plan *plan, struct range dst, phys src, u64 len);

/* Read a source of copies that were asked for into spare memory, before all
 * other copies, so that its place need not wait. MAX_SEARCHED at most. */
void plan_copy_early(struct plan *plan, struct range from, phys spare);

/*
 * Put the copies into an order in which nothing is overwritten before it is
 * read, with spare memory where they wait for each other in a circle, and
 * find room for the arena within its bounds. Nothing can be added afterwards.
 */
must_check why plan_seal(struct plan *plan);

/* The room that the arena wants if there are so many copies. */
struct room plan_arena_room(const struct plan *plan, u32 nr_copies);

/* Bytes that the copies move. */
u64 plan_copied(const struct plan *plan);

#endif
