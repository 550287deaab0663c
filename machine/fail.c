// SPDX-License-Identifier: BSD-2-Clause
/*
 * The one way that failures end: what was known, the reason below it, where a
 * screen shows it, the end.
 */
#include "fail.h"

#include "console.h"
#include "end.h"
#include "plan.h"
#include "reason.h"
#include "report.h"

static void report_plan(const struct plan *plan)
{
	const struct room *room = &plan->wanted;

	if (room->len)
		say("wanted 0x%lx bytes of free RAM, aligned to 0x%lx, "
		    "between 0x%lx and 0x%lx",
		    room->len, room->align, room->min, room->end);
}

_Noreturn void fail(const struct boot *boot, const char *step,
		    const char *protocol, why reason)
{
	if (boot && boot->info)
		report_short(boot->info);
	if (boot && boot->plan)
		report_plan(boot->plan);
	say("gangway: %s %s: %s", step, protocol, reason);
	end(boot);
}
