// SPDX-License-Identifier: BSD-2-Clause
/*
 * Words of command lines. Lines may be long and every instruction is counted:
 * the loops ask first what settles most characters.
 */
#include "cmdline.h"

static struct view trim_front(struct view v)
{
	while (v.len && cmdline_is_blank(v.at[0]))
		v = view_from(v, 1);
	return v;
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
		else if (!quoted && cmdline_is_blank(*at))
			break;
	} while (++at != end);
	return (u64)(at - line.at);
}

void cmdline_split(struct view string, bool named, struct view *name,
		   struct view *line)
{
	struct view word = trim_front(string);

	*name = (struct view){ string.at, 0 };
	*line = string;
	if (!named)
		return;
	*line = word;
	word.len = word.len ? word_len(word, false) : 0;
	if (memchr(word.at, '=', word.len))
		return;
	*name = word;
	*line = trim_front(view_from(*line, word.len));
}

/* "GRUB 2.06", and what is to come; GRUB legacy is "GNU GRUB 0.97". */
static bool is_grub_2(struct view loader)
{
	struct view grub = VIEW("GRUB ");

	return view_starts(loader, grub) && loader.len > grub.len &&
	       loader.at[grub.len] >= '2' && loader.at[grub.len] <= '9';
}

struct naming cmdline_naming(struct view loader)
{
	if (is_grub_2(loader) || view_starts(loader, VIEW("Limine")) ||
	    view_starts(loader, VIEW("towboot")) ||
	    view_starts(loader, VIEW("Slim Boot")))
		return (struct naming){ false, false };
	return (struct naming){ !view_starts(loader, VIEW("u-root")), true };
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

bool cmdline_is_near(struct view word)
{
	struct view name = VIEW("gangway");
	u64 i = 0;

	if (word.len <= name.len || cmdline_is_own(word) ||
	    !memchr(word.at, '=', word.len))
		return false;
	while (i < name.len && (word.at[i] | ('a' ^ 'A')) == name.at[i])
		i++;
	return i == name.len;
}

static void add_bytes(struct line *line, struct view bytes)
{
	if (!bytes.len)
		return;
	if (line->len < line->room)
		memcpy(line->out + line->len, bytes.at,
		       min_u64(bytes.len, line->room - line->len));
	line->len += bytes.len;
	line->last = bytes.at[bytes.len - 1];
}

void line_add(struct line *line, struct view piece)
{
	if (piece.len && line->len && !cmdline_is_blank(line->last) &&
	    !cmdline_is_blank(piece.at[0]))
		add_bytes(line, VIEW(" "));
	add_bytes(line, piece);
}

void line_add_words(struct line *line, struct view piece)
{
	struct view left = piece, word;

	while (cmdline_next(&left, &word)) {
		u64 before = (u64)(word.at - piece.at);

		if (!cmdline_is_own(word))
			continue;
		if (before)
			line_add(line, (struct view){ piece.at, before - 1 });
		else
			left = view_from(left, 1);
		piece = left;
	}
	line_add(line, piece);
}
