// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reasons that name what they are about.
 */
#include "reason.h"

#include <string.h>

why reason_format(const char *format, ...)
{
	static char text[REASON_LEN];
	char made[REASON_LEN];
	va_list args;
	u64 len;

	va_start(args, format);
	len = format_line(made, REASON_LEN - 1, format, args);
	va_end(args);
	memcpy(text, made, len);
	text[len] = 0;
	return text;
}

why reason_keep(why reason, char text[REASON_LEN])
{
	u64 len = min_u64(strlen(reason), REASON_LEN - 1);

	memmove(text, reason, len);
	text[len] = 0;
	return text;
}
