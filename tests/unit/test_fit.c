// SPDX-License-Identifier: BSD-2-Clause
/*
 * fit.c against trees that libfdt wrote, and against what can be wrong with
 * them. The numbers of pitfalls are those of our protocol notes, chapter 6.
 */
#include <stdio.h>

#include "fit.h"
#include "fit_file.h"
#include "tree.h"

#define ROOM 16384

static u8 file[ROOM] __attribute__((aligned(8)));
static u64 file_len;
static u8 kernel[5001], ramdisk[777], tree[256] __attribute__((aligned(8)));
static struct fit_parts parts;
static struct view wanted; /* the configuration asked for */

static struct view view_of(const void *at, u64 len)
{
	return (struct view){ at, len };
}

static int setup(void **state)
{
	(void)state;
	wanted = VIEW("");
	memset(kernel, 0x11, sizeof(kernel));
	memset(ramdisk, 0x22, sizeof(ramdisk));
	parts = (struct fit_parts){
		.kernel = view_of(kernel, sizeof(kernel)),
		.ramdisk = view_of(ramdisk, sizeof(ramdisk)),
		.devicetree = { tree, fit_write_plain_tree(tree, 256) },
		.bootargs = "quiet panic=1",
	};
	file_len = fit_write(file, ROOM, &parts);
	return 0;
}

static why open_as(struct view whole, struct fit *out)
{
	struct view tree_of_it;
	why bad = tree_check(whole, &tree_of_it);

	return bad ? bad : fit_open(whole, tree_of_it, wanted, NULL, out);
}

static bool has_images(struct view whole)
{
	struct view tree_of_it;

	return !tree_check(whole, &tree_of_it) && fit_has_images(tree_of_it);
}

static why open_file(void)
{
	struct fit fit;

	return open_as(view_of(file, file_len), &fit);
}

static void assert_same(struct view found, struct view expected)
{
	assert_int_equal(found.len, expected.len);
	assert_memory_equal(found.at, expected.at, found.len);
	assert_true(found.at >= file && found.at + found.len <= file + ROOM);
}

/* Make room for changes and find a node to be changed. */
static int node_at(const char *path)
{
	int node;

	fit_ok(fdt_open_into(file, file, ROOM));
	node = fdt_path_offset(file, path);
	assert_true(node >= 0);
	return node;
}

static void pack_tree(void)
{
	fit_ok(fdt_pack(file));
	file_len = fdt_totalsize(file);
}

static void set_u32(const char *path, const char *name, u32 value)
{
	fit_ok(fdt_setprop_inplace_u32(file, fdt_path_offset(file, path), name,
				       value));
}

static void data_may_lie_in_the_tree_or_behind_it(void **state)
{
	struct fit fit;

	(void)state;
	for (u32 place = FIT_INSIDE; place <= FIT_POSITION; place++) {
		parts.place = (enum fit_place)place;
		file_len = fit_write(file, ROOM, &parts);
		assert_true(has_images(view_of(file, file_len)));
		assert_fine(open_as(view_of(file, file_len), &fit));
		assert_same(fit.kernel.data, parts.kernel);
		assert_same(fit.ramdisk.data, parts.ramdisk);
		assert_same(fit.devicetree.data, parts.devicetree);
		assert_view(fit.bootargs, "quiet panic=1");
	}
}

static void all_but_the_kernel_may_be_missing(void **state)
{
	struct fit fit;

	(void)state;
	parts = (struct fit_parts){ .kernel = parts.kernel };
	file_len = fit_write(file, ROOM, &parts);
	assert_fine(open_as(view_of(file, file_len), &fit));
	assert_same(fit.kernel.data, parts.kernel);
	assert_int_equal(fit.ramdisk.data.len, 0);
	assert_int_equal(fit.devicetree.data.len, 0);
	assert_int_equal(fit.bootargs.len, 0);
	assert_non_null(fit.ramdisk.data.at);
	parts = (struct fit_parts){ .bootargs = "x" };
	file_len = fit_write(file, ROOM, &parts);
	assert_why(open_file(),
		   "no kernel is named by the configuration \"conf-1\"");
}

static void a_tree_of_images_is_claimed(void **state)
{
	(void)state;
	assert_true(tree_claims(view_of(file, 4)));
	assert_false(tree_claims(view_of(file, 3)));
	assert_false(tree_claims(VIEW("")));
	assert_false(tree_claims(view_of(kernel, sizeof(kernel))));
	assert_true(has_images(view_of(file, file_len)));
	assert_false(has_images(parts.devicetree));
	assert_true(tree_claims(parts.devicetree));
}

static void a_plain_tree_is_as_long_as_it_says(void **state)
{
	u64 len = parts.devicetree.len;
	struct view out;

	(void)state;
	assert_fine(tree_check(view_of(tree, sizeof(tree)), &out));
	assert_int_equal(out.len, len);
	assert_fine(tree_check(view_of(tree, len), &out));
	assert_says(tree_check(view_of(tree, len - 1), &out),
		    "the tree is cut off: it has ");
	assert_why(tree_check(view_of(tree, 39), &out),
		   "the tree's header is damaged");
	memset(tree + fdt_off_dt_struct(tree), 0xff, 4);
	assert_why(tree_check(view_of(tree, len), &out), "the tree is damaged");
}

static void without_a_default_the_first_configuration_counts(void **state)
{
	struct fit fit;
	int node = node_at("/configurations");

	(void)state;
	fit_ok(fdt_delprop(file, node, "default"));
	pack_tree();
	assert_fine(open_as(view_of(file, file_len), &fit));
	assert_same(fit.kernel.data, parts.kernel);
	fit_ok(fdt_del_node(file, node_at("/configurations/conf-1")));
	pack_tree();
	assert_non_null(open_file());
}

static void the_default_configuration_is_chosen(void **state)
{
	struct fit fit;
	int node = fdt_add_subnode(file, node_at("/configurations"), "other");

	(void)state;
	assert_true(node >= 0);
	fit_ok(fdt_setprop_string(file, node, "kernel", "ramdisk-1"));
	assert_fine(open_as(view_of(file, ROOM), &fit));
	assert_same(fit.kernel.data, parts.kernel);
	fit_ok(fdt_setprop_string(file,
				  fdt_path_offset(file, "/configurations"),
				  "default", "other"));
	assert_fine(open_as(view_of(file, ROOM), &fit));
	assert_same(fit.kernel.data, parts.ramdisk);
	assert_int_equal(fit.ramdisk.data.len, 0);
}

static void names_of_what_is_not_there_are_refused(void **state)
{
	(void)state;
	fit_ok(fdt_setprop_string(file, node_at("/configurations/conf-1"),
				  "ramdisk", "nothing"));
	assert_why(
		open_as(view_of(file, ROOM), &(struct fit){ 0 }),
		"the configuration \"conf-1\" names the ramdisk \"nothing\", "
		"which is not among the images");
	fit_ok(fdt_setprop_string(file, node_at("/configurations"), "default",
				  "conf-2"));
	assert_why(open_as(view_of(file, ROOM), &(struct fit){ 0 }),
		   "the default configuration \"conf-2\" is not there");
	fit_ok(fdt_del_node(file, node_at("/configurations")));
	assert_why(open_as(view_of(file, ROOM), &(struct fit){ 0 }),
		   "there are no configurations");
}

static void a_kernel_for_another_machine_is_refused(void **state)
{
	static const char *const ours[] = { "x86_64", "x86", "i386" };
	struct fit fit;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(ours); i++) {
		fit_ok(fdt_setprop(file, node_at("/images/kernel-1"), "arch",
				   ours[i], (int)strlen(ours[i]) + 1));
		assert_fine(open_as(view_of(file, ROOM), &fit));
	}
	fit_ok(fdt_setprop_string(file, node_at("/images/kernel-1"), "arch",
				  "arm64"));
	assert_why(
		open_as(view_of(file, ROOM), &fit),
		"the kernel \"kernel-1\" is for the arch \"arm64\", and this "
		"is x86_64");
}

static void what_was_taken_is_told(void **state)
{
	struct fit fit;

	(void)state;
	assert_fine(open_as(view_of(file, ROOM), &fit));
	assert_view(fit.config, "conf-1");
	assert_true(fit.is_default);
	assert_int_equal(fit.kernel.compression.len, 0);
	fit_ok(fdt_delprop(file, node_at("/configurations"), "default"));
	fit_ok(fdt_setprop_string(file, node_at("/images/kernel-1"),
				  "compression", "lz4"));
	assert_fine(open_as(view_of(file, ROOM), &fit));
	assert_view(fit.config, "conf-1");
	assert_false(fit.is_default);
	assert_view(fit.kernel.compression, "lz4");
}

static void an_image_without_data_is_refused(void **state)
{
	int node = node_at("/images/kernel-1");

	(void)state;
	fit_ok(fdt_delprop(file, node, "data"));
	pack_tree();
	assert_why(open_file(), "the image \"kernel-1\" has no data");
	node = node_at("/images/kernel-1");
	fit_ok(fdt_setprop_u32(file, node, "data-size", 4));
	pack_tree();
	assert_why(
		open_file(),
		"the image \"kernel-1\" has a data-size, but neither data-offset nor data-position");
	node = node_at("/images/kernel-1");
	fit_ok(fdt_setprop(file, node, "data-position", "abc", 3));
	pack_tree();
	assert_why(
		open_file(),
		"the image \"kernel-1\" has a data-size, but neither data-offset nor data-position");
}

static void pitfall_105_data_past_the_file_is_refused(void **state)
{
	static const struct {
		u32 at, size;
	} cases[] = {
		{ 0, 0xffffffff },
		{ 0xffffffff, 0 },
		{ 0xfffffff0, 0xfffffff0 },
		{ 0, 5001 + 779 + 512 },
		{ ROOM, 1 },
	};
	static const char kernel_node[] = "/images/kernel-1";

	(void)state;
	parts.place = FIT_OFFSET;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		file_len = fit_write(file, ROOM, &parts);
		set_u32(kernel_node, "data-offset", cases[i].at);
		set_u32(kernel_node, "data-size", cases[i].size);
		assert_says(open_file(),
			    "the image \"kernel-1\" has its data up to 0x");
	}
	parts.place = FIT_POSITION;
	parts.devicetree = (struct view){ NULL, 0 };
	file_len = fit_write(file, ROOM, &parts);
	set_u32("/images/ramdisk-1", "data-size",
		(u32)align_up(sizeof(ramdisk), 4));
	assert_fine(open_file());
	file_len--;
	assert_why(
		open_file(),
		"the image \"ramdisk-1\" has its data up to 0x2698, and the file ends at 0x2697: is it cut off?");
}

static void pitfall_107_a_tree_cut_anywhere_is_refused(void **state)
{
	(void)state;
	parts.kernel.len = 100;
	file_len = fit_write(file, ROOM, &parts);
	for (u64 len = 1; len < file_len; len++) {
		u8 *part = aligned_alloc(8, align_up(len, 8));
		struct view v = { part + align_up(len, 8) - len, len };
		struct fit fit;

		assert_non_null(part);
		memcpy(part, file, len);
		v.at = part;
		assert_says(open_as(v, &fit),
			    len < 40 ? "the tree's header is damaged"
				     : "the tree is cut off: it has ");
		free(part);
	}
}

/* Or it is moved: test_payload_fit.c. */
static void pitfall_106_a_tree_lies_at_a_multiple_of_8(void **state)
{
	static u8 moved[ROOM + 8] __attribute__((aligned(8)));
	struct fit fit;

	(void)state;
	for (u32 shift = 1; shift < 8; shift++) {
		memcpy(moved + shift, file, file_len);
		assert_why(open_as(view_of(moved + shift, file_len), &fit),
			   "the tree does not lie at a multiple of 8 bytes");
	}
}

/* Refused, or read without a misaligned access, which the sanitizer sees. */
static void tags_need_not_be_aligned(void **state)
{
	u32 at = fdt_off_dt_struct(file);
	struct fit fit;

	(void)state;
	for (u32 shift = 1; shift < 4; shift++) {
		memmove(file + at + shift, file + at + shift - 1,
			file_len - at - shift + 1);
		fdt_set_off_dt_struct(file, at + shift);
		fdt_set_off_dt_strings(file, fdt_off_dt_strings(file) + 1);
		fdt_set_totalsize(file, (u32)++file_len);
		if (!open_as(view_of(file, file_len), &fit))
			assert_view(fit.bootargs, "quiet panic=1");
	}
}

static void assert_inside(struct view v)
{
	if (!v.len) {
		assert_non_null(v.at);
		return;
	}
	assert_true(v.at >= file && v.at <= file + file_len);
	assert_true(v.len <= (u64)(file + file_len - v.at));
}

/* Whatever byte is wrong: refused, or every view lies in the file. */
static void a_damaged_tree_never_leads_out_of_the_file(void **state)
{
	static const u8 values[] = { 0, 1, 0x7f, 0x80, 0xff };
	u64 head;

	(void)state;
	parts.kernel.len = 40;
	parts.ramdisk.len = 30;
	parts.place = FIT_OFFSET;
	file_len = fit_write(file, ROOM, &parts);
	head = fdt_totalsize(file);
	for (u64 i = 0; i < head * ARRAY_LEN(values); i++) {
		u8 *byte = file + i / ARRAY_LEN(values), was = *byte;
		struct fit fit;

		*byte = values[i % ARRAY_LEN(values)];
		if (has_images(view_of(file, file_len)) &&
		    !open_as(view_of(file, file_len), &fit)) {
			assert_inside(fit.kernel.data);
			assert_inside(fit.ramdisk.data);
			assert_inside(fit.devicetree.data);
			assert_inside(fit.bootargs);
		}
		*byte = was;
	}
}

static void bootargs_need_no_nul(void **state)
{
	struct fit fit;

	(void)state;
	fit_ok(fdt_setprop(file, node_at("/configurations/conf-1"), "bootargs",
			   "abc", 3));
	pack_tree();
	assert_fine(open_as(view_of(file, file_len), &fit));
	assert_view(fit.bootargs, "abc");
}

/* A configuration that is not the default's. */
static void a_configuration_is_asked_for(void **state)
{
	struct fit fit;
	int node = fdt_add_subnode(file, node_at("/configurations"), "other");

	(void)state;
	fit_ok(fdt_setprop_string(file, node, "kernel", "ramdisk-1"));
	wanted = VIEW("other");
	assert_fine(open_as(view_of(file, ROOM), &fit));
	assert_same(fit.kernel.data, parts.ramdisk);
	assert_view(fit.config, "other");
	assert_true(fit.is_default);
	wanted = VIEW("oth");
	assert_why(open_as(view_of(file, ROOM), &fit),
		   "the wanted configuration \"oth\" is not there");
}

static void loadables_are_found_one_by_one(void **state)
{
	static const u8 more[] = "first of more";
	struct fit_image image;
	struct fit fit;

	(void)state;
	parts.loadables[0] = view_of(more, sizeof(more));
	parts.loadables[1] = view_of(ramdisk, 5);
	for (u32 place = FIT_INSIDE; place <= FIT_POSITION; place++) {
		parts.place = (enum fit_place)place;
		file_len = fit_write(file, ROOM, &parts);
		assert_fine(open_as(view_of(file, file_len), &fit));
		assert_fine(fit_loadable(&fit, 0, &image));
		assert_same(image.data, parts.loadables[0]);
		assert_fine(fit_loadable(&fit, 1, &image));
		assert_same(image.data, parts.loadables[1]);
		assert_fine(fit_loadable(&fit, 2, &image));
		assert_int_equal(image.data.len, 0);
		assert_fine(fit_loadable(&fit, 3, &image));
		assert_int_equal(image.data.len, 0);
	}
	fit_ok(fdt_setprop(file, node_at("/configurations/conf-1"), "loadables",
			   "more-1\0none", 12));
	assert_fine(open_as(view_of(file, ROOM), &fit));
	assert_why(fit_loadable(&fit, 1, &image),
		   "the configuration \"conf-1\" names the loadable \"none\", "
		   "which is not among the images");
}

/* Any number of images, of which each is found. */
static void there_may_be_any_number_of_images(void **state)
{
	static u8 large[64 * ROOM] __attribute__((aligned(8)));
	char name[16];
	struct fit fit;
	u32 nr = 3000;
	int images;

	(void)state;
	fit_ok(fdt_open_into(file, large, sizeof(large)));
	images = fdt_path_offset(large, "/images");
	for (u32 i = 0; i < nr; i++) {
		int node;

		name[snprintf(name, sizeof(name), "image-%u", i)] = 0;
		node = fdt_add_subnode(large, images, name);
		assert_true(node >= 0);
		fit_ok(fdt_setprop_u32(large, node, "data", i));
	}
	fit_ok(fdt_setprop_string(
		large, fdt_path_offset(large, "/configurations/conf-1"),
		"ramdisk", "image-0"));
	assert_fine(open_as(view_of(large, sizeof(large)), &fit));
	assert_int_equal(fit.ramdisk.data.at[3], 0);
	fit_ok(fdt_setprop_string(
		large, fdt_path_offset(large, "/configurations/conf-1"),
		"ramdisk", "image-2999"));
	assert_fine(open_as(view_of(large, sizeof(large)), &fit));
	assert_int_equal(fit.ramdisk.data.at[3], 2999 & 0xff);
}

static void add_hash(const char *image, const char *name, const char *algo,
		     const u8 *value, u32 len)
{
	int node = fdt_add_subnode(file, node_at(image), name);

	assert_true(node >= 0);
	fit_ok(fdt_setprop(file, node, "value", value, (int)len));
	fit_ok(fdt_setprop(file, node, "algo", algo, (int)strlen(algo) + 1));
}

/* Of 5,001 bytes of 0x11, as sha256sum and its kin say. */
static const struct {
	const char *name;
	u32 len;
	u8 value[64];
} digests[] = {
	{ "crc32", 4, { 0x2e, 0x38, 0x56, 0xde } },
	{ "sha256", 32, { 0x91, 0x1a, 0x7a, 0x15, 0xf3, 0xda, 0x1a, 0xbf,
			  0x77, 0x1c, 0xf0, 0xf2, 0xe8, 0x87, 0x89, 0xb4,
			  0xe0, 0x5a, 0x12, 0x8b, 0x64, 0xb2, 0xa3, 0x6f,
			  0xce, 0xa9, 0xb8, 0x07, 0xa8, 0x09, 0x7c, 0x12 } },
	{ "sha384", 48, { 0x43, 0x2e, 0x1f, 0xe4, 0x5f, 0x2a, 0xf1, 0xc8,
			  0x44, 0xc3, 0xc1, 0x89, 0x26, 0x78, 0xa9, 0x6d,
			  0x6e, 0x1d, 0x63, 0xeb, 0x5f, 0x14, 0x84, 0x7d,
			  0x7f, 0xfb, 0xbe, 0x71, 0xd8, 0x4b, 0xe7, 0x5c,
			  0x75, 0xfc, 0x82, 0x7b, 0x8e, 0xc1, 0x50, 0x94,
			  0xd5, 0x96, 0x25, 0x09, 0x66, 0xbe, 0xf5, 0x0c } },
	{ "sha512",
	  64,
	  { 0xe9, 0x7c, 0x14, 0x2c, 0xb2, 0x32, 0x1f, 0xbe, 0xaa, 0x8f, 0x0a,
	    0x6f, 0x03, 0xfc, 0x38, 0x13, 0x55, 0xb4, 0x68, 0x2b, 0x42, 0x4b,
	    0x23, 0xc0, 0x94, 0xa1, 0xc9, 0x29, 0x79, 0xa2, 0xfc, 0x37, 0x4c,
	    0x07, 0xc5, 0x12, 0x86, 0xf3, 0x8c, 0xdb, 0xde, 0xca, 0x8b, 0xf9,
	    0x9d, 0x4d, 0x67, 0xd9, 0x72, 0x9f, 0x9d, 0xe4, 0x68, 0x3a, 0xe8,
	    0x11, 0xe5, 0x42, 0x71, 0x13, 0x76, 0xb1, 0xb9, 0x0f } },
};

static void every_hash_is_checked(void **state)
{
	struct fit fit;
	u8 wrong[64];

	for (u32 i = 0; i < ARRAY_LEN(digests); i++) {
		setup(state);
		add_hash("/images/kernel-1", "hash-1", digests[i].name,
			 digests[i].value, digests[i].len);
		assert_fine(open_as(view_of(file, ROOM), &fit));
		memcpy(wrong, digests[i].value, sizeof(wrong));
		wrong[digests[i].len - 1] ^= 1;
		add_hash("/images/kernel-1", "hash-2", digests[i].name, wrong,
			 digests[i].len);
		assert_says(open_as(view_of(file, ROOM), &fit),
			    "the image \"kernel-1\" is damaged: its ");
	}
}

static void pitfall_108_a_hash_is_of_all_bytes(void **state)
{
	struct fit fit;

	for (u32 i = 0; i < ARRAY_LEN(digests); i++) {
		setup(state);
		add_hash("/images/kernel-1", "hash", digests[i].name,
			 digests[i].value, digests[i].len);
		assert_fine(open_as(view_of(file, ROOM), &fit));
		((u8 *)fit.kernel.data.at)[fit.kernel.data.len - 1] ^= 0x80;
		assert_says(open_as(view_of(file, ROOM), &fit),
			    "the image \"kernel-1\" is damaged: its ");
	}
}

static void a_hash_without_its_value_proves_nothing(void **state)
{
	struct fit fit;

	(void)state;
	add_hash("/images/kernel-1", "hash@1", digests[1].name,
		 digests[1].value, digests[1].len - 1);
	assert_says(open_as(view_of(file, ROOM), &fit),
		    "the image \"kernel-1\" is damaged: its ");
	fit_ok(fdt_delprop(file, node_at("/images/kernel-1/hash@1"), "value"));
	assert_says(open_as(view_of(file, ROOM), &fit),
		    "the image \"kernel-1\" is damaged: its ");
}

static void weak_hashes_are_refused_by_name(void **state)
{
	static const char *const weak[] = { "sha1", "md5", "crc16-ccitt", "" };
	struct fit fit;

	for (u32 i = 0; i < ARRAY_LEN(weak); i++) {
		char said[100];

		setup(state);
		add_hash("/images/ramdisk-1", "hash-1", weak[i], kernel, 20);
		said[snprintf(said, sizeof(said),
			      "the image \"ramdisk-1\" has a hash by \"%s\", "
			      "which proves nothing here: take sha256",
			      weak[i])] = 0;
		assert_why(open_as(view_of(file, ROOM), &fit), said);
	}
}

static void hashes_are_few(void **state)
{
	char name[] = "hash-0";
	struct fit fit;

	(void)state;
	for (name[5] = '0'; name[5] < '9'; name[5]++)
		add_hash("/images/kernel-1", name, digests[0].name,
			 digests[0].value, digests[0].len);
	assert_why(open_as(view_of(file, ROOM), &fit),
		   "the image \"kernel-1\" has more than 8 hashes");
}

static void what_is_not_used_is_told(void **state)
{
	struct fit fit;
	int node = node_at("/configurations/conf-1");

	(void)state;
	assert_fine(open_as(view_of(file, ROOM), &fit));
	assert_int_equal(fit.unused.len, 0);
	assert_false(fit.is_signed);
	fit_ok(fdt_setprop_string(file, node, "description", "kernel-1"));
	fit_ok(fdt_setprop_string(file, node, "setup", "ramdisk-1"));
	assert_true(fdt_add_subnode(file, node, "signature-1") >= 0);
	assert_fine(open_as(view_of(file, ROOM), &fit));
	assert_view(fit.unused, "setup");
	assert_true(fit.is_signed);
}

static void overlays_are_refused(void **state)
{
	struct fit fit;

	(void)state;
	fit_ok(fdt_setprop(file, node_at("/configurations/conf-1"), "fdt",
			   "fdt-1\0more", 11));
	assert_why(open_as(view_of(file, ROOM), &fit),
		   "the configuration's fdt is more than one image: overlays "
		   "are not applied");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(data_may_lie_in_the_tree_or_behind_it),
		TEST(all_but_the_kernel_may_be_missing),
		TEST(a_tree_of_images_is_claimed),
		TEST(a_plain_tree_is_as_long_as_it_says),
		TEST(without_a_default_the_first_configuration_counts),
		TEST(the_default_configuration_is_chosen),
		TEST(names_of_what_is_not_there_are_refused),
		TEST(a_kernel_for_another_machine_is_refused),
		TEST(what_was_taken_is_told),
		TEST(an_image_without_data_is_refused),
		TEST(pitfall_105_data_past_the_file_is_refused),
		TEST(pitfall_107_a_tree_cut_anywhere_is_refused),
		TEST(pitfall_106_a_tree_lies_at_a_multiple_of_8),
		TEST(tags_need_not_be_aligned),
		TEST(a_damaged_tree_never_leads_out_of_the_file),
		TEST(bootargs_need_no_nul),
		TEST(a_configuration_is_asked_for),
		TEST(loadables_are_found_one_by_one),
		TEST(there_may_be_any_number_of_images),
		TEST(every_hash_is_checked),
		TEST(pitfall_108_a_hash_is_of_all_bytes),
		TEST(a_hash_without_its_value_proves_nothing),
		TEST(weak_hashes_are_refused_by_name),
		TEST(hashes_are_few),
		TEST(what_is_not_used_is_told),
		TEST(overlays_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
