// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading a FIT image's default configuration. Data may lie in the tree
 * (data) or behind it (data-offset, data-position, data-size).
 */
#include "fit.h"

#include <libfdt.h>

#include "reason.h"
#include "tree.h"

#define MAX_NAME 40 /* shown of a name */

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

/* A FIT image that is being read: its nodes by libfdt's offsets. */
struct source {
	struct view file, tree;
	int images, config;
};

static struct view name_of(struct view tree, int node)
{
	int len = 0;
	const char *name = fdt_get_name(tree.at, node, &len);

	return name && len > 0 ? (struct view){ (const u8 *)name, (u64)len }
			       : (struct view){ tree.at, 0 };
}

static why bad_image(struct view tree, int image, const char *what)
{
	struct view name = name_of(tree, image);

	return reason_format("the image \"%.*s\" %s",
			     SHOW_UP_TO(name, MAX_NAME), what);
}

/* What is read of an image; empty where it does not say. */
enum key { DATA, SIZE, OFFSET, POSITION, ARCH, COMPRESSION, NR_KEYS };

/* All in one go: libfdt walks the properties for each that is asked for. */
static void read_image(struct view tree, int image, struct view out[NR_KEYS])
{
	static const struct view keys[NR_KEYS] = {
		[DATA] = { (const u8 *)"data", 4 },
		[SIZE] = { (const u8 *)"data-size", 9 },
		[OFFSET] = { (const u8 *)"data-offset", 11 },
		[POSITION] = { (const u8 *)"data-position", 13 },
		[ARCH] = { (const u8 *)"arch", 4 },
		[COMPRESSION] = { (const u8 *)"compression", 11 },
	};
	int at, len = 0;

	for (u32 k = 0; k < NR_KEYS; k++)
		out[k] = (struct view){ tree.at, 0 };
	fdt_for_each_property_offset(at, tree.at, image)
	{
		const char *name = NULL;
		const void *value =
			fdt_getprop_by_offset(tree.at, at, &name, &len);
		struct view key = value ? view_string(name) : VIEW("");

		for (u32 k = 0; value && k < NR_KEYS; k++)
			if (view_equal(key, keys[k]))
				out[k] = (struct view){ value, (u64)len };
	}
}

static bool number_of(struct view value, u64 *out)
{
	if (value.len < sizeof(fdt32_t))
		return false;
	*out = fdt32_ld((const fdt32_t *)value.at);
	return true;
}

/* The bytes of an image, in the tree or behind it. */
static why image_data(const struct source *from, int image,
		      const struct view said[NR_KEYS], struct view *out)
{
	struct view tree = from->tree;
	u64 at, len;

	*out = said[DATA];
	if (out->len)
		return NULL;
	if (!number_of(said[SIZE], &len))
		return bad_image(tree, image, "has no data");
	if (number_of(said[OFFSET], &at))
		at += align_up(tree.len, 4);
	else if (!number_of(said[POSITION], &at))
		return bad_image(tree, image,
				 "has a data-size, but neither data-offset nor "
				 "data-position");
	if (!view_cut(from->file, at, len, out))
		return bad_image(tree, image,
				 reason_format("has its data up to 0x%lx, and "
					       "the file ends at 0x%lx: is it "
					       "cut off?",
					       at + len, from->file.len));
	return NULL;
}

static why no_image(const struct source *from, const char *key,
		    struct view name)
{
	struct view whose = name_of(from->tree, from->config);

	return reason_format(
		"the configuration \"%.*s\" names the %s \"%.*s\", "
		"which is not among the images",
		SHOW_UP_TO(whose, MAX_NAME), key, SHOW_UP_TO(name, MAX_NAME));
}

static struct view string_of(struct view value)
{
	value.len = strnlen((const char *)value.at, value.len);
	return value;
}

/* What is said of a kernel: no other arch, and its compression. */
static why check_kernel(const struct source *from, int image,
			const struct view said[NR_KEYS], struct fit *out)
{
	static const char *const ours[] = { "x86_64", "x86", "i386", "amd64" };
	struct view arch = string_of(said[ARCH]), name;

	out->compression = string_of(said[COMPRESSION]);
	if (!arch.len)
		return NULL;
	for (u32 i = 0; i < ARRAY_LEN(ours); i++)
		if (view_equal(arch, view_string(ours[i])))
			return NULL;
	name = name_of(from->tree, image);
	return reason_format(
		"the kernel \"%.*s\" is for the arch \"%.*s\", and "
		"this is x86_64",
		SHOW_UP_TO(name, MAX_NAME), SHOW_UP_TO(arch, MAX_NAME));
}

/* The bytes of the image that the configuration names under a key; *out is
 * empty if it names none. kernel is NULL for what is none. */
static why find_image(const struct source *from, const char *key,
		      struct fit *kernel, struct view *out)
{
	struct view name = tree_string(from->tree, from->config, key);
	struct view said[NR_KEYS];
	why bad = NULL;
	int image;

	*out = (struct view){ from->file.at, 0 };
	if (!name.len)
		return NULL;
	image = below(from->tree, from->images, name);
	if (image < 0)
		return no_image(from, key, name);
	read_image(from->tree, image, said);
	if (kernel)
		bad = check_kernel(from, image, said, kernel);
	return bad ? bad : image_data(from, image, said, out);
}

static why find_kernel(const struct source *from, struct fit *out)
{
	why bad = find_image(from, "kernel", out, &out->kernel);
	struct view name;

	if (bad || out->kernel.len)
		return bad;
	name = name_of(from->tree, from->config);
	return reason_format("no kernel is named by the configuration \"%.*s\"",
			     SHOW_UP_TO(name, MAX_NAME));
}

/* The default configuration, or the first if none is called that. */
static why find_config(struct source *from, struct fit *out)
{
	struct view tree = from->tree, name;
	int configs = fdt_subnode_offset(tree.at, 0, "configurations");

	from->config =
		configs < 0 ? configs : fdt_first_subnode(tree.at, configs);
	if (from->config < 0)
		return "there are no configurations";
	name = tree_string(tree, configs, "default");
	out->is_default = name.len;
	if (name.len)
		from->config = below(tree, configs, name);
	if (from->config < 0)
		return reason_format(
			"the default configuration \"%.*s\" is not "
			"there",
			SHOW_UP_TO(name, MAX_NAME));
	out->config = name.len ? name : name_of(tree, from->config);
	return NULL;
}

why fit_open(struct view file, struct view tree, struct fit *out)
{
	struct source from = { .file = file, .tree = tree };
	why bad = find_config(&from, out);

	from.images = fdt_subnode_offset(tree.at, 0, "images");
	if (!bad)
		bad = find_kernel(&from, out);
	if (!bad)
		bad = find_image(&from, "ramdisk", NULL, &out->ramdisk);
	if (!bad)
		bad = find_image(&from, "fdt", NULL, &out->devicetree);
	if (bad)
		return bad;
	if (out->devicetree.len &&
	    (!tree_claims(out->devicetree) ||
	     tree_len(out->devicetree) != out->devicetree.len))
		return "the configuration's device tree is not whole";
	out->bootargs = tree_string(tree, from.config, "bootargs");
	return NULL;
}
