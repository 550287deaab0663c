// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading a FIT image's default configuration. Data may lie in the tree
 * (data) or behind it (data-offset, data-position, data-size).
 */
#include "fit.h"

#include <libfdt.h>

#include "tree.h"

bool fit_has_images(struct view tree)
{
	return fdt_subnode_offset(tree.at, 0, "images") >= 0;
}

/* A node below another by name; negative if there is none. */
static int below(struct view tree, int node, struct view name)
{
	return fdt_subnode_offset_namelen(tree.at, node, (const char *)name.at,
					  (int)name.len);
}

/* The bytes of an image, in the tree or behind it. */
static why image_data(struct view file, struct view tree, int image,
		      struct view *out)
{
	int inside_len = 0;
	const void *inside = fdt_getprop(tree.at, image, "data", &inside_len);
	u64 at, len;

	if (inside && inside_len) {
		*out = (struct view){ inside, (u64)inside_len };
		return NULL;
	}
	if (!tree_number(tree, image, "data-size", &len))
		return "an image has no data";
	if (tree_number(tree, image, "data-offset", &at))
		at += align_up(tree.len, 4);
	else if (!tree_number(tree, image, "data-position", &at))
		return "an image's data lies nowhere";
	if (!view_cut(file, at, len, out))
		return "an image's data passes the end of the file";
	return NULL;
}

/* The bytes of the image that a configuration names under a key; *out is empty
 * if it names none. */
static why find_data(struct view file, struct view tree, int config,
		     const char *key, struct view *out)
{
	struct view name = tree_string(tree, config, key);
	int image;

	*out = (struct view){ file.at, 0 };
	if (!name.len)
		return NULL;
	image = below(tree, fdt_subnode_offset(tree.at, 0, "images"), name);
	if (image < 0)
		return "the configuration names an image that is not there";
	return image_data(file, tree, image, out);
}

/* The default configuration, or the first if none is called that. */
static why find_config(struct view tree, int *out)
{
	int configs = fdt_subnode_offset(tree.at, 0, "configurations");
	struct view name;

	*out = configs < 0 ? configs : fdt_first_subnode(tree.at, configs);
	if (*out < 0)
		return "there are no configurations";
	name = tree_string(tree, configs, "default");
	if (name.len)
		*out = below(tree, configs, name);
	return *out < 0 ? "the default configuration is not there" : NULL;
}

why fit_open(struct view file, struct view tree, struct fit *out)
{
	int config = 0;
	why bad = find_config(tree, &config);

	if (!bad)
		bad = find_data(file, tree, config, "kernel", &out->kernel);
	if (!bad)
		bad = find_data(file, tree, config, "ramdisk", &out->ramdisk);
	if (!bad)
		bad = find_data(file, tree, config, "fdt", &out->devicetree);
	if (bad)
		return bad;
	if (!out->kernel.len)
		return "the default configuration names no kernel";
	if (out->devicetree.len &&
	    (!tree_claims(out->devicetree) ||
	     tree_len(out->devicetree) != out->devicetree.len))
		return "the configuration's device tree is not whole";
	out->bootargs = tree_string(tree, config, "bootargs");
	return NULL;
}
