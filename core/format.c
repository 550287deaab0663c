// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding the format that claims a file.
 */
#include "format.h"

extern const struct format *const __start_formats[], *const __stop_formats[];

static const struct format *format_ranked(u32 rank)
{
	const struct format *const *f = __start_formats;

	while (f < __stop_formats && (*f)->rank != rank)
		f++;
	return f < __stop_formats ? *f : NULL;
}

const struct format *format_of(struct view image, enum rank forced,
			       enum claim least)
{
	for (u32 rank = RANK_ANY + 1; rank < NR_RANKS; rank++) {
		const struct format *format = format_ranked(rank);

		if ((!forced || forced == rank) && format &&
		    format->claims(image) >= least)
			return format;
	}
	return NULL;
}
