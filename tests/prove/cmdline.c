// SPDX-License-Identifier: BSD-2-Clause
/* Words of command lines: each is one, and they end. */
#include "prove.h"

#include "cmdline.h"

void harness(void)
{
	struct view text = any_view(), line, name, left = text, word;
	struct view before = text;

	cmdline_split(text, nondet_bool(), &name, &line);
	prove(is_part(name, text) && is_part(line, text));
	if (!cmdline_next(&left, &word))
		return;
	prove(is_inside(word, text) && word.len);
	prove(is_inside(left, text) && left.len + word.len <= before.len);
	prove(word.at + word.len == left.at);
	prove(!cmdline_is_blank(word.at[0]));
	prove(!left.len || cmdline_is_blank(left.at[0]));
	(void)cmdline_is_near(word);
}
