// SPDX-License-Identifier: BSD-2-Clause
/*
 * Entries of type 1, and which of them comes first.
 */
#include "bls.h"

#include "cmdline.h"
#include "print.h"
#include "version.h"

#define MOST_TRIES   100000000
#define COUNTERS_LEN 24

static u8 lower(u8 c)
{
	return c >= 'A' && c <= 'Z' ? c | ('a' ^ 'A') : c;
}

static bool equal_but_case(struct view a, struct view b)
{
	if (a.len != b.len)
		return false;
	for (u64 i = 0; i < a.len; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

static struct view trim(struct view v)
{
	while (v.len && cmdline_is_blank(v.at[0]))
		v = view_from(v, 1);
	while (v.len && cmdline_is_blank(v.at[v.len - 1]))
		v.len--;
	return v;
}

/* Take a line off the text, without its end. */
static struct view take_line(struct view *text)
{
	const u8 *end = memchr(text->at, '\n', text->len);
	struct view line = *text;

	if (end)
		line.len = (u64)(end - text->at);
	*text = view_from(*text, line.len + 1);
	return trim(line);
}

static struct view take_word(struct view *line)
{
	struct view word = { line->at, 0 };

	while (word.len < line->len && !cmdline_is_blank(line->at[word.len]))
		word.len++;
	*line = trim(view_from(*line, word.len));
	return word;
}

/* The next key and its value; false at the end. */
static bool next_key(struct view *text, struct view *key, struct view *value)
{
	while (text->len) {
		*value = take_line(text);
		*key = take_word(value);
		if (key->len && key->at[0] != '#' && value->len)
			return true;
	}
	return false;
}

/* Take a "+LEFT" or "+LEFT-DONE" off a name's end. */
static void take_counters(struct view *name, bool *is_spent)
{
	u64 at = name->len;
	bool has_left = false, is_zero = true;

	for (; at; at--) {
		u8 c = name->at[at - 1];

		if (c == '+')
			break;
		has_left = c == '-' ? false : true;
		if (c == '-')
			is_zero = true;
		else if (c < '0' || c > '9')
			return;
		else
			is_zero &= c == '0';
	}
	if (!at || !has_left)
		return;
	name->len = at - 1;
	*is_spent = is_zero;
}

bool bls_take_suffix(struct view *name, struct view suffix, bool *is_spent)
{
	struct view end;

	*is_spent = false;
	if (name->len <= suffix.len)
		return false;
	end = view_from(*name, name->len - suffix.len);
	if (!equal_but_case(end, suffix))
		return false;
	name->len -= suffix.len;
	take_counters(name, is_spent);
	return true;
}

static void take_value(struct bls_entry *entry, struct view key,
		       struct view value)
{
	if (view_equal(key, VIEW("sort-key")))
		entry->sort_key = value;
	else if (view_equal(key, VIEW("version")))
		entry->version = value;
	else if (view_equal(key, VIEW("machine-id")))
		entry->machine_id = value;
	else if (view_equal(key, VIEW("profile")))
		entry->profile = value;
}

static bool is_kernel_key(struct view key)
{
	return view_equal(key, VIEW("linux")) || view_equal(key, VIEW("efi")) ||
	       view_equal(key, VIEW("uki"));
}

struct bls_entry bls_entry_of(struct view name, struct view text)
{
	return (struct bls_entry){ .name = name,
				   .text = text,
				   .sort_key = VIEW(""),
				   .version = VIEW(""),
				   .machine_id = VIEW(""),
				   .profile = VIEW(""),
				   .release = VIEW("") };
}

bool bls_read(struct view file_name, struct view text, struct bls_entry *out)
{
	struct bls_entry entry = bls_entry_of(file_name, text);
	struct view key, value;
	bool has_kernel = false, is_ours = true;

	if (!bls_take_suffix(&entry.name, VIEW(".conf"), &entry.is_spent))
		return false;
	while (next_key(&text, &key, &value)) {
		has_kernel |= is_kernel_key(key);
		if (view_equal(key, VIEW("architecture")))
			is_ours = equal_but_case(value, VIEW("x64"));
		take_value(&entry, key, value);
	}
	*out = entry;
	return has_kernel && is_ours;
}

/* os-release(5): NAME=VALUE, the value maybe in quotes of either kind; names
 * and versions have nothing that would have to be escaped. */
static bool has_name(struct view line, struct view name, struct view *value)
{
	u64 last;

	if (!view_starts(line, name) || line.len == name.len ||
	    line.at[name.len] != '=')
		return false;
	*value = trim(view_from(line, name.len + 1));
	last = value->len - 1;
	if (value->len >= 2 && (value->at[0] == '"' || value->at[0] == '\'') &&
	    value->at[last] == value->at[0])
		*value = (struct view){ value->at + 1, value->len - 2 };
	return value->len;
}

void bls_read_release(struct view osrel, struct bls_entry *entry)
{
	struct view id = VIEW(""), version = VIEW(""), line;

	while (osrel.len) {
		line = take_line(&osrel);
		if (!has_name(line, VIEW("IMAGE_ID"), &entry->sort_key) &&
		    !has_name(line, VIEW("IMAGE_VERSION"), &entry->version) &&
		    !has_name(line, VIEW("ID"), &id))
			has_name(line, VIEW("VERSION_ID"), &version);
	}
	if (!entry->sort_key.len)
		entry->sort_key = id;
	if (!entry->version.len)
		entry->version = version;
}

/* Text in ASCII's order. */
static int compare(struct view a, struct view b)
{
	int result = memcmp(a.at, b.at, min_u64(a.len, b.len));

	return result ? result : (a.len > b.len) - (a.len < b.len);
}

bool bls_is_before(const struct bls_entry *a, const struct bls_entry *b)
{
	int result = a->is_spent - b->is_spent;

	if (!result)
		result = !a->sort_key.len - !b->sort_key.len;
	if (!result && a->sort_key.len) {
		result = compare(a->sort_key, b->sort_key);
		if (!result)
			result = compare(a->machine_id, b->machine_id);
		if (!result)
			result = version_compare(b->version, a->version);
		if (!result)
			result = version_compare(b->release, a->release);
	}
	if (!result)
		result = version_compare(b->name, a->name);
	return result < 0;
}

bool bls_next_file(struct view *text, struct named_file *out)
{
	struct view key, value;

	while (next_key(text, &key, &value)) {
		bool is_module = view_equal(key, VIEW("module"));

		out->is_kernel = is_kernel_key(key);
		if (!out->is_kernel && !is_module &&
		    !view_equal(key, VIEW("initrd")) &&
		    !view_equal(key, VIEW("devicetree")))
			continue;
		out->path = value;
		out->line = view_from(value, value.len);
		if (is_module) {
			out->line = value;
			out->path = take_word(&out->line);
		}
		return true;
	}
	return false;
}

u32 bls_kernels(struct view text)
{
	struct named_file file;
	u32 nr = 0;

	while (bls_next_file(&text, &file))
		nr += file.is_kernel;
	return nr;
}

bool bls_has_overlay(struct view text)
{
	struct view key, value;

	while (next_key(&text, &key, &value))
		if (view_equal(key, VIEW("devicetree-overlay")))
			return true;
	return false;
}

u64 bls_options(struct view text, char *out, u64 room)
{
	struct view key, value;
	u64 len = 0;

	while (next_key(&text, &key, &value)) {
		if (!view_equal(key, VIEW("options")))
			continue;
		if (len && len++ < room)
			out[len - 1] = ' ';
		if (len < room)
			memcpy(out + len, value.at,
			       min_u64(value.len, room - len));
		len += value.len;
	}
	return len;
}

struct view bls_value(struct view text, struct view key)
{
	struct view out = VIEW(""), name, value;

	while (next_key(&text, &name, &value))
		if (view_equal(name, key))
			out = value;
	return out;
}

/* Take a number off the end of a text; false if it has none. */
static bool take_number(struct view *text, u32 *out)
{
	u32 number = 0, unit = 1;
	u64 at = text->len;

	for (; at && text->at[at - 1] >= '0' && text->at[at - 1] <= '9'; at--) {
		if (unit > MOST_TRIES)
			return false;
		number += unit * (u32)(text->at[at - 1] - '0');
		unit *= 10;
	}
	if (at == text->len)
		return false;
	text->len = at;
	*out = number;
	return true;
}

static bool take_char(struct view *text, u8 c)
{
	if (!text->len || text->at[text->len - 1] != c)
		return false;
	text->len--;
	return true;
}

static u64 put(char *out, u64 room, u64 at, struct view text)
{
	if (at < room)
		memcpy(out + at, text.at, min_u64(text.len, room - at));
	return at + text.len;
}

u64 bls_count(struct view file_name, char *out, u64 room)
{
	char counters[COUNTERS_LEN];
	u64 len;
	struct view stem = file_name, suffix = VIEW("");
	u32 left, done = 0;

	while (stem.len && stem.at[stem.len - 1] != '.')
		stem.len--;
	if (!stem.len--)
		return 0;
	suffix = view_from(file_name, stem.len);
	if (!take_number(&stem, &left))
		return 0;
	if (take_char(&stem, '-')) {
		done = left;
		if (!take_number(&stem, &left))
			return 0;
	}
	if (!take_char(&stem, '+') || !left)
		return 0;
	len = put(out, room, 0, stem);
	len = put(out, room, len,
		  (struct view){ (const u8 *)counters,
				 format_into(counters, sizeof(counters),
					     "+%u-%u", left - 1, done + 1) });
	return put(out, room, len, suffix);
}
