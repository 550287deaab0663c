// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reasons that name a number.
 */
#include "reason.h"

#include "print.h"

why reason_number(const char *sentence, u32 number)
{
	static char text[80];
	u64 len =
		format_into(text, sizeof(text) - 1, "%s %u", sentence, number);

	text[min_u64(len, sizeof(text) - 1)] = 0;
	return text;
}
