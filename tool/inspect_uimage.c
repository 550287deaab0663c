// SPDX-License-Identifier: BSD-2-Clause
/*
 * Legacy images of U-Boot's mkimage: a head, all of it big-endian, and data
 * (U-Boot, include/image.h).
 */
#include "inspect.h"

#include <zlib.h>

#define MAGIC	 0x27051956
#define NAME_LEN 32
#define MULTI	 4 /* the type of several files in one */

struct uimage {
	u32 magic, head_crc, time, size, load, entry, data_crc;
	u8 os, arch, type, compression;
	char name[NAME_LEN];
};
WIRE_SIZE(struct uimage, 64);
WIRE_AT(struct uimage, name, 32);

/* The names that mkimage has, of what x86 meets. */
static const char *const systems[] = { [5] = "Linux", [17] = "U-Boot" };
static const char *const machines[] = {
	[2] = "ARM", [3] = "Intel x86", [22] = "AArch64", [24] = "x86_64"
};
static const char *const types[] = {
	[1] = "Standalone Program", [2] = "Kernel Image",
	[3] = "RAMDisk Image",	    [MULTI] = "Multi-File Image",
	[5] = "Firmware",	    [6] = "Script",
	[7] = "Filesystem Image",   [8] = "Flat Device Tree",
};
static const char *const compressions[] = { "uncompressed", "gzip", "bzip2",
					    "lzma",	    "lzo",  "lz4",
					    "zstd" };

static void add_name(json_t *tree, const char *key, const char *const *names,
		     u32 nr, u8 value)
{
	if (value < nr && names[value])
		fact_text(tree, key, "%s", names[value]);
	else
		fact_number(tree, key, value);
}

static void add_head(json_t *tree, const struct uimage *image)
{
	fact_view(tree, "name",
		  (struct view){ (const u8 *)image->name,
				 strnlen(image->name, NAME_LEN) });
	fact_number(tree, "time", __builtin_bswap32(image->time));
	add_name(tree, "os", systems, ARRAY_LEN(systems), image->os);
	add_name(tree, "arch", machines, ARRAY_LEN(machines), image->arch);
	add_name(tree, "type", types, ARRAY_LEN(types), image->type);
	add_name(tree, "compression", compressions, ARRAY_LEN(compressions),
		 image->compression);
	fact_number(tree, "data_size", __builtin_bswap32(image->size));
	fact_address(tree, "load", __builtin_bswap32(image->load));
	fact_address(tree, "entry", __builtin_bswap32(image->entry));
}

static u32 crc_of(const void *bytes, u64 len)
{
	return __builtin_bswap32((u32)crc32_z(0, bytes, len));
}

void inspect_uimage(json_t *facts, struct view file, u32 depth)
{
	struct uimage image, head;
	struct view data;
	json_t *tree;

	if (!view_read(file, 0, &image, sizeof(image)) ||
	    __builtin_bswap32(image.magic) != MAGIC)
		return;
	tree = fact_tree(facts, "uimage");
	add_head(tree, &image);
	head = image;
	head.head_crc = 0;
	if (crc_of(&head, sizeof(head)) != image.head_crc)
		fact_damage(tree, offsetof(struct uimage, head_crc),
			    "the checksum of the head is wrong");
	if (!view_cut(file, sizeof(image), __builtin_bswap32(image.size),
		      &data)) {
		fact_damage(tree, file.len,
			    "the data pass the end of the "
			    "file");
		return;
	}
	if (crc_of(data.at, data.len) != image.data_crc)
		fact_damage(tree, sizeof(image),
			    "the checksum of the data is wrong");
	if (image.type != MULTI && depth < INSPECT_DEPTH)
		inspect_file(fact_tree(tree, "file"), data, depth + 1);
}
