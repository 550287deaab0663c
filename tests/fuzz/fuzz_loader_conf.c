// SPDX-License-Identifier: BSD-2-Clause
/*
 * loader.conf of any text: a value lies in it; and patterns for names, which a
 * slower matcher judges as well.
 */
#include <stdlib.h>

#include "bls.h"
#include "glob.h"

#define SHORT 24 /* or the slow one takes for ever */

static void must(bool fact)
{
	if (!fact)
		abort();
}

static u8 lower(u8 c)
{
	return c >= 'A' && c <= 'Z' ? (u8)(c + 32) : c;
}

/* Without sets, which are another matter. */
static bool matches(struct view pattern, struct view name)
{
	if (!pattern.len)
		return !name.len;
	if (pattern.at[0] == '*')
		return matches(view_from(pattern, 1), name) ||
		       (name.len && matches(pattern, view_from(name, 1)));
	return name.len &&
	       (pattern.at[0] == '?' ||
		lower(pattern.at[0]) == lower(name.at[0])) &&
	       matches(view_from(pattern, 1), view_from(name, 1));
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

	must(!value.len ||
	     (value.at >= text.at && value.at <= text.at + text.len &&
	      value.len <= (u64)(text.at + text.len - value.at)));
	must(!memchr(value.at, '\n', value.len));
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
		must(glob_matches(pattern, name) == matches(pattern, name));
	free(copy);
	return 0;
}
