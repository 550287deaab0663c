// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading a configuration of a FIT image. Data may lie in the tree (data) or
 * behind it (data-offset, data-position, data-size).
 */
#include "fit.h"

#include "digest.h"
#include "reason.h"

#define MAX_NAME   40 /* shown of a name */
#define MAX_HASHES 8  /* of an image: each reads all of it */

/* The node of all images, or of all configurations. */
static bool find_top(const struct nodes *nodes, struct view name, u64 *out)
{
	u64 root;

	return nodes_root(nodes, &root) && nodes_child(nodes, root, name, out);
}

bool fit_has_images(struct view tree)
{
	struct nodes nodes = nodes_of(tree);
	u64 images;

	return find_top(&nodes, VIEW("images"), &images);
}

static why bad_image(const struct fit_image *image, const char *what)
{
	return reason_format("the image \"%.*s\" %s",
			     SHOW_UP_TO(image->name, MAX_NAME), what);
}

/* What is read of an image; empty where it does not say. */
enum key {
	DATA,
	SIZE,
	OFFSET,
	POSITION,
	ARCH,
	COMPRESSION,
	TYPE,
	DESCRIPTION,
	NR_KEYS
};

/* All in one go. */
static void read_keys(const struct fit *fit, u64 node, struct view out[NR_KEYS])
{
	static const char keys[NR_KEYS][14] = {
		[DATA] = "data",	  [SIZE] = "data-size",
		[OFFSET] = "data-offset", [POSITION] = "data-position",
		[ARCH] = "arch",	  [COMPRESSION] = "compression",
		[TYPE] = "type",	  [DESCRIPTION] = "description",
	};
	struct view name, value;

	for (u32 k = 0; k < NR_KEYS; k++)
		out[k] = (struct view){ fit->tree.at, 0 };
	while (nodes_property(&fit->nodes, &node, &name, &value))
		for (u32 k = 0; k < NR_KEYS; k++)
			if (view_equal(name, view_string(keys[k])))
				out[k] = value;
}

static bool number_of(struct view value, u64 *out)
{
	u32 cell;

	if (!view_read(value, 0, &cell, sizeof(cell)))
		return false;
	*out = __builtin_bswap32(cell);
	return true;
}

/* The bytes of an image, in the tree or behind it. */
static why find_data(const struct fit *fit, const struct view said[NR_KEYS],
		     struct fit_image *image)
{
	u64 at, len;

	image->data = said[DATA];
	if (image->data.len)
		return NULL;
	if (!number_of(said[SIZE], &len))
		return bad_image(image, "has no data");
	if (number_of(said[OFFSET], &at))
		at += align_up(fit->tree.len, 4);
	else if (!number_of(said[POSITION], &at))
		return bad_image(image,
				 "has a data-size, but neither data-offset nor "
				 "data-position");
	if (!view_cut(fit->file, at, len, &image->data))
		return bad_image(image,
				 reason_format("has its data up to 0x%lx, and "
					       "the file ends at 0x%lx: is it "
					       "cut off?",
					       at + len, fit->file.len));
	return NULL;
}

static struct view string_of(struct view value)
{
	value.len = strnlen((const char *)value.at, value.len);
	return value;
}

static why check_hash(const struct fit *fit, u64 node,
		      const struct fit_image *image)
{
	struct view algorithm = nodes_string(&fit->nodes, node, VIEW("algo"));
	struct view name, value, said = VIEW("");
	u8 digest[DIGEST_MAX];
	u32 len = digest_of(algorithm, image->data, fit->pause, digest);

	if (!len)
		return reason_format(
			"the image \"%.*s\" has a hash by "
			"\"%.*s\", which proves nothing here: take "
			"sha256",
			SHOW_UP_TO(image->name, MAX_NAME),
			SHOW_UP_TO(algorithm, MAX_NAME));
	while (nodes_property(&fit->nodes, &node, &name, &value))
		if (view_equal(name, VIEW("value")))
			said = value;
	if (view_equal(said, (struct view){ digest, len }))
		return NULL;
	return reason_format("the image \"%.*s\" is damaged: its %.*s is not "
			     "what the tree says",
			     SHOW_UP_TO(image->name, MAX_NAME),
			     SHOW_UP_TO(algorithm, MAX_NAME));
}

/* All that there are. */
static why check_hashes(const struct fit *fit, u64 node,
			const struct fit_image *image)
{
	struct node_walk walk = { node, 0 };
	struct view name;
	why bad = NULL;
	u64 child;
	u32 nr = 0;

	while (!bad && nodes_next(&fit->nodes, &walk, &name, &child)) {
		if (!view_starts(name, VIEW("hash")))
			continue;
		bad = nr++ < MAX_HASHES
			      ? check_hash(fit, child, image)
			      : bad_image(image, "has more than " DIGITS_OF(
							 MAX_HASHES) " hashes");
	}
	return bad;
}

/* A kernel is for no other arch. */
static why check_arch(struct view said, const struct fit_image *image)
{
	static const char ours[][8] = { "x86_64", "x86", "i386", "amd64" };
	struct view arch = string_of(said);

	for (u32 i = 0; i < ARRAY_LEN(ours); i++)
		if (!arch.len || view_equal(arch, view_string(ours[i])))
			return NULL;
	return reason_format(
		"the kernel \"%.*s\" is for the arch \"%.*s\", and "
		"this is x86_64",
		SHOW_UP_TO(image->name, MAX_NAME), SHOW_UP_TO(arch, MAX_NAME));
}

static why no_image(const struct fit *fit, const char *key, struct view name)
{
	return reason_format(
		"the configuration \"%.*s\" names the %s \"%.*s\", "
		"which is not among the images",
		SHOW_UP_TO(fit->config, MAX_NAME), key,
		SHOW_UP_TO(name, MAX_NAME));
}

/* The image of a name, which the configuration has under a key. */
static why find_image(const struct fit *fit, const char *key, struct view name,
		      struct fit_image *out)
{
	struct view said[NR_KEYS];
	why bad;
	u64 node;

	out->name = name;
	if (!nodes_child(&fit->nodes, fit->images, name, &node))
		return no_image(fit, key, name);
	read_keys(fit, node, said);
	out->type = string_of(said[TYPE]);
	out->compression = string_of(said[COMPRESSION]);
	out->description = string_of(said[DESCRIPTION]);
	bad = out == &fit->kernel ? check_arch(said[ARCH], out) : NULL;
	if (!bad)
		bad = find_data(fit, said, out);
	return bad ? bad : check_hashes(fit, node, out);
}

/* The configuration that was asked for, or is the default, or the first. */
static why find_config(struct fit *fit, struct view name)
{
	struct node_walk walk;
	bool is_asked = name.len;
	u64 configs;

	if (!find_top(&fit->nodes, VIEW("configurations"), &configs))
		return "there are no configurations";
	if (!is_asked)
		name = nodes_string(&fit->nodes, configs, VIEW("default"));
	fit->is_default = name.len;
	fit->config = name;
	walk = (struct node_walk){ configs, 0 };
	if (!name.len)
		return nodes_next(&fit->nodes, &walk, &fit->config, &fit->at)
			       ? NULL
			       : "there is no configuration";
	if (nodes_child(&fit->nodes, configs, name, &fit->at))
		return NULL;
	return reason_format("the %s configuration \"%.*s\" is not there",
			     is_asked ? "wanted" : "default",
			     SHOW_UP_TO(name, MAX_NAME));
}

/* What a configuration has under its keys; images as such. */
static why read_config(struct fit *fit)
{
	struct {
		struct view key;
		struct fit_image *image;
		struct view *list; /* or what follows the first */
	} keys[] = {
		{ VIEW("kernel"), &fit->kernel, NULL },
		{ VIEW("ramdisk"), &fit->ramdisk, NULL },
		{ VIEW("fdt"), &fit->devicetree, NULL },
		{ VIEW("loadables"), NULL, &fit->loadables },
		{ VIEW("bootargs"), NULL, &fit->bootargs },
	};
	struct view key, value;
	u64 at = fit->at, image;
	why bad = NULL;

	while (!bad && nodes_property(&fit->nodes, &at, &key, &value)) {
		struct view name = string_of(value);
		u32 k = 0;

		while (k < ARRAY_LEN(keys) && !view_equal(keys[k].key, key))
			k++;
		if (k == ARRAY_LEN(keys)) {
			if (!view_equal(key, VIEW("description")) &&
			    nodes_child(&fit->nodes, fit->images, name, &image))
				fit->unused = key;
		} else if (keys[k].list) {
			*keys[k].list = value;
		} else if (name.len + 1 < value.len) {
			bad = reason_format("the configuration's %.*s is more "
					    "than one image: overlays are not "
					    "applied",
					    SHOW(key));
		} else if (name.len) {
			bad = find_image(fit, (const char *)keys[k].key.at,
					 name, keys[k].image);
		}
	}
	return bad;
}

static bool has_signature(const struct fit *fit)
{
	struct node_walk walk = { fit->at, 0 };
	struct view name;
	u64 child;

	while (nodes_next(&fit->nodes, &walk, &name, &child))
		if (view_starts(name, VIEW("signature")))
			return true;
	return false;
}

why fit_open(struct view file, struct view tree, struct view config,
	     void (*pause)(void), struct fit *out)
{
	struct view nothing = { tree.at, 0 };
	struct fit_image none = { nothing, nothing, nothing, nothing, nothing };
	why bad;

	*out = (struct fit){ .kernel = none,
			     .ramdisk = none,
			     .devicetree = none,
			     .bootargs = nothing,
			     .unused = nothing,
			     .file = file,
			     .tree = tree,
			     .loadables = nothing,
			     .nodes = nodes_of(tree),
			     .pause = pause };
	bad = find_config(out, config);
	if (!bad && !find_top(&out->nodes, VIEW("images"), &out->images))
		bad = "there are no images";
	if (!bad)
		bad = read_config(out);
	if (bad)
		return bad;
	if (!out->kernel.data.len)
		return reason_format(
			"no kernel is named by the configuration \"%.*s\"",
			SHOW_UP_TO(out->config, MAX_NAME));
	out->bootargs = string_of(out->bootargs);
	out->is_signed = has_signature(out);
	return NULL;
}

why fit_loadable(const struct fit *fit, u32 n, struct fit_image *out)
{
	struct view list = fit->loadables, name = string_of(list);

	while (n-- && list.len) {
		list = view_from(list, name.len + 1);
		name = string_of(list);
	}
	*out = (struct fit_image){ list, list, list, list, list };
	out->data.len = 0;
	return name.len ? find_image(fit, "loadable", name, out) : NULL;
}
