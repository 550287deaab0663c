// SPDX-License-Identifier: BSD-2-Clause
/*
 * Page tables by core/paging.c, in pages from the firmware, with its number of
 * levels, which cannot be changed in long mode.
 */
#include "tables.h"

#include "cpu.h"
#include "paging.h"
#include "plan.h"

#define TABLE_LEN      512
#define LARGE_PAGE     (2 * MIB)
#define NR_FIRST       (4 + WINDOW_PDS) /* tables for what is below 4 GiB */
#define PTE_TABLE      (PTE_PRESENT | PTE_WRITABLE)
#define CPUID_FEATURES 0x80000001
#define CPUID_GIB_PAGE (1u << 26)
#define CR4_LA57       (1u << 12)

static struct paging paging;
static u64 *fifth; /* two tables of 5-level paging: ours, the kernel's */

static phys root_of(phys top, u64 *table)
{
	if (!(read_cr4() & CR4_LA57))
		return top;
	table[0] = top | PTE_TABLE;
	return phys_of(table);
}

/* Map the first 4 GiB in pages of 2 MiB, as loader/entry.S does. */
static void map_first(u64 *table)
{
	u64 *top = table + 2 * TABLE_LEN, *end;
	u64 entry = PTE_TABLE | PTE_LARGE;

	fifth = table;
	paging = (struct paging){
		.window = top,
		.first = top + TABLE_LEN,
		.pages = top + 2 * TABLE_LEN,
		.has_gib_pages = cpuid(CPUID_FEATURES, 0).edx & CPUID_GIB_PAGE,
		.nr_slots = 1,
	};
	end = paging.pages + WINDOW_PDS * TABLE_LEN;
	top[0] = phys_of(paging.first) | PTE_TABLE;
	for (u64 i = 0; i < WINDOW_PDS; i++)
		paging.first[i] =
			phys_of(paging.pages + i * TABLE_LEN) | PTE_TABLE;
	/* Four at a time: no other loop of a boot is as long. */
	for (u64 *page = paging.pages; page < end; page += 4) {
		page[0] = entry;
		page[1] = entry + LARGE_PAGE;
		page[2] = entry + 2 * LARGE_PAGE;
		page[3] = entry + 3 * LARGE_PAGE;
		entry += 4 * LARGE_PAGE;
	}
}

static why take_tables(u64 nr, struct view *out)
{
	why bad = pages_take(nr * PAGE_SIZE, out);

	if (!bad)
		memset(pages_writable(*out), 0, out->len);
	return bad;
}

why tables_build(struct boot_info *info, struct mem *mem, struct plan *scratch,
		 phys *root)
{
	struct view first, more;
	u64 len = 0;
	why bad = take_tables(NR_FIRST, &first);

	if (bad)
		return bad;
	map_first((u64 *)pages_writable(first));
	*root = root_of(phys_of(paging.window), fifth);
	if (!holds_add(&info->holds, range_at(first), UNTIL_FOREVER))
		return "no free entry to hold the first page tables";
	bad = paging_list(&paging, info, &len);
	if (!bad)
		bad = take_tables(len / PAGE_SIZE, &more);
	if (bad)
		return bad;
	plan_init(scratch, info);
	bad = paging_map(&paging, range_at(more), mem, info, scratch);
	/* All at once: what is in hand lies anywhere, and nobody asks mem
	 * again. */
	if (!bad && !paging_show(&paging, (struct range){ 0, ~0ull }))
		bad = "too few page tables for all of RAM";
	return bad;
}

phys tables_depart(const struct plan *plan, struct arena *arena)
{
	return root_of(paging_depart(&paging, plan, arena), fifth + TABLE_LEN);
}
