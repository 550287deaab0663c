// SPDX-License-Identifier: BSD-2-Clause
/*
 * Page tables: 4 levels, 2 MiB pages, or 1 GiB pages where entry.S found that
 * the CPU has them.
 */
#include "paging.h"

#include "plan.h"

#define LARGE_PAGE (2 * MIB)
#define TABLE_LEN  512
#define PTE_TABLE  (PTE_PRESENT | PTE_WRITABLE)
#define PTE_NX	   ((u64)PTE_NX_HIGH << 32)
#define PTE_AT	   0x000ffffffffff000ull

#define TABLE __attribute__((aligned(4096)))

/* entry.S fills these but for the image's. */
u64 top_table[TABLE_LEN] TABLE;
u64 window_pdpt[TABLE_LEN] TABLE;
u64 window_pds[WINDOW_PDS * TABLE_LEN] TABLE;
static u64 image_pdpt[TABLE_LEN] TABLE;
static u64 image_pd[TABLE_LEN] TABLE;
static u64 image_pt[TABLE_LEN] TABLE;
static u64 last_slot; /* of the window, 512 GiB each */

extern u8 _image[], _bss[], _image_end[], stack_guard[];

void paging_use(phys root);

static void map_image(const u8 *start, const u8 *end, u64 bits)
{
	for (u64 at = (u64)start; at < (u64)end; at += PAGE_SIZE)
		image_pt[at / PAGE_SIZE % TABLE_LEN] = at | bits;
}

void paging_protect(void)
{
	u64 nx = top_table[WINDOW_SLOT] & PTE_NX;

	map_image(_image, _bss, PTE_PRESENT);
	map_image(_bss, _image_end, PTE_PRESENT | PTE_WRITABLE | nx);
	image_pt[(u64)stack_guard / PAGE_SIZE % TABLE_LEN] = 0;
	image_pd[(u64)_image / LARGE_PAGE] = (u64)image_pt | PTE_TABLE;
	image_pdpt[0] = (u64)image_pd | PTE_TABLE;
	top_table[0] = (u64)image_pdpt | PTE_TABLE;
	paging_use((phys)(u64)top_table);
}

/* The table that an entry points at, made from the arena if there is none. */
static u64 *table_below(struct arena *arena, u64 *entry)
{
	const struct mem *mem = arena->mem;
	u64 *table;
	phys at;

	if (*entry & PTE_PRESENT)
		return (void *)(mem->host + ((*entry & PTE_AT) - mem->start));
	table = arena_take(arena, PAGE_SIZE, PAGE_SIZE, &at);
	if (table)
		*entry = at | PTE_TABLE;
	return table;
}

static u64 slot_of(phys at)
{
	return at / (TABLE_LEN * GIB);
}

/* The second-level table of an address; the first one is entry.S's. */
static u64 *pdpt_of(struct arena *arena, phys at)
{
	u64 slot = slot_of(at);
	u64 *entry = &top_table[WINDOW_SLOT + slot];
	u64 *pdpt;

	if (!slot)
		return window_pdpt;
	pdpt = table_below(arena, entry);
	*entry |= top_table[WINDOW_SLOT] & PTE_NX;
	last_slot = max_u64(last_slot, slot);
	return pdpt;
}

/* Map from start to end into the window, in pages of the size there are. */
static void map_window(struct arena *arena, phys start, phys end)
{
	u64 large = window_pdpt[0] & PTE_LARGE;
	u64 page = large ? GIB : LARGE_PAGE;

	for (phys at = align_down(start, page); at < end; at += page) {
		u64 *pdpt = pdpt_of(arena, at);
		u64 *entry, *pd;

		if (!pdpt)
			return;
		entry = &pdpt[at / GIB % TABLE_LEN];
		if (!large) {
			pd = table_below(arena, entry);
			if (!pd)
				return;
			entry = &pd[at / LARGE_PAGE % TABLE_LEN];
		}
		*entry = at | PTE_TABLE | PTE_LARGE;
	}
}

/* Bytes of tables for RAM beyond the first 4 GiB: a table for each 1 GiB, and
 * one for each 512 GiB, that a region touches. */
static u64 tables_len(const struct boot_info *info)
{
	u64 nr = 0;

	for (u32 i = 0; i < info->nr_regions; i++) {
		struct range r = info->regions[i].range;

		if (info->regions[i].type != REGION_RAM ||
		    r.end <= WINDOW_PDS * GIB)
			continue;
		if (!(window_pdpt[0] & PTE_LARGE))
			nr += (r.end - 1) / GIB - r.start / GIB + 1;
		/* The first of these is entry.S's. */
		nr += slot_of(r.end - 1) - slot_of(r.start) +
		      !!slot_of(r.start);
	}
	return nr * PAGE_SIZE;
}

why paging_extend(struct mem *mem, struct boot_info *info, struct plan *scratch)
{
	struct room want = {
		.len = tables_len(info),
		.align = PAGE_SIZE,
		.end = WINDOW_PDS * GIB,
	};
	struct range tables = { 0, 0 };
	struct arena arena;

	if (info_ram_end(info) <= WINDOW_PDS * GIB)
		return NULL;
	if (info_ram_end(info) > MAX_MAPPED)
		return "RAM lies beyond what can be mapped";
	plan_init(scratch, info);
	if (want.len && !plan_find(scratch, &want, UNTIL_TELL, &tables))
		return "no free RAM for page tables";
	if (!holds_add(&info->holds, tables, UNTIL_FOREVER))
		return "no free entry to hold the page tables";
	arena = (struct arena){ mem, tables.start, tables.end, false };
	for (u32 i = 0; i < info->nr_regions; i++) {
		struct range r = info->regions[i].range;

		r.start = max_u64(r.start, WINDOW_PDS * GIB);
		if (info->regions[i].type == REGION_RAM)
			map_window(&arena, r.start, r.end);
	}
	if (arena.is_full)
		return "too few page tables for all of RAM";
	for (u32 i = 0; i < info->nr_modules; i++)
		if (info->modules[i].range.end > WINDOW_PDS * GIB &&
		    !plan_is_free(scratch, info->modules[i].range))
			return "a module above 4 GiB does not lie in RAM";
	mem->len = max_u64(mem->len, info_ram_end(info) - mem->start);
	return NULL;
}

phys paging_depart(struct arena *arena)
{
	phys root, at;
	u64 *top = arena_take(arena, PAGE_SIZE, PAGE_SIZE, &root);
	u64 *pdpt = arena_take(arena, PAGE_SIZE, PAGE_SIZE, &at);

	if (arena->is_full)
		return 0;
	for (u64 i = 1; i <= last_slot; i++)
		top[i] = top_table[WINDOW_SLOT + i] & ~PTE_NX;
	top[0] = at | PTE_TABLE;
	memcpy(pdpt, window_pdpt, sizeof(window_pdpt));
	for (u32 i = 0; i < WINDOW_PDS; i++)
		if (!(pdpt[i] & PTE_LARGE))
			pdpt[i] = PTE_TABLE |
				  arena_put(arena, &window_pds[i * TABLE_LEN],
					    PAGE_SIZE, PAGE_SIZE);
	return root;
}
