// SPDX-License-Identifier: BSD-2-Clause
/*
 * Device trees, and FIT images, which are such: images with their hashes, and
 * configurations.
 */
#include "inspect.h"

#include <libfdt.h>

#include "digest.h"
#include "fit_images.h"
#include "tree.h"

#define SHORT_TEXT  200
#define SHORT_BYTES DIGEST_MAX

/* Is it what people can read: strings, each with its NUL? */
static bool is_text(struct view value)
{
	if (!value.len || value.at[value.len - 1] || !value.at[0])
		return false;
	for (u64 i = 0; i < value.len; i++)
		if (value.at[i] && (value.at[i] < ' ' || value.at[i] > '~'))
			return false;
	return true;
}

/* The properties of a node, but for an image's data. */
static void add_properties(json_t *facts, struct view tree, int node)
{
	int at, len = 0;

	fdt_for_each_property_offset(at, tree.at, node)
	{
		const char *name = NULL;
		const void *data =
			fdt_getprop_by_offset(tree.at, at, &name, &len);
		struct view value = { data, data ? (u64)len : 0 };

		if (!data || !strcmp(name, "data"))
			continue;
		if (is_text(value))
			fact_view(
				facts, name,
				(struct view){ value.at, min_u64(value.len - 1,
								 SHORT_TEXT) });
		else if (value.len == sizeof(fdt32_t))
			fact_address(facts, name,
				     fdt32_ld((const fdt32_t *)value.at));
		else if (value.len <= SHORT_BYTES)
			fact_bytes(facts, name, value);
		else
			fact_number(facts, name, value.len);
	}
}

/* Is the image what the tree says? Signatures are not checked. */
static void check_hash(json_t *facts, struct view tree, int node,
		       struct view content)
{
	struct view algorithm = tree_string(tree, node, "algo"), said;
	u8 digest[DIGEST_MAX];
	u32 nr = digest_of(algorithm, content, NULL, digest);
	int len = 0;
	const void *value = fdt_getprop(tree.at, node, "value", &len);

	if (!nr || !value)
		return;
	said = (struct view){ value, (u64)len };
	fact_flag(facts, "is_right",
		  view_equal(said, (struct view){ digest, nr }));
	if (!view_equal(said, (struct view){ digest, nr }))
		fact_damage(facts, 0, "the image is not what this hash says");
}

static void add_image(json_t *facts, struct view file, struct view tree,
		      int image, u32 depth)
{
	json_t *one = fact_next(facts, "images");
	struct view content;
	int hash;
	why bad;

	fact_view(one, "name", view_string(fdt_get_name(tree.at, image, NULL)));
	add_properties(one, tree, image);
	bad = fit_images_data(file, tree, image, &content);
	if (bad) {
		fact_damage(one, fit_images_place(tree, image), bad);
		return;
	}
	fact_content(one, content);
	fdt_for_each_subnode(hash, tree.at, image)
	{
		json_t *each = fact_next(one, "hashes");

		fact_view(each, "name",
			  view_string(fdt_get_name(tree.at, hash, NULL)));
		add_properties(each, tree, hash);
		check_hash(each, tree, hash, content);
	}
	if (depth < INSPECT_DEPTH &&
	    view_equal(tree_string(tree, image, "type"), VIEW("kernel")))
		inspect_file(fact_tree(one, "file"), content, depth + 1);
	if (view_equal(tree_string(tree, image, "type"), VIEW("ramdisk")))
		inspect_initrd(one, content);
}

static void add_fit(json_t *facts, struct view file, struct view tree,
		    u32 depth)
{
	int images = fdt_subnode_offset(tree.at, 0, "images");
	int configs = fdt_subnode_offset(tree.at, 0, "configurations");
	int node;

	fdt_for_each_subnode(node, tree.at, images)
		add_image(facts, file, tree, node, depth);
	if (configs < 0)
		return;
	fact_view(facts, "default", tree_string(tree, configs, "default"));
	fdt_for_each_subnode(node, tree.at, configs)
	{
		json_t *one = fact_next(facts, "configurations");

		fact_view(one, "name",
			  view_string(fdt_get_name(tree.at, node, NULL)));
		add_properties(one, tree, node);
	}
}

void inspect_tree(json_t *facts, struct view file, u32 depth)
{
	struct view tree;
	json_t *found;
	bool is_fit;
	why bad;

	if (!tree_claims(file))
		return;
	bad = fit_images_tree(file, &tree);
	is_fit = !bad && fdt_subnode_offset(tree.at, 0, "images") >= 0;
	found = fact_tree(facts, is_fit ? "fit" : "device_tree");
	if (bad) {
		fact_damage(found, 0, bad);
		return;
	}
	fact_number(found, "tree_size", tree.len);
	add_properties(found, tree, 0);
	if (is_fit)
		add_fit(found, file, tree, depth);
}
