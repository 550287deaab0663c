/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formatting, a small part of printf: %s %.*s %c %u %x %lu %lx %zu %zx, with a
 * width and 0 before it where padding is zeroes, and %%.
 */
#ifndef CORE_PRINT_H
#define CORE_PRINT_H

#include <stdarg.h>

#include "base.h"

#define MAX_SHOWN 160 /* bytes of one outside string in one line */
#define MAX_WORD  50  /* bytes of one outside word in a sentence */

/* The arguments of "%.*s" that show a view, or as much of it as one line
 * takes. Evaluates its argument twice. */
#define SHOW(view) SHOW_UP_TO(view, MAX_SHOWN)

/* The same of a word, or of a name, that a sentence speaks of. */
#define SHOW_WORD(view) SHOW_UP_TO(view, MAX_WORD)

/* The same for at most max bytes. */
#define SHOW_UP_TO(view, max)                                                  \
	(int)min_u64((view).len, max), (const char *)(view).at

/*
 * Write a formatted line, without a NUL, and return its length. What does not
 * fit into room bytes is cut off.
 *
 * "%.*s" is for strings from outside: it takes exactly that many bytes, NULs
 * too, and prints a dot for all but printable ASCII, so that a string cannot
 * command a terminal. "%s" is for our own, or NULL.
 */
u64 format_line(char *out, u64 room, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

/* The same with the values as arguments. */
u64 format_into(char *out, u64 room, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
