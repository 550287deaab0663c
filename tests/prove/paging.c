// SPDX-License-Identifier: BSD-2-Clause
/*
 * Page tables of what lies above the first GiB, with two entries a table and
 * three tables' worth of memory: what lies in a run that was shown is mapped at
 * its own address, no page is mapped that has nothing of a run in it, and the
 * tables that were counted suffice.
 */
#include "prove.h"

#include "../../core/paging.c"

#define WORLD_END (4 * GIB)
#define STEP	  (LARGE_PAGE / 2)
#define STEPS	  (WORLD_END / STEP)
#define TABLES	  6
#define SLOTS	  (WORLD_END / (TABLE_LEN * GIB))

static u64 window[SLOTS], first[TABLE_LEN], tables[TABLES * TABLE_LEN];
static struct paging paging = { .window = window, .first = first };
static struct boot_info info;

/* As arena_take() is, which mem.c proves; all is zero from the start. */
void *arena_take(struct arena *arena, u64 len, u64 align, phys *at)
{
	prove(len == PAGE_SIZE && align == PAGE_SIZE);
	*at = arena->next;
	if (arena->end - arena->next < len)
		return NULL;
	arena->next += len;
	return &tables[(*at - MIB) / sizeof(u64)];
}

u32 ranges_behind(const struct range *ranges, u32 nr, phys at)
{
	u32 i = 0;

	while (i < nr && ranges[i].end <= at)
		i++;
	return i;
}

static u64 *table_of(u64 entry)
{
	u64 i = ((entry & PTE_AT) - MIB) / sizeof(u64);

	prove(i % TABLE_LEN == 0 && i < TABLES * TABLE_LEN);
	return &tables[i];
}

/* Is it mapped, at its own address? */
static bool is_mapped(phys at)
{
	u64 *gibs = first, entry;
	u64 size = GIB;

	if (slot_of(at)) {
		entry = window[slot_of(at)];
		if (!(entry & PTE_PRESENT))
			return false;
		prove(entry & paging.no_execute || !paging.no_execute);
		gibs = table_of(entry);
	}
	entry = gibs[at / GIB % TABLE_LEN];
	if ((entry & PTE_PRESENT) && !(entry & PTE_LARGE)) {
		size = LARGE_PAGE;
		entry = table_of(entry)[at / LARGE_PAGE % TABLE_LEN];
	}
	prove(!entry || entry == (align_down(at, size) | PTE_PAGE));
	return entry;
}

static phys any_address(void)
{
	phys at = FIRST_END + nondet_u8() % STEPS * STEP;

	assume(at <= WORLD_END);
	return at;
}

void harness(void)
{
	struct mem mem = { .host = (u8 *)tables, .start = MIB };
	struct range run = { any_address(), any_address() };
	struct range asked = { any_address(), any_address() };
	phys at = any_address();
	struct range page = { align_down(at, LARGE_PAGE),
			      align_down(at, LARGE_PAGE) + LARGE_PAGE };
	u64 len;

	assume(run.start < run.end && at < WORLD_END);
	paging.has_gib_pages = nondet_bool();
	paging.no_execute = nondet_bool() ? 1ull << 63 : 0;
	paging.above[0] = run;
	paging.nr_above = 1;
	len = tables_len(&paging, 1);
	prove(len <= sizeof(tables));
	paging.tables =
		(struct arena){ .mem = &mem, .next = MIB, .end = MIB + len };
	prove(paging_show(&paging, asked));
	if (is_mapped(at))
		prove(range_overlaps(page, run));
	else
		prove(at < asked.start || at >= asked.end || at < run.start ||
		      at >= run.end);
}
