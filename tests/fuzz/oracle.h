/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must hold of whatever a fuzzer made: a sealed plan writes only to RAM,
 * and nothing that somebody still needs.
 */
#ifndef TESTS_FUZZ_ORACLE_H
#define TESTS_FUZZ_ORACLE_H

#include <stdlib.h>

#include "format.h"

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len);

static inline void must(bool holds)
{
	if (!holds)
		abort();
}

static inline bool is_ram(const struct boot_info *info, struct range range)
{
	for (u32 i = 0; i < info->nr_regions; i++)
		if (range_overlaps(info->regions[i].range, range) &&
		    info->regions[i].type != REGION_RAM)
			return false;
	return range.start <= range.end && info_covers(info, range);
}

static inline struct range written(const struct copy *copy)
{
	return (struct range){ copy->dst, copy->dst + copy->len + copy->zero };
}

static inline void check_plan(const struct plan *plan)
{
	const struct boot_info *info = plan->info;

	must(is_ram(info, plan->arena) && plan->arena.end <= 4 * GIB);
	must(!holds_hit(&info->holds, plan->arena, UNTIL_TELL));
	must(is_ram(info, plan->window) && is_ram(info, plan->initrd));
	must(!range_overlaps(plan->window, plan->arena));
	must(!range_overlaps(plan->window, plan->initrd));
	must(!range_overlaps(plan->initrd, plan->arena));
	for (u32 i = 0; i < plan->nr_copies; i++) {
		const struct copy *copies = plan->copies;
		struct range dst = written(&copies[i]);

		must(dst.start >= PAGE_SIZE && is_ram(info, dst));
		must(!range_overlaps(dst, plan->arena));
		must(!holds_hit(&info->holds, dst, UNTIL_FOREVER));
		for (u32 j = i + 1; j < plan->nr_copies; j++)
			must(!range_overlaps(
				dst, (struct range){ copies[j].src,
						     copies[j].src +
							     copies[j].len }));
	}
}

/* A sealed plan has all the arena that telling takes. */
static inline void must_be_told(why bad)
{
	must(!bad || !strstr(bad, "arena"));
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
	check_plan(plan);
	return true;
}

#endif
