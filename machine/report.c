// SPDX-License-Identifier: BSD-2-Clause
/*
 * The memory map and the modules, one line each.
 */
#include "report.h"

#include "console.h"
#include "print.h"

#define MAX_LINES 64

static const char *type_name(u32 type)
{
	static const char names[][12] = {
		[REGION_RAM] = "RAM",		[REGION_RESERVED] = "reserved",
		[REGION_ACPI] = "ACPI",		[REGION_NVS] = "ACPI NVS",
		[REGION_UNUSABLE] = "unusable", [REGION_PMEM] = "persistent",
		[REGION_PRAM] = "pram",
	};

	return type < ARRAY_LEN(names) ? names[type] : "soft reserved";
}

/* True, and said, if a list is longer than what is printed of it. */
static bool is_enough(u32 i, u32 nr)
{
	if (i < MAX_LINES)
		return false;
	say("  ... and %u more", nr - i);
	return true;
}

void report_info(const struct boot_info *info)
{
	if (info->nr_regions)
		say("gangway: memory map, %u regions, %lu KiB of RAM",
		    info->nr_regions, info_ram(info) / KIB);
	for (u32 i = 0; i < info->nr_regions; i++) {
		const struct region *region = &info->regions[i];

		if (is_enough(i, info->nr_regions))
			break;
		say("  %012lx-%012lx %s", region->range.start,
		    region->range.end, type_name(region->type));
	}
	for (u32 i = 0; i < info->nr_modules; i++) {
		const struct module *module = &info->modules[i];

		if (is_enough(i, info->nr_modules))
			break;
		say("  module %u %lx-%lx \"%.*s\" \"%.*s\"", i,
		    module->range.start, module->range.end, SHOW(module->name),
		    SHOW(module->line));
	}
}
