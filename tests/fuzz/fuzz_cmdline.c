// SPDX-License-Identifier: BSD-2-Clause
/*
 * Command lines: words are all there is between blanks, in order.
 */
#include <assert.h>

#include "cmdline.h"

#define BLANK(c) ((c) == ' ' || ((c) >= '\t' && (c) <= '\r'))

static bool has_blank(struct view v, bool quotes)
{
	bool quoted = false;

	for (u64 i = 0; i < v.len; i++) {
		if (quotes && v.at[i] == '"')
			quoted = !quoted;
		if (!quoted && BLANK(v.at[i]))
			return true;
	}
	return false;
}

static void check_split(struct view string, bool named)
{
	struct view name, line;

	cmdline_split(string, named, &name, &line);
	assert((named || !name.len) && !has_blank(name, false));
	assert(!named || !line.len || !BLANK(*line.at));
	assert(line.at + line.len == string.at + string.len);
	for (const u8 *at = string.at; at < string.at + string.len; at++)
		assert(BLANK(*at) ||
		       (at >= name.at && at < name.at + name.len) ||
		       (at >= line.at && at < line.at + line.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct view line = { size ? data : (const u8 *)"", size }, word;
	const u8 *at = line.at, *end = line.at + size;

	check_split(line, true);
	check_split(line, cmdline_naming(line).line);
	while (cmdline_next(&line, &word)) {
		assert(word.len && !has_blank(word, true));
		for (; at != word.at; at++)
			assert(BLANK(*at));
		at += word.len;
		assert(at == line.at && (at == end || BLANK(*at)));
	}
	for (; at != end; at++)
		assert(BLANK(*at));
	return 0;
}
