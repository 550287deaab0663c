// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading a FIT image's default configuration. Data may lie in the tree
 * (data) or behind it (data-offset, data-position, data-size).
 */
#include "fit.h"

#include "tree.h"

#define MAX_ITEMS 16 /* images, and configurations */

enum { DATA, SIZE, OFFSET, POSITION, KERNEL, RAMDISK, FDT, BOOTARGS };

/* The properties that count. */
static const struct tree_name names[] = {
	[DATA] = TREE_NAME("data"),
	[SIZE] = TREE_NAME("data-size"),
	[OFFSET] = TREE_NAME("data-offset"),
	[POSITION] = TREE_NAME("data-position"),
	[KERNEL] = TREE_NAME("kernel"),
	[RAMDISK] = TREE_NAME("ramdisk"),
	[FDT] = TREE_NAME("fdt"),
	[BOOTARGS] = TREE_NAME("bootargs"),
};

/* An image node, which has the first four, or a configuration node; values are
 * empty where the property is not there. */
struct item {
	struct view name;
	struct view values[ARRAY_LEN(names)];
};

struct items {
	u32 nr;
	struct item list[MAX_ITEMS];
};

/* The first bytes must do where a peek shows no more. */
bool fit_claims(struct view file)
{
	struct tree_walk walk;

	if (!tree_claims(file) || !tree_len(file))
		return false;
	if (tree_begin(file, &walk))
		return true;
	while (tree_step(&walk))
		if (tree_is_node(&walk, 2, VIEW("images")))
			return true;
	return walk.is_damaged;
}

/* Take what a tag says about the images, or about the configurations. */
static why collect(const struct tree_walk *walk, struct items *items)
{
	if (walk->depth != 3)
		return NULL;
	if (walk->tag == FDT_PROP)
		tree_keep(walk, names, ARRAY_LEN(names),
			  items->list[items->nr - 1].values);
	if (walk->tag != FDT_BEGIN_NODE)
		return NULL;
	if (items->nr == MAX_ITEMS)
		return "there are more images or configurations than there is "
		       "room for";
	items->list[items->nr++] = (struct item){ .name = walk->name };
	return NULL;
}

/* A property that is one string; its NUL is not counted. */
static struct view string(struct view value)
{
	if (!value.len)
		return VIEW("");
	value.len = strnlen((const char *)value.at, value.len);
	return value;
}

static why read_tree(struct tree_walk *walk, struct items *images,
		     struct items *configs, struct view *standard)
{
	struct items *section = NULL;
	why bad = NULL;

	while (!bad && tree_step(walk)) {
		if (walk->tag == FDT_BEGIN_NODE && walk->depth == 2)
			section = NULL;
		if (tree_is_node(walk, 2, VIEW("images")))
			section = images;
		if (tree_is_node(walk, 2, VIEW("configurations")))
			section = configs;
		if (section)
			bad = collect(walk, section);
		if (section == configs && section && walk->depth == 2 &&
		    walk->tag == FDT_PROP &&
		    view_equal(walk->name, VIEW("default")))
			*standard = string(walk->value);
	}
	return bad ? bad : tree_end(walk);
}

static const struct item *find(const struct items *items, struct view name)
{
	for (u32 i = 0; i < items->nr; i++)
		if (view_equal(items->list[i].name, name))
			return &items->list[i];
	return NULL;
}

/* The bytes of the image that a configuration names, in the tree or behind
 * it; *out is empty if it names none. */
static why find_data(struct view file, const struct items *images,
		     struct view value, struct view *out)
{
	struct view name = string(value);
	const struct item *image = find(images, name);
	u64 at, len;

	*out = (struct view){ file.at, 0 };
	if (!name.len)
		return NULL;
	if (!image)
		return "the configuration names an image that is not there";
	*out = image->values[DATA];
	if (out->len)
		return NULL;
	if (!tree_number(image->values[SIZE], &len))
		return "an image has no data";
	if (tree_number(image->values[OFFSET], &at))
		at += align_up(tree_len(file), 4);
	else if (!tree_number(image->values[POSITION], &at))
		return "an image's data lies nowhere";
	if (!view_cut(file, at, len, out))
		return "an image's data passes the end of the file";
	return NULL;
}

why fit_open(struct view file, struct fit *out)
{
	struct items images = { .nr = 0 }, configs = { .nr = 0 };
	struct view standard = { file.at, 0 };
	const struct item *config;
	struct tree_walk walk;
	why bad = tree_begin(file, &walk);

	if (!bad)
		bad = read_tree(&walk, &images, &configs, &standard);
	if (bad)
		return bad;
	if (!configs.nr)
		return "there are no configurations";
	config = standard.len ? find(&configs, standard) : configs.list;
	if (!config)
		return "the default configuration is not there";
	bad = find_data(file, &images, config->values[KERNEL], &out->kernel);
	if (!bad)
		bad = find_data(file, &images, config->values[RAMDISK],
				&out->ramdisk);
	if (!bad)
		bad = find_data(file, &images, config->values[FDT],
				&out->devicetree);
	if (bad)
		return bad;
	if (!out->kernel.len)
		return "the default configuration names no kernel";
	if (out->devicetree.len &&
	    (!tree_claims(out->devicetree) ||
	     tree_len(out->devicetree) != out->devicetree.len))
		return "the configuration's device tree is not whole";
	out->bootargs = string(config->values[BOOTARGS]);
	return NULL;
}
