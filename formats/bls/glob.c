// SPDX-License-Identifier: BSD-2-Clause
/*
 * Matching without going back further than to the last "*": the steps grow with
 * the product of both lengths, and no faster.
 */
#include "glob.h"

static u8 lower(u8 c)
{
	return c >= 'A' && c <= 'Z' ? c | ('a' ^ 'A') : c;
}

/* Where a set that begins here ends, behind its "]"; 0 if it has none. */
static u64 set_len(struct view pattern)
{
	for (u64 at = 2; at < pattern.len; at++)
		if (pattern.at[at] == ']')
			return at + 1;
	return 0;
}

static bool is_in_set(struct view set, u8 c)
{
	bool is_not = set.at[1] == '!' || set.at[1] == '^';
	bool is_in = false;

	for (u64 at = 1 + is_not; at < set.len - 1; at++) {
		u8 first = lower(set.at[at]), last = first;

		if (at + 2 < set.len - 1 && set.at[at + 1] == '-') {
			last = lower(set.at[at + 2]);
			at += 2;
		}
		is_in |= c >= first && c <= last;
	}
	return is_in != is_not;
}

/* Take one element of the pattern that matches c; false if it does not. */
static bool take_one(struct view *pattern, u8 c)
{
	u64 len = 1;
	bool is_match;

	if (!pattern->len)
		return false;
	is_match = pattern->at[0] == '?' || lower(pattern->at[0]) == c;
	if (pattern->at[0] == '[' && set_len(*pattern)) {
		len = set_len(*pattern);
		is_match = is_in_set((struct view){ pattern->at, len }, c);
	}
	*pattern = view_from(*pattern, len);
	return is_match;
}

bool glob_matches(struct view pattern, struct view name)
{
	struct view behind_star = VIEW(""), from = VIEW("");
	bool has_star = false;

	while (name.len) {
		if (pattern.len && pattern.at[0] == '*') {
			pattern = behind_star = view_from(pattern, 1);
			from = name;
			has_star = true;
			continue;
		}
		if (take_one(&pattern, lower(name.at[0]))) {
			name = view_from(name, 1);
			continue;
		}
		if (!has_star)
			return false;
		from = name = view_from(from, 1);
		pattern = behind_star;
	}
	while (pattern.len && pattern.at[0] == '*')
		pattern = view_from(pattern, 1);
	return !pattern.len;
}
