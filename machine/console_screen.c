// SPDX-License-Identifier: BSD-2-Clause
/*
 * A screen of text: where the next character goes, on whichever surface there
 * is.
 */
#include "console_parts.h"

static const struct surface *surface; /* NULL: there is none */
static struct place at;

/* Begin the next row, an empty one. */
static void end_row(void)
{
	at.column = 0;
	if (at.row < at.rows - 1)
		at.row++;
	else
		surface->scroll();
	surface->begin_row(at.row);
}

void screen_open(const struct surface *on, struct place from)
{
	surface = on;
	at = from;
}

void screen_write(struct view text)
{
	bool ends = text.len >= 2 && text.at[text.len - 1] == '\n';

	if (!surface)
		return;
	text.len -= ends ? 2 : 0;
	while (text.len) {
		u64 n = min_u64(text.len, at.columns - at.column);

		surface->put(at.row, at.column, text.at, n);
		at.column += (u32)n;
		text = view_from(text, n);
		if (text.len)
			end_row();
	}
	if (ends)
		end_row();
}
