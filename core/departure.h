/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The departure area: what the last steps need while the copies may already
 * cover gangway. It is a part of the arena.
 */
#ifndef CORE_DEPARTURE_H
#define CORE_DEPARTURE_H

#include "handoff.h"
#include "mem.h"
#include "paging.h"

struct plan;

/* Bytes of arena it takes at most, with the alignments on the way. */
#define DEPARTURE_CODE_MAX  1024
#define DEPARTURE_STACK_LEN 1024
#define DEPARTURE_LEN                                                          \
	(PAGE_SIZE + PAGING_DEPART_LEN + DEPARTURE_CODE_MAX +                  \
	 DEPARTURE_STACK_LEN + sizeof(struct handoff) + 64)

/* How a program leaves. */
struct departure {
	/* Position-independent code that takes the handoff's address in RDI,
	 * does the copies and jumps. It runs where no copy reaches. */
	struct view code;
	/* Put page tables that map what a plan holds at its own address into
	 * the arena, PAGING_DEPART_LEN at most, and return their root. */
	phys (*put_tables)(const struct plan *plan, struct arena *arena);
};

/*
 * Put tables, code, stack and the plan's copies into the arena and complete
 * the handoff that the format's tell has begun. Returns its physical address.
 */
phys departure_build(const struct departure *departure, const struct plan *plan,
		     struct arena *arena, struct handoff *handoff);

#endif
