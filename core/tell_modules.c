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

/* Place those that were not left: lowest, but above the kernel, which may use
 * what follows it before it looks at its modules. */
static bool move_modules(const struct payload *payload, struct plan *plan)
{
	for (u32 i = 0; i < payload->nr_modules; i++) {
		struct range range = payload->modules[i].range, pages;
		struct room want = {
			.len = range_len(module_pages(range, 0)),
			.align = PAGE_SIZE,
			.min = max_u64(MIB, plan->window.end),
			.end = TOP,
		};

		if (plan->module_at[i])
			continue;
		if (!plan_find(plan, &want, UNTIL_FOREVER, &pages)) {
			want.min = 0;
			if (!plan_find(plan, &want, UNTIL_FOREVER, &pages))
				return false;
		}
		plan->module_at[i] = pages.start;
		plan_copy(plan,
			  (struct range){ pages.start,
					  pages.start + range_len(range) },
			  range.start, range_len(range));
		plan_keep(plan, pages);
	}
	return true;
}

why tell_place_modules(const struct boot *boot, bool leave, struct plan *plan)
{
	memset(plan->module_at, 0, sizeof(plan->module_at));
	if (leave)
		leave_modules(&boot->payload, plan);
	if (!move_modules(&boot->payload, plan))
		return "no free RAM for a module below 4 GiB";
	return NULL;
}
