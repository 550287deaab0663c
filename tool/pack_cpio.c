// SPDX-License-Identifier: BSD-2-Clause
/*
 * An archive for an initrd: each module is a file in it, at the place that its
 * string names.
 */
#include <libgen.h>

#include "bundle.h"
#include "cpio.h"
#include "tool.h"

#define FILE_MODE   0644
#define FOLDER_MODE 0755
#define MAX_HEAD    (64 * KIB)
#define HEAD	    110 /* bytes before the name */
#define ALIGN	    4
#define MAX_LENGTH  0xffffffffu /* of one file */

/* An archive that is being written. */
struct archive {
	struct output out;
	u32 inode;
	u8 head[MAX_HEAD];
};

/* cpio.c writes to memory: here one entry, but for the content of a file, which
 * it only counts. Each entry begins at a multiple of ALIGN. */
static struct cpio begin(struct archive *archive, u64 room)
{
	struct cpio cpio = cpio_begin(archive->head, room);

	cpio.inode = archive->inode;
	return cpio;
}

static void end(struct archive *archive, const struct cpio *cpio)
{
	output_put(
		&archive->out,
		(struct view){ archive->head, min_u64(cpio->len, cpio->room) });
	archive->inode = cpio->inode;
}

/* A file, and before it the folder that it is in, unless the last one was in
 * that too: a folder may be there twice. */
static void put_file(struct archive *archive, const struct part *part,
		     struct view path, struct view *last)
{
	u64 slash = path.len;
	struct view folder, name;
	struct cpio cpio;

	while (slash && path.at[slash - 1] != '/')
		slash--;
	folder = slash ? (struct view){ path.at, slash - 1 } : VIEW(".");
	name = view_from(path, slash);
	if (!view_equal(folder, *last)) {
		cpio = begin(archive, MAX_HEAD);
		cpio_folder(&cpio, folder, FOLDER_MODE);
		end(archive, &cpio);
		*last = folder;
	}
	cpio = begin(archive,
		     align_up(HEAD + folder.len + name.len + 2, ALIGN));
	cpio_file(&cpio, folder, name, FILE_MODE, part->bytes);
	end(archive, &cpio);
	output_put(&archive->out, part->bytes);
	output_pad(&archive->out, ALIGN);
}

/* Where a file goes in the archive. */
static struct view path_of(const struct part *part)
{
	const char *path =
		*part->string ? part->string : basename((char *)part->path);

	while (*path == '/')
		path++;
	if (!*path || path[strlen(path) - 1] == '/' || strstr(path, "//") ||
	    strlen(path) > MAX_HEAD / 2)
		misuse("\"%s\" is no path of a file", part->string);
	if (part->bytes.len > MAX_LENGTH)
		refuse(part->path, "it is longer than 4 GiB, which is the most "
				   "of a file in an archive");
	return view_string(path);
}

void pack_cpio(const struct bundle *bundle)
{
	static struct archive archive = { .inode = 1 };
	struct view last = VIEW(".");
	struct cpio cpio;

	bundle_only(bundle, "cpio", 1u << PART_MODULE);
	for (u32 i = 0; i < bundle->nr; i++)
		path_of(&bundle->parts[i]);
	archive.out = output_begin(bundle->path);
	for (u32 i = 0; i < bundle->nr; i++)
		put_file(&archive, &bundle->parts[i],
			 path_of(&bundle->parts[i]), &last);
	cpio = begin(&archive, MAX_HEAD);
	cpio_end(&cpio);
	end(&archive, &cpio);
	output_pad(&archive.out, ALIGN);
	output_end(&archive.out);
}
