// SPDX-License-Identifier: BSD-2-Clause
/*
 * Tag after tag. Whatever is not as it should be ends a walk, and so does the
 * end of the tags, of which each takes 4 bytes at least.
 */
#include "nodes.h"

#include <libfdt.h>

struct tag {
	u32 kind;
	struct view name, value;
	u64 next;
};

static struct view string_at(struct view from, u64 at)
{
	struct view out = view_from(from, at);

	out.len = strnlen((const char *)out.at, out.len);
	return out;
}

static bool read_tag(const struct nodes *nodes, u64 at, struct tag *out)
{
	struct view tags = nodes->tags;
	u32 words[3]; /* the kind; of a property its length and its name */
	u64 end = at + sizeof(words[0]);

	if (!view_read(tags, at, words, sizeof(words[0])))
		return false;
	out->kind = __builtin_bswap32(words[0]);
	if (out->kind == FDT_BEGIN_NODE) {
		out->name = string_at(tags, end);
		end += out->name.len + 1;
	} else if (out->kind == FDT_PROP) {
		if (!view_read(tags, at, words, sizeof(words)) ||
		    !view_cut(tags, at + sizeof(words),
			      __builtin_bswap32(words[1]), &out->value))
			return false;
		out->name =
			string_at(nodes->strings, __builtin_bswap32(words[2]));
		end = at + sizeof(words) + out->value.len;
	} else if (out->kind != FDT_END_NODE && out->kind != FDT_NOP) {
		return false; /* FDT_END, and what is none */
	}
	out->next = align_up(end, sizeof(words[0]));
	return true;
}

struct nodes nodes_of(struct view tree)
{
	const void *fdt = tree.at;
	struct nodes out = { tree, tree };

	out.tags = view_from(tree, fdt_off_dt_struct(fdt));
	out.tags.len = min_u64(out.tags.len, fdt_size_dt_struct(fdt));
	out.strings = view_from(tree, fdt_off_dt_strings(fdt));
	out.strings.len = min_u64(out.strings.len, fdt_size_dt_strings(fdt));
	return out;
}

bool nodes_root(const struct nodes *nodes, u64 *out)
{
	struct node_walk walk = { 0, 0 };
	struct view name;

	return nodes_next(nodes, &walk, &name, out);
}

bool nodes_next(const struct nodes *nodes, struct node_walk *walk,
		struct view *name, u64 *child)
{
	struct tag tag;

	while (read_tag(nodes, walk->at, &tag)) {
		walk->at = tag.next;
		if (tag.kind == FDT_BEGIN_NODE && !walk->depth++) {
			*name = tag.name;
			*child = tag.next;
			return true;
		}
		if (tag.kind == FDT_END_NODE && !walk->depth--)
			return false;
	}
	return false;
}

bool nodes_child(const struct nodes *nodes, u64 node, struct view name,
		 u64 *out)
{
	struct node_walk walk = { node, 0 };
	struct view found;
	u64 child;

	while (nodes_next(nodes, &walk, &found, &child))
		if (view_equal(found, name)) {
			*out = child;
			return true;
		}
	return false;
}

bool nodes_property(const struct nodes *nodes, u64 *at, struct view *name,
		    struct view *value)
{
	struct tag tag;

	while (read_tag(nodes, *at, &tag)) {
		if (tag.kind != FDT_PROP && tag.kind != FDT_NOP)
			return false;
		*at = tag.next;
		*name = tag.name;
		*value = tag.value;
		if (tag.kind == FDT_PROP)
			return true;
	}
	return false;
}

bool nodes_walk(const struct nodes *nodes, struct node_path *path)
{
	struct tag tag;

	while (read_tag(nodes, path->next, &tag)) {
		path->next = tag.next;
		if (tag.kind == FDT_END_NODE && !path->depth--)
			return false;
		if (tag.kind != FDT_BEGIN_NODE)
			continue;
		if (path->depth == NODES_DEPTH)
			return false;
		path->node[path->depth++] = tag.next;
		return true;
	}
	return false;
}

bool nodes_are_sound(const struct nodes *nodes)
{
	struct view strings = nodes->strings;
	struct tag tag = { .kind = FDT_NOP };
	u64 at = 0, depth = 0;

	for (; read_tag(nodes, at, &tag); at = tag.next) {
		if (tag.kind == FDT_PROP &&
		    tag.name.at + tag.name.len == strings.at + strings.len)
			return false;
		if (tag.kind == FDT_END_NODE && !depth--)
			return false;
		depth += tag.kind == FDT_BEGIN_NODE;
	}
	return tag.kind == FDT_END && !depth;
}

bool nodes_value(const struct nodes *nodes, u64 node, struct view name,
		 struct view *out)
{
	struct view found, value;

	while (nodes_property(nodes, &node, &found, &value))
		if (view_equal(found, name)) {
			*out = value;
			return true;
		}
	return false;
}

u64 nodes_number(const struct nodes *nodes, u64 node, struct view name,
		 u64 standard)
{
	struct view value;
	u32 cell;

	if (!nodes_value(nodes, node, name, &value) ||
	    !view_read(value, 0, &cell, sizeof(cell)))
		return standard;
	return __builtin_bswap32(cell);
}

struct view nodes_string(const struct nodes *nodes, u64 node, struct view name)
{
	struct view value = view_from(nodes->tags, nodes->tags.len);

	if (nodes_value(nodes, node, name, &value))
		value.len = strnlen((const char *)value.at, value.len);
	return value;
}
