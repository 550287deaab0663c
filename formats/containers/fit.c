// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading a FIT image's default configuration. Data may lie in the tree
 * (data) or behind it (data-offset, data-position, data-size).
 *
 * libfdt checks the header; the tags are then walked once, in views. Its own
 * walker takes a bounds check of 24 instructions for each byte of a name, and
 * with its look-ups a small bundle cost three times the rest of a boot.
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

#define MAX_ITEMS 16 /* images, and configurations */

/* An image node or a configuration node; views are empty where the property
 * is not there. */
struct item {
	struct view name;
	struct view data, size, offset, position;   /* of an image */
	struct view kernel, ramdisk, fdt, bootargs; /* of a configuration */
};

struct items {
	u32 nr;
	struct item list[MAX_ITEMS];
};

/* A place in the tree: the newest tag, and how deep it is (the root is 1). */
struct walk {
	struct view tree, strings;
	struct view left; /* of the structure block */
	int depth;
	u32 tag;
	struct view name;  /* of a node that begins, or of a property */
	struct view value; /* of a property */
	bool is_damaged;
};

/* Take size bytes, and what pads them to 4, off what is left. */
static bool take(struct walk *walk, u64 size, struct view *out)
{
	if (!view_cut(walk->left, 0, size, out))
		return false;
	walk->left = view_from(walk->left, align_up(size, FDT_TAGSIZE));
	return true;
}

/* A string of either block; false if it has no end there. */
static bool named(struct walk *walk, struct view from)
{
	const u8 *end = memchr(from.at, 0, from.len);

	if (!end)
		return false;
	walk->name = (struct view){ from.at, (u64)(end - from.at) };
	return true;
}

static bool take_property(struct walk *walk)
{
	fdt32_t words[2]; /* length, name's offset */
	struct view head;

	if (!take(walk, sizeof(words), &head))
		return false;
	memcpy(words, head.at, sizeof(words));
	return take(walk, fdt32_to_cpu(words[0]), &walk->value) &&
	       named(walk, view_from(walk->strings, fdt32_to_cpu(words[1])));
}

static bool take_tag(struct walk *walk)
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

/* Go to the next tag; false behind the last, and where the tree is damaged. */
static bool step(struct walk *walk)
{
	walk->is_damaged = !take_tag(walk);
	return !walk->is_damaged && walk->tag != FDT_END;
}

static why ended_well(const struct walk *walk)
{
	return walk->is_damaged ? "the tree is damaged" : NULL;
}

/* Begin a walk, if the header is sound. */
static why begin(struct view file, struct walk *walk)
{
	memset(walk, 0, sizeof(*walk));
	if (!total_len(file) ||
	    !view_cut(file, 0, total_len(file), &walk->tree))
		return "the tree is cut off";
	if ((u64)file.at % 8)
		return "the tree lies on no 8-byte boundary";
	if (fdt_check_header(file.at) || fdt_version(file.at) < 17 ||
	    !view_cut(walk->tree, fdt_off_dt_struct(file.at),
		      fdt_size_dt_struct(file.at), &walk->left) ||
	    !view_cut(walk->tree, fdt_off_dt_strings(file.at),
		      fdt_size_dt_strings(file.at), &walk->strings))
		return "the tree's header is damaged";
	return NULL;
}

static bool is_node(const struct walk *walk, int depth, struct view name)
{
	return walk->tag == FDT_BEGIN_NODE && walk->depth == depth &&
	       view_equal(walk->name, name);
}

/* The first bytes must do where a peek shows no more. */
bool fit_claims(struct view file)
{
	struct walk walk;

	if (!fit_is_tree(file) || !total_len(file))
		return false;
	if (begin(file, &walk))
		return true;
	while (step(&walk))
		if (is_node(&walk, 2, VIEW("images")))
			return true;
	return walk.is_damaged;
}

why fit_check_tree(struct view file, struct view *out)
{
	struct walk walk;
	why bad = begin(file, &walk);

	if (bad)
		return bad;
	while (step(&walk))
		;
	bad = ended_well(&walk);
	if (!bad)
		*out = walk.tree;
	return bad;
}

/* Keep a property that an item may have. */
static void keep(struct item *item, const struct walk *walk)
{
	static const struct {
		struct view name;
		u64 at;
	} known[] = {
#define KNOWN(text, field)                                                     \
	{ { (const u8 *)(text), sizeof(text) - 1 },                            \
	  offsetof(struct item, field) }
		KNOWN("data", data),
		KNOWN("data-size", size),
		KNOWN("data-offset", offset),
		KNOWN("data-position", position),
		KNOWN("kernel", kernel),
		KNOWN("ramdisk", ramdisk),
		KNOWN("fdt", fdt),
		KNOWN("bootargs", bootargs),
	};

	for (u32 i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].name.len == walk->name.len &&
		    view_equal(known[i].name, walk->name))
			memcpy((u8 *)item + known[i].at, &walk->value,
			       sizeof(walk->value));
}

/* Take what a tag says about the images, or about the configurations. */
static why collect(const struct walk *walk, struct items *items)
{
	if (walk->depth != 3)
		return NULL;
	if (walk->tag == FDT_PROP)
		keep(&items->list[items->nr - 1], walk);
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

static why read_tree(struct walk *walk, struct items *images,
		     struct items *configs, struct view *standard)
{
	struct items *section = NULL;
	why bad = NULL;

	while (!bad && step(walk)) {
		if (walk->tag == FDT_BEGIN_NODE && walk->depth == 2)
			section = NULL;
		if (is_node(walk, 2, VIEW("images")))
			section = images;
		if (is_node(walk, 2, VIEW("configurations")))
			section = configs;
		if (section)
			bad = collect(walk, section);
		if (section == configs && section && walk->depth == 2 &&
		    walk->tag == FDT_PROP &&
		    view_equal(walk->name, VIEW("default")))
			*standard = string(walk->value);
	}
	return bad ? bad : ended_well(walk);
}

static const struct item *find(const struct items *items, struct view name)
{
	for (u32 i = 0; i < items->nr; i++)
		if (view_equal(items->list[i].name, name))
			return &items->list[i];
	return NULL;
}

static bool number(struct view value, u64 *out)
{
	fdt32_t cell;

	if (!view_read(value, 0, &cell, sizeof(cell)))
		return false;
	*out = fdt32_to_cpu(cell);
	return true;
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
	*out = image->data;
	if (out->len)
		return NULL;
	if (!number(image->size, &len))
		return "an image has no data";
	if (number(image->offset, &at))
		at += align_up(total_len(file), 4);
	else if (!number(image->position, &at))
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
	struct walk walk;
	why bad = begin(file, &walk);

	if (!bad)
		bad = read_tree(&walk, &images, &configs, &standard);
	if (bad)
		return bad;
	if (!configs.nr)
		return "there are no configurations";
	config = standard.len ? find(&configs, standard) : configs.list;
	if (!config)
		return "the default configuration is not there";
	bad = find_data(file, &images, config->kernel, &out->kernel);
	if (!bad)
		bad = find_data(file, &images, config->ramdisk, &out->ramdisk);
	if (!bad)
		bad = find_data(file, &images, config->fdt, &out->devicetree);
	if (bad)
		return bad;
	if (!out->kernel.len)
		return "the default configuration names no kernel";
	/* mkimage aligns it to 4 bytes only, so libfdt cannot walk it here. */
	if (out->devicetree.len &&
	    (!fit_is_tree(out->devicetree) ||
	     total_len(out->devicetree) != out->devicetree.len))
		return "the configuration's device tree is not whole";
	out->bootargs = string(config->bootargs);
	return NULL;
}
