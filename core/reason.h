/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reasons that name what they are about: the number, the name, the limit.
 */
#ifndef CORE_REASON_H
#define CORE_REASON_H

#include "print.h"

/* Bytes of a reason, its NUL included: with its step it is a line of say(). */
#define REASON_LEN 220

/*
 * A sentence with values in it, formatted as print.h says and cut to
 * REASON_LEN. The next call overwrites it, even if it is one of its values: a
 * reason is returned at once, and whoever goes on after it takes a copy by
 * reason_keep().
 */
why reason_format(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Copy a reason, whoever made it, into text, and return that. */
why reason_keep(why reason, char text[REASON_LEN]);

#endif
