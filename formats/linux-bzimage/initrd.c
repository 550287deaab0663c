// SPDX-License-Identifier: BSD-2-Clause
/*
 * Linux's initrd: all modules behind the kernel, joined, each padded to 4
 * bytes, as the kernel's unpacking of concatenated archives wants them.
 */
#include "bzimage.h"

/* The initrd: all modules, joined, each padded to 4 bytes. */
static u64 initrd_len(const struct payload *payload, u32 parts)
{
	u64 len = 0;

	for (u32 i = 0; i < parts; i++)
		len = align_up(len, 4) + range_len(payload->modules[i].range);
	return len;
}

why initrd_check(const struct bzimage *bz, const struct payload *payload)
{
	u64 len = 0;

	for (u32 i = 0; i < payload->nr_modules; i++) {
		u64 part = align_up(range_len(payload->modules[i].range), 4);

		if (len + part < len)
			return "the initrds are longer than any memory";
		len += part;
	}
	if (len > bz->initrd_end && !bz->is_above_4g)
		return "the initrd is longer than initrd_addr_max allows";
	return NULL;
}

/* Put the parts of the initrd from an address on, with zeroes between. */
static void put_parts(const struct payload *payload, struct plan *plan, phys at)
{
	for (u32 i = 0; i < payload->nr_modules; i++) {
		struct range part = payload->modules[i].range;
		struct range dst = { at, at + range_len(part) };
		struct range padding = { dst.end, align_up(dst.end, 4) };

		plan_copy(plan, dst, part.start, range_len(part));
		if (i + 1 < payload->nr_modules)
			plan_copy(plan, padding, 0, 0);
		at = padding.end;
	}
}

static void keep_initrd(const struct payload *payload, struct plan *plan,
			struct range initrd)
{
	put_parts(payload, plan, initrd.start);
	plan->initrd = initrd;
	/* The kernel frees the last page whole. */
	initrd.end = align_up(initrd.end, PAGE_SIZE);
	plan_keep(plan, initrd);
}

why initrd_leave(const struct bzimage *bz, const struct payload *payload,
		 struct plan *plan, u32 part)
{
	u64 len = initrd_len(payload, payload->nr_modules);
	u64 before = align_up(initrd_len(payload, part), 4);
	phys lies = payload->modules[part].range.start;
	struct range initrd = { lies - before, lies - before + len };
	struct range pages = { initrd.start, align_up(initrd.end, PAGE_SIZE) };

	if (before > lies || initrd.start % PAGE_SIZE)
		return "the initrd is not on a page boundary";
	if (initrd.end > bz->initrd_end && !bz->is_above_4g)
		return "the initrd lies above initrd_addr_max";
	if (!plan_is_free(plan, pages))
		return "the initrd has no room where it lies";
	keep_initrd(payload, plan, initrd);
	return NULL;
}

why initrd_move(const struct bzimage *bz, const struct payload *payload,
		struct plan *plan)
{
	u64 len = initrd_len(payload, payload->nr_modules);
	struct room want = {
		.len = align_up(len, PAGE_SIZE),
		.align = PAGE_SIZE,
		.end = min_u64(bz->initrd_end, 4 * GIB),
		.highest = true,
	};
	struct range found;

	if (!plan_find(plan, &want, UNTIL_FOREVER, &found)) {
		want.end = ANYWHERE;
		if (!bz->is_above_4g ||
		    !plan_find(plan, &want, UNTIL_FOREVER, &found))
			return "no free RAM for the initrd below its limit";
	}
	found.end = found.start + len;
	keep_initrd(payload, plan, found);
	return NULL;
}
