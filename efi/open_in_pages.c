// SPDX-License-Identifier: BSD-2-Clause
/*
 * Memory for opening containers, from the firmware.
 */
#include "open_in_pages.h"

#include "board.h"
#include "collect.h"
#include "efi_map.h"
#include "libraries.h"
#include "library.h"
#include "open.h"
#include "packing.h"
#include "plan.h"
#include "tree.h"
#include "uki.h"

/* The largest piece that is not allocated. */
static struct range largest_free(const struct boot_info *info)
{
	struct view map = info->efi.memory_map;
	const struct efi_descriptor *descriptor;
	struct range best = { 0, 0 };

	while ((descriptor = efi_map_next(&map, info->efi.descriptor_size))) {
		struct range range = efi_map_range(descriptor);

		range.start = max_u64(range.start, PAGE_SIZE);
		if (descriptor->type == EFI_MAP_CONVENTIONAL &&
		    range_len(range) > range_len(best))
			best = range;
	}
	return best;
}

static bool has_containers(const struct boot *boot)
{
	const struct boot_info *info = boot->info;

	for (u32 i = 0; i < info->nr_modules; i++) {
		struct view file;

		if (mem_view(boot->mem, info->modules[i].range.start,
			     range_len(info->modules[i].range), &file) &&
		    (packing_of(file) || tree_claims(file) || uki_claims(file)))
			return true;
	}
	return false;
}

/* Unpacking uses the RAM of the map, so make a map with nothing but memory that
 * is allocated for it. An eighth is left to the firmware. */
static why take_room(struct boot *boot, struct range *out)
{
	struct boot_info *info = boot->info;
	struct range range;
	UINTN key;
	why bad;

	*out = (struct range){ 0, 0 };
	info->nr_regions = 0;
	if (!has_containers(boot))
		return NULL;
	bad = collect_map_again(info, &key);
	if (bad)
		return bad;
	range = largest_free(info);
	range.end -= align_up(range_len(range) / 8, PAGE_SIZE);
	bad = pages_take_at(range, EfiLoaderData);
	if (bad)
		return bad;
	info_add_region(info, range.start, range_len(range), REGION_RAM);
	*out = range;
	return NULL;
}

static void give_rest(const struct holds *holds, struct range range)
{
	for (u32 i = 0; i < holds->nr; i++) {
		struct range used = holds->list[i].range;

		if (range_overlaps(used, range))
			range.start = align_up(used.end, PAGE_SIZE);
	}
	if (!range_empty(range))
		pages_give(range);
}

static struct view find_board(struct view uki, u32 profile)
{
	return board_name(uki, PE_FILE, profile);
}

why open_in_pages(struct boot *boot)
{
	static struct plan scratch;
	struct range room;
	why bad = take_room(boot, &room);

	if (bad)
		return bad;
	boot->pause = library_pause;
	boot->find_board = find_board;
	library_begin();
	libraries_prepare();
	bad = boot_open(boot, &scratch);
	library_end();
	give_rest(&boot->info->holds, room);
	return bad;
}
