// SPDX-License-Identifier: BSD-2-Clause
/*
 * The checks before libfdt is used: its own check of a whole tree follows NULL
 * in trees of old versions.
 */
#include "tree.h"

#include <libfdt.h>

#include "nodes.h"
#include "reason.h"

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

why tree_check(struct view file, struct view *out)
{
	struct nodes nodes;
	struct view tree;

	if (!view_cut(file, 0, tree_len(file), &tree))
		return reason_format("the tree is cut off: it has %lu bytes "
				     "of %lu",
				     file.len, tree_len(file));
	if ((u64)tree.at % TREE_ALIGN)
		return "the tree does not lie at a multiple of 8 bytes";
	if (!is_header_right(tree))
		return "the tree's header is damaged";
	nodes = nodes_of(tree);
	if (!nodes_are_sound(&nodes))
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
