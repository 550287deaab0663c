// SPDX-License-Identifier: BSD-2-Clause
/*
 * Multiboot 2's EFI64 entry (Multiboot2 Specification 2.0, 3.1.11 and 3.5).
 * What can fail comes first: the plan, and the allocation of all its pieces.
 * Then they are filled in place, since page tables and stack stay the
 * firmware's.
 */
#include "live.h"

#include "attributes.h"
#include "collect.h"
#include "format.h"
#include "live_map.h"
#include "log.h"
#include "mb2_kernel.h"
#include "plan.h"
#include "state.h"

_Noreturn void efi_enter(phys entry, phys info);

bool live_claims(const struct boot *boot)
{
	return format_is(boot->payload.format, VIEW("multiboot2")) &&
	       mb2_is_live(boot->payload.image);
}

static why make_plan(struct boot *boot, struct mb2_kernel *kernel)
{
	why bad = mb2_open(boot->payload.image, true, kernel);

	if (bad)
		return bad;
	plan_init(&the_plan, boot->info);
	boot->plan = &the_plan;
	the_plan.entry = "Multiboot 2, EFI64";
	the_plan.arena_len = mb2_info_len(boot, kernel);
	return image_plan(boot, &kernel->image, &the_plan);
}

static why take(struct range pages, bool is_code)
{
	why bad = pages_take_at(pages, is_code ? EfiLoaderCode : EfiLoaderData);

	return bad || !is_code ? bad : attributes_allow(pages);
}

static u8 *host_at(const struct mem *mem, phys at)
{
	return mem->host + (at - mem->start);
}

/* In the plan's order, so that nothing is overwritten before it is read. */
static void place(const struct mem *mem)
{
	for (u32 i = 0; i < the_plan.nr_copies; i++) {
		const struct copy *copy = &the_plan.copies[i];

		memmove(host_at(mem, copy->dst), host_at(mem, copy->src),
			copy->len);
		memset(host_at(mem, copy->dst + copy->len), 0, copy->zero);
	}
}

/* Write the boot information before the copies, which may overwrite its
 * sources. */
static why tell(const struct boot *boot, const struct mb2_kernel *kernel,
		phys *info_at)
{
	struct arena arena = { boot->mem, the_plan.arena.start,
			       the_plan.arena.end, false };

	*info_at = mb2_info_put(boot, &the_plan, kernel, true, &arena);
	return arena.is_full ? "there is no room for the boot information"
			     : NULL;
}

why live_start(struct boot *boot)
{
	struct mb2_kernel kernel;
	phys info_at = 0;
	why bad = collect_map(boot->info);

	if (!bad)
		bad = live_map_read(boot->info);
	if (!bad)
		bad = make_plan(boot, &kernel);
	if (!bad)
		bad = live_map_take(&the_plan, take);
	if (!bad)
		bad = tell(boot, &kernel, &info_at);
	if (bad)
		return bad;
	log_door(boot);
	log_payload(boot);
	log_plan(boot, &the_plan);
	place(boot->mem);
	firmware->SetWatchdogTimer(0, 0, 0, NULL);
	firmware_leave();
	efi_enter(the_plan.entry_at, info_at);
}
