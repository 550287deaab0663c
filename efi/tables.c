// SPDX-License-Identifier: BSD-2-Clause
/*
 * Identity maps of 2 MiB or 1 GiB pages, 4 or 5 levels deep as the firmware has
 * it, since the depth cannot be changed in long mode.
 */
#include "tables.h"

#include "cpu.h"
#include "paging.h"

#define TABLE_LEN      512
#define LARGE_PAGE     (2 * MIB)
#define SLOT	       (TABLE_LEN * GIB)
#define MOST_MAPPED    (TABLE_LEN * SLOT / 2)
#define PTE_TABLE      (PTE_PRESENT | PTE_WRITABLE)
#define CPUID_FEATURES 0x80000001
#define CPUID_GIB_PAGE (1u << 26)
#define CR4_LA57       (1u << 12)

/* One piece of memory: the table of 5-level paging, if it is on; the top
 * table; one table for each 512 GiB; one for each GiB, if pages are small. */
static struct {
	u64 *fifth, *top, *slots, *gibs;
	u64 nr_slots, nr_gibs; /* nr_gibs 0: pages of 1 GiB */
} tables;

/* Large pages from 0 on; there may be thousands. */
static void fill_pages(u64 *at, u64 nr, u64 size)
{
	u64 page = PTE_TABLE | PTE_LARGE;

	for (u64 *end = at + nr; at != end; page += size)
		*at++ = page;
}

static phys fill(phys end)
{
	for (u64 i = 0; i < tables.nr_slots; i++)
		tables.top[i] =
			phys_of(tables.slots + i * TABLE_LEN) | PTE_TABLE;
	for (u64 i = 0; i < tables.nr_gibs; i++)
		tables.slots[i] =
			phys_of(tables.gibs + i * TABLE_LEN) | PTE_TABLE;
	if (tables.nr_gibs)
		fill_pages(tables.gibs, tables.nr_gibs * TABLE_LEN, LARGE_PAGE);
	else
		fill_pages(tables.slots, end / GIB, GIB);
	if (!tables.fifth)
		return phys_of(tables.top);
	tables.fifth[0] = phys_of(tables.top) | PTE_TABLE;
	return phys_of(tables.fifth);
}

why tables_build(struct boot_info *info, phys end, phys *root)
{
	u64 five = !!(read_cr4() & CR4_LA57);
	struct view pages;
	u64 nr, *at;
	why bad;

	end = align_up(max_u64(end, WINDOW_PDS * GIB), GIB);
	if (end > MOST_MAPPED)
		return "RAM lies beyond what can be mapped";
	tables.nr_slots = align_up(end, SLOT) / SLOT;
	tables.nr_gibs =
		cpuid(CPUID_FEATURES, 0).edx & CPUID_GIB_PAGE ? 0 : end / GIB;
	nr = five + 1 + tables.nr_slots + tables.nr_gibs;
	bad = pages_take(nr * PAGE_SIZE, &pages);
	if (bad)
		return bad;
	memset(pages_writable(pages), 0, pages.len);
	at = (u64 *)pages_writable(pages);
	tables.fifth = five ? at : NULL;
	tables.top = at + five * TABLE_LEN;
	tables.slots = tables.top + TABLE_LEN;
	tables.gibs = tables.slots + tables.nr_slots * TABLE_LEN;
	*root = fill(end);
	if (!holds_add(&info->holds, range_at(pages), UNTIL_FOREVER))
		return "no free entry to hold the page tables";
	return NULL;
}

/* The parts that a kernel uses first go into its arena, whose place suits it;
 * beyond 4 GiB it gets what is there. */
phys tables_depart(const struct boot_info *info, struct arena *arena)
{
	(void)info;

	phys at, slot_at;
	u64 *top = arena_take(arena, PAGE_SIZE, PAGE_SIZE, &at);
	u64 *slot = arena_take(arena, PAGE_SIZE, PAGE_SIZE, &slot_at);

	if (arena->is_full)
		return 0;
	memcpy(top, tables.top, PAGE_SIZE);
	memcpy(slot, tables.slots, PAGE_SIZE);
	top[0] = slot_at | PTE_TABLE;
	for (u32 i = 0; i < WINDOW_PDS && tables.nr_gibs; i++)
		slot[i] = PTE_TABLE |
			  arena_put(arena, tables.gibs + i * TABLE_LEN,
				    PAGE_SIZE, PAGE_SIZE);
	if (!tables.fifth)
		return at;
	tables.fifth[0] = at | PTE_TABLE;
	return phys_of(tables.fifth);
}
