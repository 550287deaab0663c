// SPDX-License-Identifier: BSD-2-Clause
/* Patterns of names: each name is matched, or not, in the end, and a pattern
 * without signs by its own name alone. */
#include "prove.h"

#include "../../formats/bls/glob.c"

void harness(void)
{
	struct view text = any_view(), pattern = text, name;
	u64 split = nondet_u64();
	bool is_plain = true, is_equal;

	assume(split <= text.len);
	pattern.len = split;
	name = view_from(text, split);
	is_equal = name.len == pattern.len;
	for (u64 i = 0; i < pattern.len; i++) {
		u8 c = pattern.at[i];

		is_plain &= c != '*' && c != '?' && c != '[';
		is_equal = is_equal && lower(c) == lower(name.at[i]);
	}
	if (is_plain)
		prove(glob_matches(pattern, name) == is_equal);
	else
		(void)glob_matches(pattern, name);
}
