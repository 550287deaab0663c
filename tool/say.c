// SPDX-License-Identifier: BSD-2-Clause
/*
 * The lines of a boot, which on a machine go to its consoles.
 */
#include <stdarg.h>
#include <stdio.h>

#include "console.h"
#include "print.h"

#define LINE_LEN 254 /* where the consoles' lines are cut, too */

void say(const char *format, ...)
{
	char line[LINE_LEN];
	va_list args;

	va_start(args, format);
	printf("%.*s\n", (int)format_line(line, sizeof(line), format, args),
	       line);
	va_end(args);
}
