// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading a FIT image's default configuration. Data may lie in the tree
 * (data) or behind it (data-offset, data-position, data-size).
 */
#include "fit.h"

#include <libfdt.h>

#define MAGIC "\xd0\x0d\xfe\xed"

bool fit_is_tree(struct view file)
{
	return view_starts(file, VIEW(MAGIC));
}

/* The length that a tree's header gives it; 0 if there is no header. */
static u64 total_len(struct view file)
{
	fdt32_t len = 0;

	if (file.len < sizeof(struct fdt_header))
		return 0;
	memcpy(&len, file.at + offsetof(struct fdt_header, totalsize),
	       sizeof(len));
	return fdt32_to_cpu(len);
}

/*
 * libfdt's tag walker alone: its functions that look names up are one object,
 * twelve times as long as these two.
 */

/* The child of a node, or a negative number. */
static int find_child(struct view tree, int parent, struct view name)
{
	int node;

	for (node = fdt_first_subnode(tree.at, parent); node >= 0;
	     node = fdt_next_subnode(tree.at, node)) {
		const struct fdt_node_header *header = fdt_offset_ptr(
			tree.at, node, FDT_TAGSIZE + (unsigned)name.len + 1);

		if (header && !memcmp(header->name, name.at, name.len) &&
		    !header->name[name.len])
			return node;
	}
	return node;
}

/* Does the string at an offset of the strings block say this? */
static bool is_named(struct view tree, u32 offset, struct view name)
{
	struct view strings;

	return view_cut(tree, fdt_off_dt_strings(tree.at),
			fdt_size_dt_strings(tree.at), &strings) &&
	       view_has(strings, offset, name.len + 1) &&
	       !memcmp(strings.at + offset, name.at, name.len) &&
	       !strings.at[offset + name.len];
}

/* A node's property; empty if it has none of that name. */
static struct view property(struct view tree, int node, struct view name)
{
	int at, next = 0;
	u32 tag = fdt_next_tag(tree.at, node, &next);

	for (;;) {
		const struct fdt_property *prop;

		at = next;
		tag = next < 0 ? FDT_END : fdt_next_tag(tree.at, at, &next);
		if (tag == FDT_NOP)
			continue;
		if (tag != FDT_PROP)
			return (struct view){ tree.at, 0 };
		prop = fdt_offset_ptr(tree.at, at, sizeof(*prop));
		if (prop && is_named(tree, fdt32_to_cpu(prop->nameoff), name))
			return (struct view){ (const u8 *)prop->data,
					      fdt32_to_cpu(prop->len) };
	}
}

/* The first bytes must do where a peek shows no more. */
bool fit_claims(struct view file)
{
	struct view tree;

	if (!fit_is_tree(file) || !total_len(file))
		return false;
	return total_len(file) > file.len || fit_check_tree(file, &tree) ||
	       find_child(tree, 0, VIEW("images")) >= 0;
}

/* Walk all tags: none is cut off, and nodes end as they begin. */
static bool is_sound(struct view tree)
{
	int next = 0, depth = 0;
	u32 tag;

	do {
		tag = fdt_next_tag(tree.at, next, &next);
		if (next < 0)
			return false;
		depth += tag == FDT_BEGIN_NODE;
		depth -= tag == FDT_END_NODE;
		if (depth < 0)
			return false;
	} while (tag != FDT_END);
	return !depth;
}

why fit_check_tree(struct view file, struct view *out)
{
	if (!total_len(file) || !view_cut(file, 0, total_len(file), out))
		return "the tree is cut off";
	if ((u64)file.at % 8)
		return "the tree lies on no 8-byte boundary";
	if (fdt_check_header(file.at) || fdt_version(file.at) < 17 ||
	    !is_sound(*out))
		return "the tree is damaged";
	return NULL;
}

/* A property that is one string; its NUL is not counted. */
static struct view string(struct view tree, int node, struct view name)
{
	struct view value = property(tree, node, name);

	value.len = strnlen((const char *)value.at, value.len);
	return value;
}

static bool number(struct view tree, int node, struct view name, u64 *out)
{
	struct view value = property(tree, node, name);
	fdt32_t cell;

	if (!view_read(value, 0, &cell, sizeof(cell)))
		return false;
	*out = fdt32_to_cpu(cell);
	return true;
}

/* The bytes of an image node, in the tree or behind it. */
static why image_data(struct view file, struct view tree, int node,
		      struct view *out)
{
	u64 at, len;

	*out = property(tree, node, VIEW("data"));
	if (out->len)
		return NULL;
	if (!number(tree, node, VIEW("data-size"), &len))
		return "an image has no data";
	if (number(tree, node, VIEW("data-offset"), &at))
		at += align_up(tree.len, 4);
	else if (!number(tree, node, VIEW("data-position"), &at))
		return "an image's data lies nowhere";
	if (!view_cut(file, at, len, out))
		return "an image's data passes the end of the file";
	return NULL;
}

/* Find the image that a configuration names in a property; *out is empty if
 * it names none. */
static why find_image(struct view file, struct view tree, int config,
		      struct view what, struct view *out)
{
	struct view name = string(tree, config, what);
	int images = find_child(tree, 0, VIEW("images"));
	int node;

	*out = (struct view){ tree.at, 0 };
	if (!name.len)
		return NULL;
	node = images < 0 ? images : find_child(tree, images, name);
	if (node < 0)
		return "the configuration names an image that is not there";
	return image_data(file, tree, node, out);
}

/* The default configuration, or the only one. */
static why find_configuration(struct view tree, int *out)
{
	int all = find_child(tree, 0, VIEW("configurations"));
	struct view name;

	if (all < 0)
		return "there are no configurations";
	name = string(tree, all, VIEW("default"));
	*out = name.len ? find_child(tree, all, name)
			: fdt_first_subnode(tree.at, all);
	return *out < 0 ? "the default configuration is not there" : NULL;
}

why fit_open(struct view file, struct fit *out)
{
	struct view tree;
	int config = -1;
	why bad = fit_check_tree(file, &tree);

	if (!bad)
		bad = find_configuration(tree, &config);
	if (!bad)
		bad = find_image(file, tree, config, VIEW("kernel"),
				 &out->kernel);
	if (!bad)
		bad = find_image(file, tree, config, VIEW("ramdisk"),
				 &out->ramdisk);
	if (!bad)
		bad = find_image(file, tree, config, VIEW("fdt"),
				 &out->devicetree);
	if (bad)
		return bad;
	if (!out->kernel.len)
		return "the default configuration names no kernel";
	/* mkimage aligns it to 4 bytes only, so libfdt cannot walk it here. */
	if (out->devicetree.len &&
	    (!fit_is_tree(out->devicetree) ||
	     total_len(out->devicetree) != out->devicetree.len))
		return "the configuration's device tree is not whole";
	out->bootargs = string(tree, config, VIEW("bootargs"));
	return NULL;
}
