// SPDX-License-Identifier: BSD-2-Clause
/*
 * Entries, os-release, versions and load options of any text. Three texts are
 * taken from an input, and compared in every way: each order must be one.
 */
#include <assert.h>
#include <stdlib.h>

#include "bls.h"
#include "lies_in.h"
#include "version.h"

#define NR_TEXTS 3

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

/* Texts end at bytes of 0xff. */
static struct view take_text(struct view *left)
{
	const u8 *end = memchr(left->at, 0xff, left->len);
	struct view text = *left;

	if (end)
		text.len = (u64)(end - text.at);
	*left = view_from(*left, text.len + 1);
	return text;
}

static void check_versions(const struct view v[NR_TEXTS])
{
	for (u32 i = 0; i < NR_TEXTS; i++)
		for (u32 k = 0; k < NR_TEXTS; k++)
			assert(sign(version_compare(v[i], v[k])) ==
			       -sign(version_compare(v[k], v[i])));
	if (version_compare(v[0], v[1]) <= 0 &&
	    version_compare(v[1], v[2]) <= 0)
		assert(version_compare(v[0], v[2]) <= 0);
}

static void check_order(const struct view v[NR_TEXTS])
{
	struct bls_entry entries[NR_TEXTS];

	for (u32 i = 0; i < NR_TEXTS; i++) {
		entries[i] = bls_entry_of(v[i], v[i]);
		bls_read_release(v[i], &entries[i]);
		entries[i].is_spent = v[i].len && v[i].at[0] == '+';
		assert(is_found_in(v[i], entries[i].sort_key));
		assert(is_found_in(v[i], entries[i].version));
		assert(!bls_is_before(&entries[i], &entries[i]));
	}
	if (bls_is_before(&entries[0], &entries[1])) {
		assert(!bls_is_before(&entries[1], &entries[0]));
		if (bls_is_before(&entries[1], &entries[2]))
			assert(bls_is_before(&entries[0], &entries[2]));
	}
}

static void check_files(struct view text, u32 nr_kernels,
			bool (*next)(struct view *, struct named_file *))
{
	struct named_file file;
	struct view left = text;

	while (next(&left, &file)) {
		assert(is_found_in(text, file.path));
		assert(is_found_in(text, file.line));
		assert(left.len <= text.len);
		nr_kernels -= file.is_kernel;
	}
	assert(!nr_kernels);
}

/* What is written does not depend on the room, but for its end. */
static void check_written(struct view text,
			  u64 (*write)(struct view, char *, u64))
{
	u64 len = write(text, NULL, 0);
	char *whole = malloc(len + 1), *half = malloc(len / 2 + 1);

	assert(len <= text.len && write(text, whole, len) == len &&
	       write(text, half, len / 2) == len &&
	       !memcmp(whole, half, len / 2));
	free(whole);
	free(half);
}

static void check_entry(struct view name, struct view text)
{
	struct bls_entry entry;
	bool is_spent;
	u32 profile;

	if (bls_read(name, text, &entry)) {
		assert(is_found_in(name, entry.name));
		assert(is_found_in(text, entry.profile));
		assert(bls_kernels(text));
	}
	assert(!bls_take_suffix(&name, VIEW(".efi"), &is_spent) || name.len);
	assert(!words_profile(name, &profile) || profile <= 9999);
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view left = { len ? bytes : (const u8 *)"", len };
	struct view texts[NR_TEXTS];

	for (u32 i = 0; i < NR_TEXTS; i++)
		texts[i] = take_text(&left);
	check_versions(texts);
	check_order(texts);
	check_entry(texts[0], texts[1]);
	check_files(texts[1], bls_kernels(texts[1]), bls_next_file);
	check_files(texts[1], words_kernels(texts[1]), words_next_file);
	check_written(texts[1], bls_options);
	check_written(texts[1], words_without_files);
	return 0;
}
