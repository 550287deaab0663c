// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway unpack: the parts of a bundle as files. All are found, and found
 * sound, before the first is written.
 */
#include <getopt.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle.h"
#include "bzimage.h"
#include "compress.h"
#include "extract.h"
#include "fit_images.h"
#include "packed.h"
#include "pe_file.h"
#include "tool.h"
#include "tree.h"

#define MAX_NAME     128
#define MAX_UNPACKED GIB

enum { DIRECTORY };

static const struct choice choices[] = {
	[DIRECTORY] = { "directory", "DIR",
			"where the files go; is made if it is not there; also "
			"-d" },
	{ 0 },
};

/* The files that will be written. */
struct found {
	const char *path; /* of the bundle */
	u32 nr;
	struct {
		char name[MAX_NAME];
		struct view bytes;
	} files[MAX_PARTS];
};

static bool is_taken(const struct found *found, const char *name)
{
	for (u32 i = 0; i < found->nr; i++)
		if (!strcmp(found->files[i].name, name))
			return true;
	return false;
}

/* A name from outside is one of a file in the folder, and of one only. */
static void add(struct found *found, const char *prefix, struct view name,
		struct view bytes)
{
	char *to = found->files[found->nr].name;
	int shown = (int)min_u64(name.len, MAX_NAME / 2);

	for (u64 i = 0; i < name.len; i++)
		if (name.at[i] <= ' ' || name.at[i] > '~' || name.at[i] == '/')
			refuse(found->path, "a part of it has a name that is "
					    "none of a file");
	if (!name.len || name.at[0] == '.')
		refuse(found->path, "a part of it has a name that begins with "
				    "a dot, or none");
	if (found->nr == MAX_PARTS)
		refuse(found->path, "it has more than %u parts", MAX_PARTS);
	snprintf(to, MAX_NAME, "%s%.*s", prefix, shown, name.at);
	for (u32 i = 2; is_taken(found, to); i++)
		snprintf(to, MAX_NAME, "%s%.*s-%u", prefix, shown, name.at, i);
	found->files[found->nr++].bytes = bytes;
}

/* Those of a UKI (UAPI.5), and gangway's own; others are the stub's. */
static bool is_part(struct view name)
{
	static const char *const names[] = {
		".linux",  ".osrel",   ".cmdline", ".initrd",
		".ucode",  ".splash",  ".dtb",	   ".dtbauto",
		".hwids",  ".efifw",   ".uname",   ".sbat",
		".pcrsig", ".pcrpkey", ".profile", ".hashes",
	};

	for (u32 i = 0; i < ARRAY_LEN(names); i++)
		if (view_equal(name, view_string(names[i])))
			return true;
	return false;
}

/* The sections of a UKI, those of profiles with their number. */
static void find_sections(struct found *found, const struct pe_file *pe)
{
	struct pe_section section;
	char prefix[32] = "";
	u32 profile = 0;

	for (u32 i = 0; i < pe->head.nr_sections; i++) {
		struct view name, bytes;
		why bad;

		if (!pe_file_section(pe, i, &section))
			refuse(found->path,
			       "at 0x%lx: the table of sections passes its end",
			       pe->sections_at + i * sizeof(section));
		name = pe_section_name(&section);
		if (!is_part(name))
			continue;
		bad = pe_file_content(pe, &section, &bytes);
		if (bad)
			refuse(found->path, "at 0x%x: %s", section.raw_at, bad);
		if (view_equal(name, VIEW(".profile")))
			snprintf(prefix, sizeof(prefix), "profile%u-",
				 profile++);
		add(found, prefix, view_from(name, 1), bytes);
	}
}

static void find_images(struct found *found, struct view file)
{
	struct view tree, bytes, line;
	int images, image, config;
	why bad = fit_images_tree(file, &tree);

	if (bad)
		refuse(found->path, "it cannot be read: %s", bad);
	images = fdt_subnode_offset(tree.at, 0, "images");
	if (images < 0)
		refuse(found->path, "it is a device tree, which has no parts");
	fdt_for_each_subnode(image, tree.at, images)
	{
		bad = fit_images_data(file, tree, image, &bytes);
		if (bad)
			refuse(found->path, "at 0x%lx: %s",
			       fit_images_place(tree, image), bad);
		add(found, "", view_string(fdt_get_name(tree.at, image, NULL)),
		    bytes);
	}
	config = fdt_path_offset(tree.at, "/configurations");
	image = config < 0 ? config : fdt_first_subnode(tree.at, config);
	for (; image >= 0; image = fdt_next_subnode(tree.at, image)) {
		line = tree_string(tree, image, "bootargs");
		if (line.len)
			add(found, "cmdline-",
			    view_string(fdt_get_name(tree.at, image, NULL)),
			    line);
	}
}

static void find_inside(struct found *found, struct view file)
{
	struct unpacked inside;
	why bad = decompress(file, MAX_UNPACKED, &inside);

	if (bad)
		refuse(found->path, "it cannot be unpacked: %s", bad);
	add(found, "", VIEW("unpacked"),
	    (struct view){ inside.at, inside.len });
}

/* What is packed into gangway.elf: each file, and the words for the kernel. */
static void find_packed(struct found *found, struct view file,
			const struct packed_mark *mark)
{
	struct packed_file one;
	struct view pack;

	if (!view_cut(file, mark->image_len, mark->len, &pack))
		refuse(found->path, "at 0x%lx: it is cut off", file.len);
	for (u32 i = 0; i < packed_count(pack); i++) {
		why bad = packed_read(pack, i, &one);
		u64 words = one.name.len + 1;

		if (bad)
			refuse(found->path, "in the pack at 0x%lx: %s",
			       mark->image_len, bad);
		add(found, "", one.name.len ? one.name : VIEW("module"),
		    one.content);
		if (!i && one.string.len > words)
			add(found, "", VIEW("cmdline"),
			    view_from(one.string, words));
	}
}

/* Linux and gangway are PE images and bzImages as well: is it one with a
 * kernel, or with words, in a section, be this damaged? */
static bool is_uki(struct view file)
{
	static const char *const names[] = { ".linux", ".cmdline" };
	u64 at, len;

	for (u32 i = 0; i < ARRAY_LEN(names); i++)
		if (pe_place(file, view_string(names[i]), &at, &len) && len)
			return true;
	return false;
}

static void find_parts(struct found *found, struct view file)
{
	struct packed_mark mark;
	struct pe_file pe;

	if (tree_claims(file))
		find_images(found, file);
	else if (is_uki(file) && !pe_file_open(file, &pe))
		find_sections(found, &pe);
	else if (packed_find(file, &mark, NULL) && mark.len)
		find_packed(found, file, &mark);
	else if (bzimage_claims(file) != CLAIM_NONE)
		add(found, "", VIEW("vmlinux"), extract(found->path, file));
	else if (compression_of(file) != COMPRESSION_NONE)
		find_inside(found, file);
	else if (!pe_file_open(file, &pe))
		find_sections(found, &pe);
	else
		refuse(found->path, "it is no bundle that can be taken apart");
	if (!found->nr)
		refuse(found->path, "it has no parts");
}

static void write_parts(const struct found *found, const char *folder)
{
	if (mkdir(folder, 0777) && access(folder, W_OK))
		refuse_errno(folder, "it cannot be made");
	for (u32 i = 0; i < found->nr; i++) {
		u64 len = strlen(folder) + MAX_NAME + 2;
		char *path = get_memory(len);
		struct output out;

		snprintf(path, len, "%s/%s", folder, found->files[i].name);
		out = output_begin(path);
		out.total = found->files[i].bytes.len;
		output_put(&out, found->files[i].bytes);
		output_end(&out);
		printf("%s\n", path);
		free(path);
	}
}

static int unpack(const struct command *command, int argc, char **argv)
{
	static struct found found;
	const char *value, *folder = NULL;
	struct input input;

	while (choose(command, argc, argv, &value) >= 0)
		folder = value;
	if (optind + 1 != argc)
		misuse("exactly one file is to be given");
	if (!folder)
		misuse("no folder is given: -d DIR");
	input = input_open(argv[optind]);
	found.path = input.path;
	found.nr = 0;
	find_parts(&found, input.bytes);
	write_parts(&found, folder);
	return 0;
}

const struct command unpack_command = {
	.name = "unpack",
	.arguments = "FILE -d DIR",
	.purpose = "Take a bundle apart, or the vmlinux out of a bzImage",
	.choices = choices,
	.run = unpack,
};
