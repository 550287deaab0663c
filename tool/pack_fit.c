// SPDX-License-Identifier: BSD-2-Clause
/*
 * FIT images: the tree with a SHA-256 of each image, and the images behind it,
 * each on a page of its own, so that nothing need be copied at boot.
 */
#include <bearssl/bearssl_hash.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#include "bundle.h"
#include "tool.h"

#define TREE_ROOM (256 * KIB)
#define MAX_NAME  32
#define MAX_DATA  0xfffff000u /* what 32 bits can say of place and length */

/* An image that is being described: initrds are one of all of them. */
struct image_source {
	const struct part *first;
	u32 nr;
};

struct fit_writer {
	const struct bundle *bundle;
	u8 *tree;
	int bad;  /* libfdt's first error */
	u64 next; /* where the next image goes, behind the tree */
	u32 nr;
	struct image_source images[MAX_PARTS];
	char names[MAX_PARTS][MAX_NAME];
};

static void note(struct fit_writer *fit, int code)
{
	if (!fit->bad)
		fit->bad = code;
}

static void put_string(struct fit_writer *fit, const char *name,
		       const char *value)
{
	note(fit, fdt_property(fit->tree, name, value, (int)strlen(value) + 1));
}

static void put_number(struct fit_writer *fit, const char *name, u64 value)
{
	note(fit, fdt_property_u32(fit->tree, name, (u32)value));
}

static void hash_step(void *context, struct view piece)
{
	br_sha256_update(context, piece.at, piece.len);
}

static u64 padding(u64 len)
{
	return align_up(len, INITRD_ALIGN) - len;
}

static u64 hash_image(const struct image_source *image, u8 *hash)
{
	static const u8 zeroes[INITRD_ALIGN];
	br_sha256_context context;
	u64 len = 0;

	br_sha256_init(&context);
	for (u32 i = 0; i < image->nr; i++) {
		br_sha256_update(&context, zeroes, padding(len));
		len = align_up(len, INITRD_ALIGN);
		input_stream(image->first[i].bytes, hash_step, &context);
		len += image->first[i].bytes.len;
	}
	br_sha256_out(&context, hash);
	return len;
}

static const char *type_of(enum part_kind kind)
{
	switch (kind) {
	case PART_KERNEL:
		return "kernel";
	case PART_INITRD:
		return "ramdisk";
	case PART_DTB:
		return "flat_dt";
	default:
		return "standalone";
	}
}

static void put_image(struct fit_writer *fit, const char *name,
		      const struct image_source *image)
{
	const struct part *part = image->first;
	u8 hash[br_sha256_SIZE];
	u64 len = hash_image(image, hash);

	if (fit->next + len > MAX_DATA)
		refuse(part->path, "the bundle would be longer than 4 GiB, "
				   "which is the most of a FIT image");
	note(fit, fdt_begin_node(fit->tree, name));
	put_string(fit, "description", *part->string ? part->string : name);
	put_string(fit, "type", type_of(part->kind));
	put_string(fit, "arch", "x86_64");
	put_string(fit, "os", "linux");
	put_string(fit, "compression", "none");
	if (part->kind == PART_KERNEL) {
		put_number(fit, "load", 0);
		put_number(fit, "entry", 0);
	}
	put_number(fit, "data-size", len);
	put_number(fit, "data-offset", fit->next);
	note(fit, fdt_begin_node(fit->tree, "hash-1"));
	put_string(fit, "algo", "sha256");
	note(fit, fdt_property(fit->tree, "value", hash, sizeof(hash)));
	note(fit, fdt_end_node(fit->tree));
	note(fit, fdt_end_node(fit->tree));
	fit->next = align_up(fit->next + len, PAGE_SIZE);
}

/* What the images are called: modules by their numbers. */
static void find_images(struct fit_writer *fit)
{
	const struct bundle *bundle = fit->bundle;
	u32 nr_modules = 0;

	for (u32 i = 0; i < bundle->nr; i++) {
		const struct part *part = &bundle->parts[i];
		struct image_source *last = &fit->images[fit->nr - !!fit->nr];

		if (part->kind == PART_CMDLINE)
			continue;
		if (part->kind == PART_INITRD && fit->nr &&
		    last->first->kind == PART_INITRD) {
			last->nr++;
			continue;
		}
		if (part->kind == PART_MODULE)
			snprintf(fit->names[fit->nr], MAX_NAME, "module-%u",
				 ++nr_modules);
		else
			snprintf(fit->names[fit->nr], MAX_NAME, "%s",
				 part->kind == PART_DTB ? "fdt"
							: type_of(part->kind));
		fit->images[fit->nr++] = (struct image_source){ part, 1 };
	}
}

static void put_config(struct fit_writer *fit)
{
	const struct part *line = bundle_part(fit->bundle, PART_CMDLINE);
	char loadables[MAX_PARTS * MAX_NAME];
	u64 len = 0;

	note(fit, fdt_begin_node(fit->tree, "configurations"));
	put_string(fit, "default", "boot");
	note(fit, fdt_begin_node(fit->tree, "boot"));
	put_string(fit, "description", "boot");
	for (u32 i = 0; i < fit->nr; i++) {
		enum part_kind kind = fit->images[i].first->kind;
		const char *name = fit->names[i];

		if (kind == PART_MODULE) {
			memcpy(loadables + len, name, strlen(name) + 1);
			len += strlen(name) + 1;
		} else {
			put_string(fit, name, name);
		}
	}
	if (len)
		note(fit,
		     fdt_property(fit->tree, "loadables", loadables, (int)len));
	if (line) {
		char *text = get_memory(line->bytes.len + 1);

		memcpy(text, line->bytes.at, line->bytes.len);
		put_string(fit, "bootargs", text);
	}
	note(fit, fdt_end_node(fit->tree));
	note(fit, fdt_end_node(fit->tree));
}

static void put_tree(struct fit_writer *fit)
{
	u8 *tree = fit->tree;

	note(fit, fdt_create(tree, TREE_ROOM));
	note(fit, fdt_finish_reservemap(tree));
	note(fit, fdt_begin_node(tree, ""));
	put_string(fit, "description", "a bundle of gangway's");
	put_number(fit, "#address-cells", 1);
	put_number(fit, "timestamp", 0);
	note(fit, fdt_begin_node(tree, "images"));
	for (u32 i = 0; i < fit->nr; i++)
		put_image(fit, fit->names[i], &fit->images[i]);
	note(fit, fdt_end_node(tree));
	put_config(fit);
	note(fit, fdt_end_node(tree));
	note(fit, fdt_finish(tree));
	if (fit->bad)
		refuse(fit->bundle->path, "its tree cannot be written: %s",
		       fdt_strerror(fit->bad));
	fdt_set_totalsize(tree, (u32)align_up(fdt_totalsize(tree), PAGE_SIZE));
}

static void put_bundle(const struct bundle *bundle, struct output *out)
{
	static struct fit_writer fit;

	memset(&fit, 0, sizeof(fit));
	fit.bundle = bundle;
	fit.tree = get_memory(TREE_ROOM);
	find_images(&fit);
	put_tree(&fit);
	out->total = fdt_totalsize(fit.tree) + fit.next;
	output_put(out, (struct view){ fit.tree, fdt_totalsize(fit.tree) });
	for (u32 i = 0; i < fit.nr; i++) {
		output_pad(out, PAGE_SIZE);
		for (u32 j = 0; j < fit.images[i].nr; j++) {
			output_pad(out, INITRD_ALIGN);
			output_put(out, fit.images[i].first[j].bytes);
		}
	}
	output_pad(out, PAGE_SIZE);
	free(fit.tree);
}

void pack_fit(const struct bundle *bundle)
{
	struct output out;

	bundle_only(bundle, "fit",
		    1u << PART_KERNEL | 1u << PART_INITRD | 1u << PART_DTB |
			    1u << PART_CMDLINE | 1u << PART_MODULE);
	out = output_begin(bundle->path);
	put_bundle(bundle, &out);
	output_end(&out);
}

/* The FIT image of some parts, the last of which is the kernel. */
static struct part fold(const struct bundle *bundle, const struct part *first,
			u32 nr)
{
	static struct bundle folded;
	struct part kernel = first[nr - 1];
	struct output out = { .path = bundle->path,
			      .descriptor = output_scratch(bundle->path) };
	char *path = get_memory(MAX_NAME); /* for as long as it is mapped */

	if (out.descriptor < 0)
		refuse(bundle->path,
		       "its file system has no files without a name, which "
		       "packing modules takes");
	folded = (struct bundle){ .path = bundle->path, .nr = nr };
	memcpy(folded.parts, first, nr * sizeof(*first));
	put_bundle(&folded, &out);
	snprintf(path, MAX_NAME, "/proc/self/fd/%d", out.descriptor);
	kernel.bytes = input_open(path).bytes;
	kernel.descriptor = out.descriptor;
	return kernel;
}

/* How many modules of one profile there are from part i on. */
static u32 count_modules(const struct bundle *bundle, u32 i)
{
	u32 end = i;

	while (end < bundle->nr && bundle->parts[end].kind == PART_MODULE &&
	       bundle->parts[end].profile == bundle->parts[i].profile)
		end++;
	return end - i;
}

void bundle_fold_modules(struct bundle *bundle)
{
	struct part *parts = bundle->parts;
	u32 nr = 0;

	for (u32 i = 0; i < bundle->nr; i++) {
		u32 nr_modules = count_modules(bundle, i);
		const struct part *first = &parts[i], *last;

		i += nr_modules;
		last = &parts[i];
		if (nr_modules &&
		    (i == bundle->nr || last->kind != PART_KERNEL ||
		     last->profile != first->profile))
			misuse("--module needs a --kernel in its own profile");
		bundle->is_hybrid |= nr_modules;
		parts[nr++] = nr_modules ? fold(bundle, first, nr_modules + 1)
					 : *last;
	}
	bundle->nr = nr;
}
