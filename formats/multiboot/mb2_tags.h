/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tags of Multiboot2's boot information, as a loader wrote them
 * (Multiboot2 Specification 2.0, 3.6): what each of its entries reads.
 */
#ifndef MULTIBOOT_MB2_TAGS_H
#define MULTIBOOT_MB2_TAGS_H

#include "boot_info.h"
#include "mb2.h"
#include "mem.h"

struct mb2_tags {
	struct view all;	     /* the information, with its head */
	struct view of[MB2_NR_TAGS]; /* the first of each type; else empty */
	why bad; /* the first thing wrong with a tag; NULL: none */
};

/*
 * Find the tags of the information at an address. Fails if magic, what EAX held
 * at the entry, is another, or if the information cannot be all seen.
 */
must_check why mb2_tags_open(const struct mem *mem, u32 magic, phys at,
			     struct mb2_tags *out);

/*
 * Take the next tag off the front, and say its type. The end tag, which may
 * have been left out, is an empty view, and so is one that is damaged: *bad is
 * then why, unless it was set before.
 */
u32 mb2_tags_next(struct view *left, why *bad, struct view *tag);

/* Copy the fields of a tag out; false if there is none of that type. */
must_check bool mb2_tags_get(const struct mb2_tags *tags, u32 type, void *out,
			     u64 size);

/* The pointer of a tag in its 64-bit or else its 32-bit form, or 0. */
phys mb2_tags_pointer(const struct mb2_tags *tags, u32 type64, u32 type32);

/* Set the loader's name, and what strings are by that, and the command line. */
void mb2_tags_strings(const struct mb2_tags *tags, struct boot_info *info);

/* Add the modules, behind mb2_tags_strings(). */
void mb2_tags_modules(const struct mb2_tags *tags, struct boot_info *info);

#endif
