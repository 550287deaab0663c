// SPDX-License-Identifier: BSD-2-Clause
/*
 * Words of command lines. Lines may be long and every instruction is counted:
 * the loops ask first what settles most characters.
 */
#include "cmdline.h"

static bool is_blank(u8 c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static struct view trim_front(struct view v)
{
	while (v.len && is_blank(v.at[0]))
		v = view_from(v, 1);
	return v;
}

static struct view trim(struct view v)
{
	while (v.len && is_blank(v.at[v.len - 1]))
		v.len--;
	return trim_front(v);
}

/* The length of the word that a line, which is not empty, begins with. */
static u64 word_len(struct view line, bool quotes)
{
	const u8 *at = line.at, *end = line.at + line.len;
	bool quoted = false;

	do {
		if (*at > '"')
			continue;
		if (*at == '"')
			quoted ^= quotes;
		else if (!quoted && is_blank(*at))
			break;
	} while (++at != end);
	return (u64)(at - line.at);
}

void cmdline_split(struct view string, bool named, struct view *name,
		   struct view *line)
{
	u64 len;

	string = trim(string);
	len = named && string.len ? word_len(string, false) : 0;
	*name = (struct view){ string.at, len };
	*line = trim_front(view_from(string, len));
}

bool cmdline_is_named(struct view loader)
{
	struct view grub = VIEW("GRUB ");

	if (view_starts(loader, VIEW("Limine")))
		return false;
	if (!view_starts(loader, grub) || loader.len == grub.len)
		return true;
	return loader.at[grub.len] < '2' || loader.at[grub.len] > '9';
}

bool cmdline_next(struct view *line, struct view *word)
{
	struct view left = trim_front(*line);

	if (!left.len)
		return false;
	*word = (struct view){ left.at, word_len(left, true) };
	*line = view_from(left, word->len);
	return true;
}

bool cmdline_is_own(struct view word)
{
	return view_starts(word, VIEW("gangway."));
}
