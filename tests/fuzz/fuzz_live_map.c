// SPDX-License-Identifier: BSD-2-Clause
/*
 * core/live_map.c: any map of the firmware's, modules anywhere in it, and a
 * plan that keeps any free ranges. Each page of these is to be taken once, if
 * it is the firmware's to give, and lies in a module's pages, if not. Input: 3
 * bytes for a piece of the map (gap, type, pages), 5 for a module or a range;
 * the first byte says how many pieces, the second how many modules.
 */
#include "oracle.h"

#include "efi_map.h"
#include "live_map.h"

#define MOST	    64
#define NR_PAGES    (MOST * 2 * 256)
#define NR_TYPES    (EFI_MAP_NR_TYPES + 1)
#define GRAIN	    512 /* bytes: so that ranges need not begin with pages */
#define RANGE_BYTES 5

static struct boot_info info;
static struct plan plan;
static struct efi_descriptor map[MOST];
static u8 taken[NR_PAGES], is_given[NR_PAGES], is_lent[NR_PAGES];

static void mark(u8 *pages, struct range range)
{
	for (phys at = align_down(range.start, PAGE_SIZE); at < range.end;
	     at += PAGE_SIZE)
		pages[at / PAGE_SIZE] = 1;
}

static void make_map(struct view *input, u64 nr)
{
	phys end = 0;

	for (u64 i = 0; i < nr; i++) {
		phys start = end + take(input, 1) * PAGE_SIZE;
		u8 type = (u8)take(input, 1);
		u64 pages = take(input, 1);

		map[i] = (struct efi_descriptor){
			.type = type % NR_TYPES,
			.physical_start = start,
			.number_of_pages = pages,
			.attribute = type & 0x80 ? EFI_MAP_SPECIAL : 0,
		};
		end = start + pages * PAGE_SIZE;
		if (map[i].type == EFI_MAP_CONVENTIONAL && !map[i].attribute)
			mark(is_given, (struct range){ start, end });
	}
	info.efi.memory_map =
		(struct view){ (const u8 *)map, nr * sizeof(map[0]) };
	info.efi.descriptor_size = sizeof(map[0]);
}

static struct range any_range(struct view *input)
{
	phys start = take(input, 3) * GRAIN % (NR_PAGES * PAGE_SIZE);
	u64 len = take(input, 2) * GRAIN;

	return (struct range){ start,
			       min_u64(start + len, NR_PAGES * PAGE_SIZE) };
}

static why note(struct range pages, bool is_code)
{
	assert(pages.start % PAGE_SIZE == 0 && pages.end % PAGE_SIZE == 0);
	assert(!range_empty(pages));
	for (phys at = pages.start; at < pages.end; at += PAGE_SIZE) {
		assert(is_given[at / PAGE_SIZE] && !taken[at / PAGE_SIZE]++);
		assert(is_code == (at + PAGE_SIZE > plan.window.start &&
				   at < plan.window.end));
	}
	return NULL;
}

static void check(const bool *is_kept)
{
	for (u32 i = 0; i < NR_PAGES; i++) {
		assert(taken[i] == (is_kept[i] && is_given[i]));
		assert(!is_kept[i] || is_given[i] || is_lent[i]);
	}
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	static bool is_kept[NR_PAGES];
	struct view input = { bytes, len };
	u64 nr_pieces = take(&input, 1) % MOST;
	u64 nr_modules = take(&input, 1) % MAX_MODULES;

	memset(taken, 0, sizeof(taken));
	memset(is_given, 0, sizeof(is_given));
	memset(is_lent, 0, sizeof(is_lent));
	memset(is_kept, 0, sizeof(is_kept));
	info_init(&info, "fuzz");
	make_map(&input, nr_pieces);
	for (u64 i = 0; i < nr_modules && input.len >= RANGE_BYTES; i++) {
		struct range range = any_range(&input);

		info_add_module(&info, range.start, range.end, VIEW(""));
		mark(is_lent, range);
	}
	if (live_map_read(&info))
		return 0;
	plan_init(&plan, &info);
	while (input.len >= RANGE_BYTES) {
		struct range range = any_range(&input);

		if (!plan_is_free(&plan, range))
			continue;
		if (range_empty(plan.window))
			plan.window = range;
		plan_keep(&plan, range);
		if (!plan.bad && !range_empty(range))
			mark((u8 *)is_kept, range);
	}
	assert(!live_map_take(&plan, note));
	check(is_kept);
	return 0;
}
