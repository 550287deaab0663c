// SPDX-License-Identifier: BSD-2-Clause
/*
 * Flattened device trees, walked tag by tag. libfdt's own walker takes a bounds
 * check of 24 instructions for each byte of a name, and with its look-ups a
 * small FIT image cost three times the rest of a boot; its check of the header
 * alone would be 1.8 KB.
 */
#include "tree.h"

#define MAGIC	"\xd0\x0d\xfe\xed"
#define VERSION 17 /* the first that tells the structure block's length */

bool tree_claims(struct view file)
{
	return view_starts(file, VIEW(MAGIC));
}

/* A word of the header, which is there. */
static u32 header_word(struct view file, u64 at)
{
	fdt32_t word;

	memcpy(&word, file.at + at, sizeof(word));
	return fdt32_to_cpu(word);
}

#define HEADER(file, field)                                                    \
	header_word(file, offsetof(struct fdt_header, field))

u64 tree_len(struct view file)
{
	return file.len < FDT_V17_SIZE ? 0 : HEADER(file, totalsize);
}

/* Take size bytes, and what pads them to 4, off what is left. */
static bool take(struct tree_walk *walk, u64 size, struct view *out)
{
	if (!view_cut(walk->left, 0, size, out))
		return false;
	walk->left = view_from(walk->left, align_up(size, FDT_TAGSIZE));
	return true;
}

/* A string of either block; false if it has no end there. */
static bool named(struct tree_walk *walk, struct view from)
{
	const u8 *end = memchr(from.at, 0, from.len);

	if (!end)
		return false;
	walk->name = (struct view){ from.at, (u64)(end - from.at) };
	return true;
}

static bool take_property(struct tree_walk *walk)
{
	fdt32_t words[2]; /* length, name's offset */
	struct view head;

	if (!take(walk, sizeof(words), &head))
		return false;
	memcpy(words, head.at, sizeof(words));
	return take(walk, fdt32_to_cpu(words[0]), &walk->value) &&
	       named(walk, view_from(walk->strings, fdt32_to_cpu(words[1])));
}

static bool take_tag(struct tree_walk *walk)
{
	struct view word, ignored;
	fdt32_t tag;

	if (!take(walk, sizeof(tag), &word))
		return false;
	memcpy(&tag, word.at, sizeof(tag));
	walk->tag = fdt32_to_cpu(tag);
	switch (walk->tag) {
	case FDT_BEGIN_NODE:
		walk->depth++;
		return named(walk, walk->left) &&
		       take(walk, walk->name.len + 1, &ignored);
	case FDT_END_NODE:
		return --walk->depth >= 0;
	case FDT_PROP:
		return take_property(walk);
	case FDT_END:
		return !walk->depth;
	default:
		return walk->tag == FDT_NOP;
	}
}

bool tree_step(struct tree_walk *walk)
{
	walk->is_damaged = !take_tag(walk);
	return !walk->is_damaged && walk->tag != FDT_END;
}

why tree_end(const struct tree_walk *walk)
{
	return walk->is_damaged ? "the tree is damaged" : NULL;
}

why tree_begin(struct view file, struct tree_walk *walk)
{
	memset(walk, 0, sizeof(*walk));
	if (!tree_len(file) || !view_cut(file, 0, tree_len(file), &walk->tree))
		return "the tree is cut off";
	if (!tree_claims(file) || walk->tree.len < FDT_V17_SIZE ||
	    HEADER(file, version) < VERSION ||
	    HEADER(file, last_comp_version) > VERSION ||
	    !view_has(walk->tree, HEADER(file, off_mem_rsvmap),
		      sizeof(struct fdt_reserve_entry)) ||
	    !view_cut(walk->tree, HEADER(file, off_dt_struct),
		      HEADER(file, size_dt_struct), &walk->left) ||
	    !view_cut(walk->tree, HEADER(file, off_dt_strings),
		      HEADER(file, size_dt_strings), &walk->strings))
		return "the tree's header is damaged";
	return NULL;
}

why tree_check(struct view file, struct view *out)
{
	struct tree_walk walk;
	why bad = tree_begin(file, &walk);

	if (bad)
		return bad;
	while (tree_step(&walk))
		;
	bad = tree_end(&walk);
	if (!bad)
		*out = walk.tree;
	return bad;
}

bool tree_is_node(const struct tree_walk *walk, int depth, struct view name)
{
	return walk->tag == FDT_BEGIN_NODE && walk->depth == depth &&
	       view_equal(walk->name, name);
}

void tree_keep(const struct tree_walk *walk, const struct tree_name *names,
	       u32 nr, struct view *values)
{
	struct view name = walk->name;

	for (u32 i = 0; i < nr; i++)
		if (names[i].len == name.len &&
		    !memcmp(names[i].text, name.at, name.len))
			values[i] = walk->value;
}

bool tree_number(struct view value, u64 *out)
{
	fdt32_t cell;

	if (!view_read(value, 0, &cell, sizeof(cell)))
		return false;
	*out = fdt32_to_cpu(cell);
	return true;
}
