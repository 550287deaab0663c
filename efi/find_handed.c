// SPDX-License-Identifier: BSD-2-Clause
/*
 * Modules in page 0, which is not in the window, are copied.
 */
#include "find_handed.h"

#include "firmware.h"
#include "mb2_live_door.h"

/* Copy a module into the window. */
static why lift(struct boot_info *info, struct module *module)
{
	struct view pages = VIEW("");
	why bad = pages_take(range_len(module->range), &pages);

	if (bad)
		return bad;
	memcpy(pages_writable(pages), (const u8 *)module->range.start,
	       pages.len);
	module->range = range_at(pages);
	return holds_add(&info->holds, module->range, UNTIL_PLACE)
		       ? NULL
		       : "no free entry to hold a module";
}

/* GRUB puts its first module into page 0 if that is free. */
why find_handed(const struct mem *mem, const struct mb2_tags *tags,
		struct boot_info *info, struct found *out)
{
	why bad = mb2_live_read(mem, tags, info);

	*out = found_nothing("the loader's modules");
	for (u32 i = 0; i < info->nr_modules && !bad; i++)
		if (!range_empty(info->modules[i].range) &&
		    info->modules[i].range.start < mem->start)
			bad = lift(info, &info->modules[i]);
	return bad;
}
