// SPDX-License-Identifier: BSD-2-Clause
/*
 * The page tables that a kernel is entered with, below 4 GiB, with two entries
 * a table: each page that has something in it is mapped at its own address, and
 * no other; and the tables are copies, which nothing of gangway's is behind.
 */
#include "prove.h"

#include "plan.h"

/* Entry by entry: of bytes whose number is not known the solver forgets some.
 */
static void clear(u64 *entries, u64 nr)
{
	while (nr--)
		*entries++ = 0;
}
#define memset(to, byte, len) clear(to, (len) / sizeof(u64))

#include "../../core/paging.c"

#define TABLES (2 + WINDOW_PDS)
#define PAGES  (WINDOW_PDS * TABLE_LEN)

static u64 window[2], first[TABLE_LEN], pages[PAGES];
static u64 made[TABLES * TABLE_LEN];
static struct paging paging = {
	.window = window, .first = first, .pages = pages, .nr_slots = 1
};
static struct boot_info info;
static struct plan plan = { .info = &info };

/* As arena_take() is, which mem.c proves. */
void *arena_take(struct arena *arena, u64 len, u64 align, phys *at)
{
	prove(align == PAGE_SIZE && len % PAGE_SIZE == 0);
	*at = arena->next;
	prove(arena->end - arena->next >= len);
	arena->next += len;
	return &made[(*at - MIB) / sizeof(u64)];
}

u32 ranges_behind(const struct range *ranges, u32 nr, phys at)
{
	(void)ranges;
	(void)at;
	return nr;
}

static const u64 *table_at(u64 entry)
{
	u64 i = ((entry & PTE_AT) - MIB) / sizeof(u64);

	prove((entry & ~PTE_AT) == PTE_TABLE);
	prove(i % TABLE_LEN == 0 && i < TABLES * TABLE_LEN);
	return &made[i];
}

static void any_regions(void)
{
	static const u32 types[] = { REGION_RAM, REGION_RESERVED, REGION_ACPI,
				     REGION_NVS, REGION_UNUSABLE };
	phys at = 0;

	info.nr_regions = nondet_u8() % 3;
	info.efi.system_table = nondet_u8() % 2;
	for (u32 i = 0; i < 2; i++) {
		info.regions[i].range =
			(struct range){ nondet_u64(), nondet_u64() };
		info.regions[i].type = types[nondet_u8() % ARRAY_LEN(types)];
		assume(info.regions[i].range.start >= at &&
		       info.regions[i].range.start < info.regions[i].range.end);
		at = info.regions[i].range.end;
		assume(at <= PHYS_END);
	}
}

/* Has the page something in it that a kernel may look for? */
static bool has_something(struct range page)
{
	bool found = page.start < MIB;

	for (u32 i = 0; i < info.nr_regions; i++) {
		u32 type = info.regions[i].type;

		if (type == REGION_RAM || type == REGION_ACPI ||
		    type == REGION_NVS || info.efi.system_table)
			found |= range_overlaps(info.regions[i].range, page);
	}
	return found;
}

void harness(void)
{
	struct arena arena = { .next = MIB, .end = MIB + PAGING_DEPART_LEN };
	u64 pick = nondet_u8() % PAGES, entry;
	struct range page = { pick * LARGE_PAGE, (pick + 1) * LARGE_PAGE };
	const u64 *table;

	for (u32 i = 0; i < PAGES; i++)
		pages[i] = i * LARGE_PAGE | PTE_PAGE;
	any_regions();
	table = table_at(paging_depart(&paging, &plan, &arena) | PTE_TABLE);
	prove(!arena.is_full && arena.next == arena.end);
	table = table_at(table[0]);
	table = table_at(table[page.start / GIB]);
	entry = table[page.start / LARGE_PAGE % TABLE_LEN];
	prove(entry == (has_something(page) ? page.start | PTE_PAGE : 0));
}
