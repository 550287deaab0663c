// SPDX-License-Identifier: BSD-2-Clause
/*
 * Page tables of 4 levels: 2 MiB pages, or 1 GiB pages where the CPU has them.
 */
#include "paging.h"

#include "plan.h"

#define LARGE_PAGE (2 * MIB)
#define TABLE_LEN  512
#define FIRST_END  (WINDOW_PDS * GIB)
#define PTE_TABLE  (PTE_PRESENT | PTE_WRITABLE)
#define PTE_PAGE   (PTE_TABLE | PTE_LARGE)
#define PTE_AT	   0x000ffffffffff000ull

static u64 slot_of(phys at)
{
	return at / (TABLE_LEN * GIB);
}

/* Is that GiB, of a run, mapped by one page? */
static bool is_gib_page(const struct paging *paging, struct range run, phys at)
{
	at = align_down(at, GIB);
	return paging->has_gib_pages && at >= run.start && at < run.end &&
	       run.end - at >= GIB;
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

/* The table of the GiBs around an address. */
static u64 *gibs_of(struct paging *paging, phys at)
{
	u64 slot = slot_of(at);
	u64 *gibs;

	if (!slot)
		return paging->first;
	gibs = table_below(&paging->tables, &paging->window[slot]);
	paging->window[slot] |= paging->no_execute;
	paging->nr_slots = (u32)max_u64(paging->nr_slots, slot + 1);
	return gibs;
}

/* Map the page around an address in a run; returns its end, or 0 if there is no
 * room for its tables. */
static phys map_page(struct paging *paging, struct range run, phys at)
{
	bool is_gib = is_gib_page(paging, run, at);
	u64 size = is_gib ? GIB : LARGE_PAGE;
	u64 *table = gibs_of(paging, at);
	u64 *entry;

	if (!table)
		return 0;
	at = align_down(at, size);
	entry = &table[at / GIB % TABLE_LEN];
	if (!is_gib) {
		table = table_below(&paging->tables, entry);
		if (!table)
			return 0;
		entry = &table[at / LARGE_PAGE % TABLE_LEN];
	}
	*entry = at | PTE_PAGE;
	return at + size;
}

bool paging_show(struct paging *paging, struct range range)
{
	const struct range *above = paging->above;
	u32 nr = paging->nr_above, i = ranges_behind(above, nr, range.start);

	for (phys at = range.start; at < range.end;) {
		while (i < nr && above[i].end <= at)
			i++;
		if (i == nr || above[i].start >= range.end)
			return true;
		at = map_page(paging, above[i], max_u64(at, above[i].start));
		if (!at)
			return false;
	}
	return true;
}

/* Bytes of tables for what is above 4 GiB: one for each GiB that is not one
 * page, one for each 512 GiB but the first. */
static u64 tables_len(const struct paging *paging, u32 nr)
{
	u64 nr_tables = 0, next_gib = 0, next_slot = 1;

	for (u32 i = 0; i < nr; i++) {
		struct range run = paging->above[i];
		u64 first = max_u64(run.start / GIB, next_gib);
		u64 whole = align_up(run.start, GIB) / GIB;

		next_gib = (run.end - 1) / GIB + 1;
		nr_tables += next_gib - first;
		if (paging->has_gib_pages && run.end / GIB > whole)
			nr_tables -= run.end / GIB - whole;
		next_slot = max_u64(next_slot, slot_of(run.start));
		if (slot_of(run.end - 1) >= next_slot)
			nr_tables += slot_of(run.end - 1) - next_slot + 1;
		next_slot = max_u64(next_slot, slot_of(run.end - 1) + 1);
	}
	return nr_tables * PAGE_SIZE;
}

/* Does memory of that type hold something that outlives the firmware? */
static bool is_content(u32 type)
{
	return type == REGION_RAM || type == REGION_ACPI || type == REGION_NVS;
}

/* List what is to be mapped above 4 GiB; RAM that touches is one run. */
static u32 list_above(struct paging *paging, const struct boot_info *info)
{
	struct range *above = paging->above;
	u32 last_type = 0, nr = 0;

	for (u32 i = 0; i < info->nr_regions; i++) {
		const struct region *region = &info->regions[i];
		phys start = max_u64(region->range.start, FIRST_END);

		if (!is_content(region->type) || start >= region->range.end)
			continue;
		if (nr && region->type == last_type &&
		    above[nr - 1].end == start)
			nr--;
		else
			above[nr].start = start;
		above[nr++].end = region->range.end;
		last_type = region->type;
	}
	return nr;
}

static why check_modules(const struct boot_info *info, struct plan *scratch)
{
	for (u32 i = 0; i < info->nr_modules; i++)
		if (info->modules[i].range.end > FIRST_END &&
		    !plan_is_free(scratch, info->modules[i].range))
			return "a module above 4 GiB does not lie in RAM";
	return NULL;
}

why paging_list(struct paging *paging, const struct boot_info *info, u64 *len)
{
	u32 nr = list_above(paging, info);

	paging->nr_above = nr;
	if (nr && paging->above[nr - 1].end > MAX_MAPPED)
		return "RAM lies beyond what can be mapped";
	*len = tables_len(paging, nr);
	return NULL;
}

/* They are few, and a kernel may look at them before it has tables of its
 * own. */
static bool show_acpi(struct paging *paging, const struct boot_info *info)
{
	bool fits = true;

	for (u32 i = 0; i < info->nr_regions; i++) {
		const struct region *region = &info->regions[i];

		if (region->range.end > FIRST_END &&
		    region->type != REGION_RAM && is_content(region->type))
			fits &= paging_show(paging, region->range);
	}
	return fits;
}

why paging_map(struct paging *paging, struct range tables, struct mem *mem,
	       struct boot_info *info, struct plan *scratch)
{
	const struct range *above = paging->above;

	paging->tables = (struct arena){ mem, tables.start, tables.end, false };
	if (!holds_add(&info->holds, tables, UNTIL_FOREVER))
		return "no free entry to hold the page tables";
	if (!show_acpi(paging, info))
		return "too few page tables for ACPI's memory";
	mem->len = FIRST_END - mem->start;
	/* What begins at 4 GiB is seen without a gap. */
	if (paging->nr_above && above[0].start == FIRST_END)
		mem->len += range_len(above[0]);
	mem->above = above;
	mem->nr_above = paging->nr_above;
	return check_modules(info, scratch);
}

why paging_extend(struct paging *paging, struct mem *mem,
		  struct boot_info *info, struct plan *scratch)
{
	struct room want = {
		.align = PAGE_SIZE,
		.end = FIRST_END,
		.highest = true,
	};
	struct range tables = { 0, 0 };
	why bad = paging_list(paging, info, &want.len);

	if (bad)
		return bad;
	plan_init(scratch, info);
	if (want.len && !plan_find(scratch, &want, UNTIL_TELL, &tables))
		return "no free RAM for page tables";
	return paging_map(paging, tables, mem, info, scratch);
}

/* Leave out all pages that lie between two addresses as a whole. */
static void unmap(u64 *pages, phys start, phys end)
{
	start = align_up(start, LARGE_PAGE);
	end = align_down(min_u64(end, FIRST_END), LARGE_PAGE);
	if (start < end)
		memset(&pages[start / LARGE_PAGE], 0,
		       (end - start) / LARGE_PAGE * sizeof(*pages));
}

static void unmap_gaps(u64 *pages, const struct boot_info *info)
{
	phys next = MIB; /* there is always something in the first */

	for (u32 i = 0; i < info->nr_regions; i++) {
		const struct region *region = &info->regions[i];

		if (!is_content(region->type) && !info->efi.system_table)
			continue;
		if (region->range.start > next)
			unmap(pages, next, region->range.start);
		next = max_u64(next, region->range.end);
	}
	unmap(pages, next, FIRST_END);
}

phys paging_depart(struct paging *paging, const struct plan *plan,
		   struct arena *arena)
{
	phys root, first_at, pages_at;
	u64 *top = arena_take(arena, PAGE_SIZE, PAGE_SIZE, &root);
	u64 *first = arena_take(arena, PAGE_SIZE, PAGE_SIZE, &first_at);
	u64 *pages =
		arena_take(arena, WINDOW_PDS * PAGE_SIZE, PAGE_SIZE, &pages_at);

	for (u32 i = 0; i < plan->holds.nr; i++)
		if (!paging_show(paging, plan->holds.list[i].range))
			arena->is_full = true;
	if (arena->is_full)
		return 0;
	for (u32 i = 1; i < paging->nr_slots; i++)
		top[i] = paging->window[i] & ~paging->no_execute;
	top[0] = first_at | PTE_TABLE;
	memcpy(first, paging->first, PAGE_SIZE);
	for (u32 i = 0; i < WINDOW_PDS; i++)
		first[i] = (pages_at + i * PAGE_SIZE) | PTE_TABLE;
	memcpy(pages, paging->pages, WINDOW_PDS * PAGE_SIZE);
	unmap_gaps(pages, plan->info);
	return root;
}
