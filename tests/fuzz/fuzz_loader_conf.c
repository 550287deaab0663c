// SPDX-License-Identifier: BSD-2-Clause
/*
 * loader.conf of any text: a value lies in it; and patterns for names, which a
 * slower matcher judges as well.
 */
#include <assert.h>
#include <stdlib.h>

#include "bls.h"
#include "glob.h"
#include "lies_in.h"

#define SHORT 24

static u8 lower(u8 c)
{
	return c >= 'A' && c <= 'Z' ? (u8)(c + 32) : c;
}

static bool is_one(u8 sign, u8 c)
{
	return sign == '?' || lower(sign) == lower(c);
}

/* Without sets, which are another matter: which ends of the pattern match which
 * ends of the name, the shortest first. */
static bool matches(struct view pattern, struct view name)
{
	bool table[SHORT + 1][SHORT + 1];

	for (u64 p = pattern.len + 1; p--;)
		for (u64 n = name.len + 1; n--;)
			if (p == pattern.len)
				table[p][n] = n == name.len;
			else if (pattern.at[p] == '*')
				table[p][n] = table[p + 1][n] ||
					      (n < name.len && table[p][n + 1]);
			else
				table[p][n] =
					n < name.len &&
					is_one(pattern.at[p], name.at[n]) &&
					table[p + 1][n + 1];
	return table[0][0];
}

static bool is_plain(struct view text)
{
	for (u64 i = 0; i < text.len; i++)
		if (text.at[i] >= 0x80 || strchr("[]\\", text.at[i]))
			return false;
	return true;
}

static void check_value(struct view text, struct view key)
{
	struct view value = bls_value(text, key);

	assert(!value.len || lies_in(text, value));
	assert(!memchr(value.at, '\n', value.len));
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len);

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	u8 *copy = malloc(len + !len);
	struct view text = { copy, len }, pattern = text, name = text;

	memcpy(copy, bytes, len);
	check_value(text, VIEW("default"));
	check_value(text, VIEW("timeout"));
	pattern.len = min_u64(len / 2, SHORT);
	name = view_from(text, pattern.len);
	name.len = min_u64(name.len, SHORT);
	if (is_plain(pattern) && is_plain(name))
		assert(glob_matches(pattern, name) == matches(pattern, name));
	free(copy);
	return 0;
}
