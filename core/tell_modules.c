// SPDX-License-Identifier: BSD-2-Clause
/*
 * Telling: where modules go that a kernel gets one by one.
 */
#include "tell.h"

#define TOP (4 * GIB)

static struct range module_pages(struct range range, phys at)
{
	return (struct range){ at, at + align_up(range_len(range), PAGE_SIZE) };
}

/* Leave the modules that lie on free pages of their own. */
static void leave_modules(const struct payload *payload, struct plan *plan)
{
	for (u32 i = 0; i < payload->nr_modules; i++) {
		struct range range = payload->modules[i].range;
		struct range pages = module_pages(range, range.start);

		if (range.start % PAGE_SIZE || pages.end > TOP ||
		    !plan_is_free(plan, pages))
			continue;
		plan->module_at[i] = range.start;
		plan_keep(plan, pages);
	}
}

static bool find_above(struct plan *plan, u64 len, phys min, struct range *out)
{
	struct room want = {
		.len = len, .align = PAGE_SIZE, .min = min, .end = TOP
	};

	return plan_find(plan, &want, UNTIL_FOREVER, out);
}

/* Find a place for some pages: lowest, but behind what was placed before and
 * above the kernel, which may use what follows it before it looks at its
 * modules; else wherever there is one. */
static bool find_pages(struct plan *plan, u64 len, phys behind,
		       struct range *out)
{
	phys kernel_end = max_u64(MIB, plan->window.end);

	return find_above(plan, len, max_u64(behind, kernel_end), out) ||
	       find_above(plan, len, kernel_end, out) ||
	       find_above(plan, len, 0, out);
}

static void move_module(struct plan *plan, u32 i, struct range from, phys to)
{
	plan->module_at[i] = to;
	plan_copy(plan, (struct range){ to, to + range_len(from) }, from.start,
		  range_len(from));
	plan_keep(plan, module_pages(from, to));
}

void tell_leave_modules(const struct boot *boot, bool leave, struct plan *plan)
{
	const struct payload *payload = &boot->payload;

	for (u32 i = 0; i < payload->nr_modules; i++) {
		struct range range = payload->modules[i].range;

		plan->module_at[i] = range_empty(range) ? range.start : 0;
	}
	if (leave)
		leave_modules(payload, plan);
}

static bool is_placed(const struct plan *plan, u32 i, struct range range)
{
	return plan->module_at[i] || range_empty(range);
}

void tell_search_modules(const struct boot *boot, const struct plan *plan,
			 struct search *search)
{
	struct room room = { .align = PAGE_SIZE, .end = TOP };

	for (u32 i = 0; i < boot->payload.nr_modules; i++) {
		struct range range = boot->payload.modules[i].range;

		if (is_placed(plan, i, range))
			continue;
		room.len = range_len(module_pages(range, 0));
		search_block(search, &room);
		search_source(search, 0, range_len(range), range);
	}
}

/* Each goes behind the one before it if there is room: hundreds of them must
 * not all search from the lowest on. */
why tell_move_modules(const struct boot *boot, const struct block *found,
		      struct plan *plan)
{
	struct range pages = { 0, 0 };

	for (u32 i = 0; i < boot->payload.nr_modules; i++) {
		struct range range = boot->payload.modules[i].range;
		u64 len = range_len(module_pages(range, 0));

		if (is_placed(plan, i, range))
			continue;
		if (found)
			pages.start = found++->at;
		else if (!find_pages(plan, len, pages.end, &pages))
			return plan_no_room(plan, "a module below 4 GiB");
		move_module(plan, i, range, pages.start);
	}
	return NULL;
}
