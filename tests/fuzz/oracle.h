/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must hold of whatever a fuzzer made: a sealed plan writes only to RAM,
 * and nothing that somebody still needs.
 */
#ifndef TESTS_FUZZ_ORACLE_H
#define TESTS_FUZZ_ORACLE_H

#include <assert.h>
#include <stdlib.h>

#include "format.h"
#include "machine_stub.h"

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len);

static inline bool is_ram(const struct boot_info *info, struct range range)
{
	for (u32 i = 0; i < info->nr_regions; i++)
		if (range_overlaps(info->regions[i].range, range) &&
		    info->regions[i].type != REGION_RAM)
			return false;
	return range.start <= range.end && info_covers(info, range);
}

/* An image may lie below the screen of a BIOS's machine as well, on what the
 * BIOS keeps for itself. */
static inline bool is_for_images(const struct boot_info *info,
				 struct range range)
{
	if (is_ram(info, range))
		return true;
	for (u32 i = 0; i < info->nr_regions; i++)
		if (range_overlaps(info->regions[i].range, range) &&
		    info->regions[i].type != REGION_RAM &&
		    info->regions[i].type != REGION_RESERVED)
			return false;
	return range.end <= 0xa0000 && !info->efi.system_table &&
	       !info->efi.memory_map.len;
}

static inline struct range written(const struct copy *copy)
{
	return (struct range){ copy->dst, copy->dst + copy->len + copy->zero };
}

/* Linux has one initrd, and a window that it uses before it can ask. */
static inline void check_linux(const struct plan *plan)
{
	const struct boot_info *info = plan->info;

	assert(is_ram(info, plan->window) && is_ram(info, plan->initrd));
	assert(!range_overlaps(plan->window, plan->arena));
	assert(!range_overlaps(plan->window, plan->initrd));
	assert(!range_overlaps(plan->initrd, plan->arena));
}

static inline struct range module_pages(const struct boot *boot,
					const struct plan *plan, u32 i)
{
	u64 len = range_len(boot->payload.modules[i].range);
	phys at = plan->module_at[i];

	return (struct range){ at, at + align_up(len, PAGE_SIZE) };
}

/* Other kernels get each module on pages of its own, copied whole or left; an
 * empty one lies nowhere. */
static inline void check_modules(const struct boot *boot,
				 const struct plan *plan)
{
	for (u32 i = 0; i < boot->payload.nr_modules; i++) {
		struct range range = boot->payload.modules[i].range;
		struct range pages = module_pages(boot, plan, i);
		bool is_there = range.start == pages.start;

		if (range_empty(range)) {
			assert(is_there);
			continue;
		}
		assert(is_ram(plan->info, pages) && pages.end <= 4 * GIB);
		assert(pages.start >= PAGE_SIZE &&
		       pages.start % PAGE_SIZE == 0);
		assert(!range_overlaps(pages, plan->arena));
		assert(!holds_first(&plan->info->holds, pages, UNTIL_FOREVER));
		for (u32 j = 0; j < i; j++)
			assert(!range_overlaps(pages,
					       module_pages(boot, plan, j)));
		for (u32 j = 0; j < plan->nr_copies; j++) {
			const struct copy *copy = &plan->copies[j];

			if (!range_overlaps(written(copy), pages))
				continue;
			assert(!is_there && copy->dst == pages.start);
			assert(copy->len == range_len(range) && !copy->zero);
			is_there = true;
		}
		assert(is_there);
	}
}

/* No copy destroys what a later one reads; but that may be what an earlier one
 * has put into memory that nobody needs, to break a circle. */
static inline void check_order(const struct boot_info *info,
			       const struct copy *now, const struct copy *later)
{
	struct range src = { later->src, later->src + later->len };

	if (!range_overlaps(written(now), src))
		return;
	assert(now->dst == later->src && now->len == later->len && !now->zero);
	assert(!holds_first(&info->holds, src, UNTIL_PLACE));
}

static inline void check_plan(const struct boot *boot, const struct plan *plan)
{
	const struct boot_info *info = plan->info;
	const struct format *format = boot->payload.format;

	assert(!plan->bad && range_len(plan->arena) >= plan->arena_len);
	assert(is_ram(info, plan->arena) && plan->arena.end <= plan->arena_end);
	assert(!holds_first(&info->holds, plan->arena, UNTIL_TELL));
	assert(plan->arena_end <= 4 * GIB && !range_empty(plan->arena));
	if (format->is_linux)
		check_linux(plan);
	else
		check_modules(boot, plan);
	for (u32 i = 0; i < plan->nr_copies; i++) {
		struct range dst = written(&plan->copies[i]);

		assert(is_for_images(info, dst));
		assert(!range_overlaps(dst, plan->arena));
		assert(!holds_first(&info->holds, dst, UNTIL_FOREVER));
		for (u32 j = i + 1; j < plan->nr_copies; j++)
			check_order(info, &plan->copies[i], &plan->copies[j]);
	}
}

/* What was planned can be told, and in no more than the bytes asked for:
 * unless the RSDP's page no longer fits into the map. */
static inline void must_be_told(struct boot *boot, struct plan *plan)
{
	phys at;
	why bad;

	plan->arena.end = plan->arena.start + plan->arena_len;
	bad = boot_tell(boot, plan, &stub_departure, &at);
	assert(!bad ||
	       !strcmp(bad, "the memory map has more than 1056 regions"));
}

/* The next bytes of the input, or zeroes. */
static inline u64 take(struct view *input, u32 size)
{
	u64 value = 0;

	if (!view_read(*input, 0, &value, size))
		return 0;
	*input = view_from(*input, size);
	return value;
}

/* An address near a boundary of any size. */
static inline phys take_address(struct view *input)
{
	u64 bits = take(input, 2), shift = take(input, 1) % 52;

	return (bits << shift) + take(input, 1);
}

/* Plan a kernel that was opened, and judge it; false if it was refused. */
static inline bool plan_is_sound(struct boot *boot, struct plan *plan)
{
	plan_init(plan, boot->info);
	if (boot->payload.format->plan(boot, plan))
		return false;
	check_plan(boot, plan);
	return true;
}

#endif
