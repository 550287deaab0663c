// SPDX-License-Identifier: BSD-2-Clause
/*
 * Initrds: cpio archives one behind the other, of which the first may hold
 * microcode, and the last may be compressed (Linux, Documentation/driver-api/
 * early-userspace/buffer-format.rst).
 */
#include "inspect.h"

#include <ctype.h>
#include <stdlib.h>

#include "compress.h"

#define HEAD_LEN   110
#define FIELD_LEN  8
#define MAGIC_LEN  6
#define FILE_SIZE  6 /* the fields behind the magic, by their number */
#define NAME_SIZE  11
#define ALIGN	   4
#define LAST_NAME  "TRAILER!!!"
#define MICROCODE  "kernel/x86/microcode/"
#define MAX_PARTS  1024
#define NOT_WHOLE  "the archive ends in an entry, without its trailer"
#define NO_ARCHIVE "neither an archive nor compressed data"

/* An entry of an archive. */
struct entry {
	struct view name, content;
	u64 len; /* of all of it, padded */
};

static bool is_cpio(struct view file)
{
	return view_starts(file, VIEW("070701")) ||
	       view_starts(file, VIEW("070702"));
}

static bool read_field(struct view head, u32 i, u64 *out)
{
	char text[FIELD_LEN + 1] = "", *end;

	if (!view_read(head, MAGIC_LEN + i * FIELD_LEN, text, FIELD_LEN))
		return false;
	*out = strtoull(text, &end, 16);
	return isxdigit((unsigned char)*text) && !*end;
}

static bool read_entry(struct view left, struct entry *out)
{
	u64 name_len, len, content_at;

	if (!is_cpio(left) || !read_field(left, FILE_SIZE, &len) ||
	    !read_field(left, NAME_SIZE, &name_len) || !name_len ||
	    !view_cut(left, HEAD_LEN, name_len, &out->name))
		return false;
	out->name.len--;
	content_at = align_up(HEAD_LEN + name_len, ALIGN);
	out->len = align_up(content_at + len, ALIGN);
	return view_cut(left, content_at, len, &out->content);
}

/* One archive; returns its length, 0 if it is damaged. */
static u64 add_archive(json_t *part, u64 at, struct view left)
{
	struct view all = left;
	struct entry entry;
	u64 nr = 0;

	while (read_entry(left, &entry)) {
		left = view_from(left, min_u64(entry.len, left.len));
		if (view_equal(entry.name, VIEW(LAST_NAME))) {
			fact_number(part, "entries", nr);
			return all.len - left.len;
		}
		if (view_starts(entry.name, VIEW(MICROCODE)) &&
		    entry.content.len) {
			json_t *one = fact_next(part, "microcode");

			fact_view(one, "name", entry.name);
			fact_content(one, entry.content);
		}
		nr++;
	}
	fact_number(part, "entries", nr);
	fact_damage(part, at + all.len - left.len, NOT_WHOLE);
	return 0;
}

/* One archive, or what is compressed, up to the end; returns its length, 0 if
 * nothing more is to be found. */
static u64 add_part(json_t *facts, u64 at, struct view left)
{
	enum compression compression = compression_of(left);
	json_t *part = fact_next(facts, "parts");
	u64 len = left.len;

	fact_address(part, "at", at);
	if (is_cpio(left)) {
		fact_text(part, "kind", "a cpio archive");
		len = add_archive(part, at, left);
	} else if (compression != COMPRESSION_NONE) {
		fact_text(part, "kind", "%s-compressed data",
			  compression_name(compression));
	} else {
		fact_text(part, "kind", NO_ARCHIVE);
		if (at)
			fact_damage(part, at,
				    "what is behind an archive is "
				    "none");
		len = 0;
	}
	fact_number(part, "size", len ? len : left.len);
	return len;
}

void inspect_initrd(json_t *facts, struct view file)
{
	json_t *tree = fact_tree(facts, "initrd");
	u64 at = 0, len = 1;

	for (u32 i = 0; i < MAX_PARTS && len && at < file.len; i++) {
		len = add_part(tree, at, view_from(file, at));
		at += len;
		while (at < file.len && !file.at[at])
			at++;
	}
}

void inspect_archive(json_t *facts, struct view file)
{
	if (is_cpio(file))
		inspect_initrd(facts, file);
}
