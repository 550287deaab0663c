// SPDX-License-Identifier: BSD-2-Clause
/*
 * The formats there are, in their order, and which claims a file.
 */
#include "format.h"

extern const struct format *const __start_formats[], *const __stop_formats[];

const struct format *format_next(const struct format *last)
{
	const struct format *next = NULL;

	for (const struct format *const *f = __start_formats;
	     f < __stop_formats; f++)
		if ((!last || (*f)->rank > last->rank) &&
		    (!next || (*f)->rank < next->rank))
			next = *f;
	return next;
}

bool format_is(const struct format *format, struct view name)
{
	return view_equal(view_string(format->name), name);
}

const struct format *format_named(struct view name)
{
	const struct format *format = format_next(NULL);

	while (format && !format_is(format, name))
		format = format_next(format);
	return format;
}

const struct format *format_of(struct view image, const struct format *forced,
			       enum claim least)
{
	const struct format *format = forced ? forced : format_next(NULL);

	while (format && format->claims(image) < least)
		format = forced ? NULL : format_next(format);
	return format;
}
