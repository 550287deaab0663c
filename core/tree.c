// SPDX-License-Identifier: BSD-2-Clause
/*
 * The checks before libfdt is used: its own check of a whole tree follows NULL
 * in trees of old versions.
 */
#include "tree.h"

#include <libfdt.h>

#define MAGIC	"\xd0\x0d\xfe\xed"
#define VERSION 17 /* the first that tells the structure block's length */

bool tree_claims(struct view file)
{
	return view_starts(file, VIEW(MAGIC));
}

/* A field of a header that is there. */
#define HEADER(file, field)                                                    \
	fdt32_ld((const fdt32_t *)((file).at +                                 \
				   offsetof(struct fdt_header, field)))

u64 tree_len(struct view file)
{
	return file.len < FDT_V17_SIZE ? 0 : HEADER(file, totalsize);
}

static bool is_header_right(struct view tree)
{
	return tree_claims(tree) && tree.len >= FDT_V17_SIZE &&
	       tree.len <= INT32_MAX && HEADER(tree, version) >= VERSION &&
	       HEADER(tree, last_comp_version) <= VERSION &&
	       view_has(tree, HEADER(tree, off_mem_rsvmap),
			sizeof(struct fdt_reserve_entry)) &&
	       view_has(tree, HEADER(tree, off_dt_struct),
			HEADER(tree, size_dt_struct)) &&
	       view_has(tree, HEADER(tree, off_dt_strings),
			HEADER(tree, size_dt_strings));
}

/* Of a property whose tag is whole. libfdt's own way to ask for it walks the
 * tag once more. */
static bool has_name(const void *fdt, int offset)
{
	const u8 *at = fdt_offset_ptr(fdt, offset, sizeof(struct fdt_property));

	if (!at)
		return false;
	at += offsetof(struct fdt_property, nameoff);
	return fdt_string(fdt, (int)fdt32_ld((const fdt32_t *)at));
}

/* Nodes end as often as they begin, properties have names, and then comes the
 * end. */
static bool are_tags_right(const void *fdt)
{
	int next = 0, depth = 0;

	for (;;) {
		int offset = next;
		u32 tag = fdt_next_tag(fdt, offset, &next);

		if (tag == FDT_END)
			return next >= 0 && !depth;
		if (tag == FDT_PROP && !has_name(fdt, offset))
			return false;
		depth += tag == FDT_BEGIN_NODE;
		depth -= tag == FDT_END_NODE;
		if (depth < 0)
			return false;
	}
}

why tree_check(struct view file, struct view *out)
{
	struct view tree;

	if (!tree_len(file) || !view_cut(file, 0, tree_len(file), &tree))
		return "the tree is cut off";
	if ((u64)tree.at % TREE_ALIGN)
		return "the tree does not lie at a multiple of 8 bytes";
	if (!is_header_right(tree))
		return "the tree's header is damaged";
	if (!are_tags_right(tree.at))
		return "the tree is damaged";
	*out = tree;
	return NULL;
}

static struct view property(struct view tree, int node, const char *name)
{
	int len;
	const void *value = fdt_getprop(tree.at, node, name, &len);

	return value ? (struct view){ value, (u64)len }
		     : (struct view){ tree.at, 0 };
}

struct view tree_string(struct view tree, int node, const char *name)
{
	struct view value = property(tree, node, name);

	value.len = strnlen((const char *)value.at, value.len);
	return value;
}

bool tree_number(struct view tree, int node, const char *name, u64 *out)
{
	struct view value = property(tree, node, name);

	if (value.len < sizeof(fdt32_t))
		return false;
	*out = fdt32_ld((const fdt32_t *)value.at);
	return true;
}
