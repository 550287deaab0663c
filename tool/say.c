// SPDX-License-Identifier: BSD-2-Clause
/*
 * The lines of a boot, which on a machine go to its consoles.
 */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>

#include "console.h"
#include "print.h"

#define LINE_LEN 254 /* where the consoles' lines are cut, too */

static json_t *into;

void say_into(json_t *lines)
{
	into = lines;
}

void say(const char *format, ...)
{
	char line[LINE_LEN];
	va_list args;
	u64 len;

	va_start(args, format);
	len = format_line(line, sizeof(line), format, args);
	va_end(args);
	if (into)
		json_array_append_new(into, json_stringn(line, len));
	else
		printf("%.*s\n", (int)len, line);
}
