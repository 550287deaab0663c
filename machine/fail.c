// SPDX-License-Identifier: BSD-2-Clause
/*
 * The one way that failures end: the reason, what was known, the end.
 */
#include "fail.h"

#include "console.h"
#include "end.h"
#include "plan.h"
#include "print.h"
#include "report.h"

#define HEAD_LEN 16

/* A module's first bytes tell what it is, where its name does not. */
static void report_heads(const struct boot *boot)
{
	char hex[3 * HEAD_LEN];
	struct view v;

	for (u32 i = 0; i < boot->info->nr_modules; i++) {
		struct range range = boot->info->modules[i].range;
		u64 len = 0;

		if (!mem_view(boot->mem, range.start,
			      min_u64(range_len(range), HEAD_LEN), &v))
			continue;
		for (u64 k = 0; k < v.len; k++)
			len += format_into(hex + len, sizeof(hex) - len,
					   " %02x", v.at[k]);
		say("  module %u begins%.*s", i, (int)len, hex);
	}
}

/* In as many lines as it takes; beyond 4 KiB no kernel accepts it. */
static void report_cmdline(struct view line)
{
	const char *what = "gangway: command line ";

	line.len = min_u64(line.len, 4 * KIB);
	for (; line.len; line = view_from(line, MAX_SHOWN)) {
		say("%s%.*s", what, SHOW(line));
		what = "  ";
	}
}

static void report_plan(const struct plan *plan)
{
	const struct room *room = &plan->wanted;

	if (room->len)
		say("gangway: wanted 0x%lx bytes of free RAM, aligned to "
		    "0x%lx, between 0x%lx and 0x%lx",
		    room->len, room->align, room->min, room->end);
}

static void report(const struct boot *boot)
{
	const struct boot_info *info = boot->info;

	say("gangway: door %s%s%.*s", info->door,
	    info->loader.len ? ", loader " : "", SHOW(info->loader));
	report_cmdline(info->cmdline);
	report_info(info);
	report_heads(boot);
	if (boot->plan)
		report_plan(boot->plan);
}

_Noreturn void fail(const struct boot *boot, const char *step,
		    const char *protocol, why reason)
{
	say("gangway: %s %s: %s", step, protocol, reason);
	if (boot && boot->info)
		report(boot);
	end(boot);
}
