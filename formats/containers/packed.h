/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel and its modules in one file with gangway.elf ("gangway pack --type
 * elf"), which starts by every door of gangway.elf without any module.
 *
 * In this file everything lies as in memory: the byte at offset x of the file
 * is at gangway's address + x. What is packed follows behind the zeroes of
 * gangway's .bss, so that loaders that go by segments and those that go by
 * Multiboot's address fields load it alike:
 *
 *	0			gangway.elf, in its first 8 KiB a packed_mark
 *	mark.image_len		the pack: a packed_head, nr packed_entry, the
 *				strings, and the files, each from a page on
 *	mark.image_len + mark.len	the end of the file
 *
 * Entry 0 is the kernel, which may be a FIT image or a UKI; all others are its
 * modules, in front of those from outside. Offsets in the pack count from its
 * head. An entry's string is "NAME WORDS": of a kernel the words go onto its
 * command line. NAME is the file's, and may be empty: then the string begins
 * with the blank, if there are words.
 *
 * How to make one, of a gangway.elf or gangway-pvh.elf:
 *
 *	1. Find the mark in the file's first 8 KiB, at a multiple of 8.
 *	2. Write the file, padded with zeroes to mark.image_len; then the pack.
 *	3. Call packed_patch() with the file's first 8 KiB.
 */
#ifndef FORMATS_PACKED_H
#define FORMATS_PACKED_H

#include "base.h"
#include "boot_info.h"
#include "mem.h"
#include "view.h"

#define PACKED_MAGIC   "gangway's pack\r\n"
#define PACKED_VERSION 1
#define PACKED_WITHIN  8192	 /* where the mark is, as Multiboot's header */
#define PACKED_SEALED  (1u << 0) /* no words and no modules from outside */
#define PACKED_ALIGN   4096	 /* of each file in the pack */
#define PACKED_SEAL    ".sealed" /* the same, a section of gangway.efi */

struct packed_mark {
	u8 magic[16]; /* PACKED_MAGIC, without its NUL */
	u32 version;
	u32 flags;
	u64 image_len; /* gangway's own, .bss and all; a multiple of a page */
	u64 len;       /* of the pack; 0: nothing is packed */
};
WIRE_SIZE(struct packed_mark, 40);
WIRE_AT(struct packed_mark, image_len, 24);

struct packed_head {
	u32 nr; /* entries, one or more */
	u32 zero;
};
WIRE_SIZE(struct packed_head, 8);

struct packed_entry {
	u64 at, len; /* the file */
	u32 string_at, string_len;
	u32 name_len; /* of the string */
	u32 zero;
};
WIRE_SIZE(struct packed_entry, 32);
WIRE_AT(struct packed_entry, string_at, 16);
WIRE_AT(struct packed_entry, name_len, 24);

/* An entry of a pack. */
struct packed_file {
	struct view content;
	struct view string, name; /* and the name that it begins with */
};

/* Find the mark in a file's beginning; false if there is none, or of another
 * version. *at, if not NULL, is where. */
must_check bool packed_find(struct view beginning, struct packed_mark *out,
			    u64 *at);

/* How many entries a pack has; 0 if it is damaged. */
u32 packed_count(struct view pack);

/* Read an entry; refused if it leaves the pack. */
must_check why packed_read(struct view pack, u32 i, struct packed_file *out);

/*
 * Put what is packed in front of info's modules, which are those from outside,
 * and hold it. at is where the file was loaded, all of which the window shows.
 * Refused if it is sealed, and there are words or modules from outside; nothing
 * is done if nothing is packed.
 */
must_check why packed_add(const struct mem *mem, phys at,
			  struct boot_info *info);

/* Put one file in front of info's modules, which are those from outside, and
 * hold it: a kernel or a bundle, with no name and no words of its own. */
must_check why packed_put(const struct mem *mem, struct boot_info *info,
			  struct view content);

/*
 * Make the beginning of gangway's file, of PACKED_WITHIN bytes, that of one
 * with a pack of len bytes: the mark, the segment of .bss, which now goes to
 * the end, and Multiboot's address fields. Refused if it is not gangway's, or
 * if the whole would end above 4 GiB.
 */
must_check why packed_patch(u8 *beginning, u64 len, u32 flags);

/*
 * The same for gangway.efi, behind which sections have been added: len is that
 * of the whole file, in which there are zeroes where .bss is. Linux's setup
 * header and Multiboot's then say what is in the file; init_size is more, so
 * that a signed file has room there, too.
 */
must_check why packed_patch_efi(u8 *beginning, u64 len);

#endif
