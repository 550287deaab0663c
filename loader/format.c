// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding the format that claims a file.
 */
#include "format.h"

extern const struct format *const __start_formats[], *const __stop_formats[];

const struct format *format_of(struct view image)
{
	const struct format *best = NULL;

	for (const struct format *const *f = __start_formats;
	     f < __stop_formats; f++)
		if ((!best || (*f)->rank < best->rank) && (*f)->claims(image))
			best = *f;
	return best;
}
