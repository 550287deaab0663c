// SPDX-License-Identifier: BSD-2-Clause
/*
 * Load options of any bytes become text that comes back as it was; lists of
 * hashes of any bytes have a file only if its hash is there.
 */
#include <assert.h>
#include <stdlib.h>

#include "hashes.h"
#include "text.h"

#define HASH_DIGITS 64

/* Each array is of the very length, so that what passes it is seen. */
static void check_text(struct view units)
{
	u64 len = text_from_utf16(units, NULL, 0);
	char *text = malloc(len + !len), *half = malloc(len / 2 + 1);
	char *again = malloc(len + !len);
	struct view v = { (const u8 *)text, len };
	u64 nr;
	u16 *back;

	assert(text_from_utf16(units, text, len) == len);
	assert(text_from_utf16(units, half, len / 2) == len);
	assert(!memcmp(text, half, len / 2));
	for (u64 i = 0; i < len; i++)
		assert((u8)text[i] >= ' ');
	nr = text_to_utf16(v, NULL, 0);
	back = malloc(nr * sizeof(*back));
	assert(nr <= units.len / 2 + 1 && text_to_utf16(v, back, nr) == nr);
	assert(!back[nr - 1]);
	assert(text_from_utf16((struct view){ (const u8 *)back, 2 * nr }, again,
			       len) == len);
	assert(!memcmp(text, again, len));
	free(text);
	free(half);
	free(again);
	free(back);
}

static void check_utf8(struct view text)
{
	u64 nr = text_to_utf16(text, NULL, 0);
	u16 *units = malloc(nr * sizeof(*units));

	assert(nr && nr <= text.len + 1);
	assert(text_to_utf16(text, units, nr) == nr && !units[nr - 1]);
	free(units);
}

static void check_hashes(struct view lines)
{
	assert(!hashes_have(lines, lines));
	assert(lines.len >= HASH_DIGITS || !hashes_have(lines, VIEW("")));
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	u8 *copy = malloc(len + !len);
	struct view v = { copy, len };

	if (len)
		memcpy(copy, bytes, len);
	check_text(v);
	check_utf8(v);
	check_hashes(v);
	free(copy);
	return 0;
}
