// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reasons that name what they are about.
 */
#include "reason.h"

#include <string.h>

why reason_format(const char *format, ...)
{
	static char text[REASON_LEN];
	va_list args;

	va_start(args, format);
	text[format_line(text, REASON_LEN - 1, format, args)] = 0;
	va_end(args);
	return text;
}

why reason_keep(why reason, char text[REASON_LEN])
{
	u64 len = min_u64(strlen(reason), REASON_LEN - 1);

	memmove(text, reason, len);
	text[len] = 0;
	return text;
}
