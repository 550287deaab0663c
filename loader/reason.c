// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reasons that name a number.
 */
#include "reason.h"

#include "print.h"

why reason_number(const char *text, u64 number)
{
	static char reason[96];
	u64 len =
		format_into(reason, sizeof(reason) - 1, "%s %lu", text, number);

	reason[len] = 0;
	return reason;
}
