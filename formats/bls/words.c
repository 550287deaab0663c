// SPDX-License-Identifier: BSD-2-Clause
/*
 * Words that name files.
 */
#include "words.h"

#include "cmdline.h"

#define PROFILE_DIGITS 4

static struct view unquote(struct view v)
{
	if (v.len < 2 || v.at[0] != '"' || v.at[v.len - 1] != '"')
		return v;
	return (struct view){ v.at + 1, v.len - 2 };
}

/* Split a path at the first comma: it cannot have one here. */
static void split(struct view value, struct named_file *out)
{
	const u8 *comma = memchr(value.at, ',', value.len);

	if (!comma)
		return;
	out->path.len = (u64)(comma - value.at);
	out->line = view_from(value, out->path.len + 1);
}

static bool names_file(struct view word, struct named_file *out)
{
	static const struct {
		const char *name;
		bool is_kernel, has_line;
	} kinds[] = {
		{ "kernel=", true, false },
		{ "initrd=", false, false },
		{ "module=", false, true },
	};

	word = unquote(word);
	for (u32 i = 0; i < ARRAY_LEN(kinds); i++) {
		u64 len = strlen(kinds[i].name);
		struct view name = { (const u8 *)kinds[i].name, len }, value;

		if (!view_starts(word, name))
			continue;
		value = unquote(view_from(word, len));
		*out = (struct named_file){
			.path = value,
			.line = view_from(value, value.len),
		};
		if (kinds[i].has_line)
			split(value, out);
		out->is_kernel = kinds[i].is_kernel;
		return true;
	}
	return false;
}

bool words_next_file(struct view *line, struct named_file *out)
{
	struct view word;

	while (cmdline_next(line, &word))
		if (names_file(word, out))
			return true;
	return false;
}

u32 words_kernels(struct view line)
{
	struct named_file file;
	u32 nr = 0;

	while (words_next_file(&line, &file))
		nr += file.is_kernel;
	return nr;
}

bool words_profile(struct view word, u32 *profile)
{
	u32 number = 0;

	if (word.len < 2 || word.len > 1 + PROFILE_DIGITS || word.at[0] != '@')
		return false;
	for (u64 i = 1; i < word.len; i++) {
		if (word.at[i] < '0' || word.at[i] > '9')
			return false;
		number = 10 * number + word.at[i] - '0';
	}
	*profile = number;
	return true;
}

u64 words_without_files(struct view line, char *out, u64 room)
{
	struct named_file file;
	struct view word;
	u64 len = 0;

	while (cmdline_next(&line, &word)) {
		if (names_file(word, &file))
			continue;
		if (len && len++ < room)
			out[len - 1] = ' ';
		if (len < room)
			memcpy(out + len, word.at,
			       min_u64(word.len, room - len));
		len += word.len;
	}
	return len;
}
