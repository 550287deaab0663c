/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine that is not there: its memory, and what is known of one boot on it.
 * Memory that nobody touches takes none of ours, and files lie in it as they
 * are on the disk.
 */
#ifndef TOOL_WORLD_H
#define TOOL_WORLD_H

#include "boot.h"
#include "departure.h"
#include "input.h"
#include "paging.h"
#include "plan.h"

struct world {
	struct mem mem;
	struct boot_info info;
	struct boot boot;
	struct plan plan;
	struct paging paging;
};

/* The only one: it is large. */
extern struct world world;

/* What the loader's code is for the departure, but for its content. */
extern const struct departure world_departure;

/* Memory up to an address, and page tables as entry.S leaves them; or the end
 * of the program. */
void world_begin(phys end);

/* Give its memory back. */
void world_end(void);

/* The bytes at an address, or the end of the program. */
u8 *world_at(phys at, u64 len);

/* Put a file there. */
void world_put_file(phys at, const struct input *file);

/*
 * Open a file that is the only module, and plan its boot with a command line,
 * on a machine that has room for both: world.boot.payload and world.plan. Fails
 * with the sentence of such a boot, its step in front; world_end() then, too.
 */
must_check why world_open(const struct input *file, struct view line);

/* A table or a string to be told goes to *next, aligned to 8 bytes; returns
 * where, and moves *next behind it. */
phys world_tell(phys *next, const void *bytes, u64 len);

#endif
