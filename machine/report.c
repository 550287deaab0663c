// SPDX-License-Identifier: BSD-2-Clause
/*
 * Who started us with which words; the memory map, two regions a line; the
 * modules, one a line.
 */
#include "report.h"

#include "console.h"
#include "print.h"

#define COLUMNS	    80
#define COLUMN	    40 /* where a second region begins */
#define SHORT_NAME  20
#define SHORT_WORDS 140

/* How much is shown of each list. */
#define ALL	      ~0u
#define SHORT_REGIONS 14
#define SHORT_MODULES 3

static void report_rest(u32 nr, u32 max)
{
	if (nr > max)
		say("  and %u more, which gangway.log=debug shows", nr - max);
}

static u64 put_region(char *line, const struct region *region)
{
	return format_into(line, COLUMN, "  %010lx-%010lx %s",
			   region->range.start, region->range.end,
			   region_name(region->type));
}

static void report_map(const struct boot_info *info, u32 max)
{
	u32 nr = (u32)min_u64(info->nr_regions, max);
	char line[COLUMNS];

	say("memory map: %u regions, %lu KiB of RAM", info->nr_regions,
	    info_ram(info) / KIB);
	for (u32 i = 0; i < nr; i += 2) {
		u64 len = put_region(line, &info->regions[i]);

		if (i + 1 < nr) {
			memset(line + len, ' ', COLUMN - len);
			len = COLUMN +
			      put_region(line + COLUMN, &info->regions[i + 1]);
		}
		say("%.*s", (int)len, line);
	}
	report_rest(info->nr_regions, max);
}

static void report_modules(const struct boot_info *info, u32 max, u64 shown)
{
	for (u32 i = 0; i < info->nr_modules && i < max; i++) {
		const struct module *module = &info->modules[i];

		say("module %u: %lx-%lx \"%.*s\" \"%.*s\"", i,
		    module->range.start, module->range.end,
		    SHOW_UP_TO(module->name, shown),
		    SHOW_UP_TO(module->line, shown));
	}
	report_rest(info->nr_modules, max);
}

void report_all(const struct boot_info *info)
{
	report_map(info, ALL);
	report_modules(info, ALL, MAX_SHOWN);
}

void report_short(const struct boot_info *info)
{
	u64 len = info->cmdline.len;

	say("entered by %s%s%.*s", info->door, info->loader.len ? " from " : "",
	    SHOW_UP_TO(info->loader, SHORT_NAME));
	if (len)
		say("arguments: %.*s%s", SHOW_UP_TO(info->cmdline, SHORT_WORDS),
		    len > SHORT_WORDS ? "..." : "");
	if (info->nr_regions)
		report_map(info, SHORT_REGIONS);
	report_modules(info, SHORT_MODULES, SHORT_NAME);
}
