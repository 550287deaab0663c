// SPDX-License-Identifier: BSD-2-Clause
/*
 * The one way that failures end: what was known, the reason below it, where a
 * screen shows it, the end.
 */
#include "fail.h"

#include "console.h"
#include "end.h"
#include "report.h"

/* What is read to be reported may be what raises an exception, and that is a
 * failure again: then what is left is to say why it came to this. */
_Noreturn void fail(const struct boot *boot, const char *step,
		    const char *protocol, why reason)
{
	static const char *first_step, *first_protocol;
	static why first_reason;
	static bool is_said;

	if (!first_reason) {
		first_step = step;
		first_protocol = protocol;
		first_reason = reason;
		if (boot && boot->info)
			report_short(boot->info);
	}
	if (!is_said) {
		is_said = true;
		say("gangway: %s %s: %s", first_step, first_protocol,
		    first_reason);
	}
	end(boot);
}
