/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image: what a kernel's file says about memory. Either the segments of an
 * ELF file or one flat piece of the file, linked to physical addresses, to be
 * loaded there or moved as one block.
 */
#ifndef FORMATS_IMAGE_H
#define FORMATS_IMAGE_H

#include "boot.h"
#include "elf.h"
#include "plan.h"

struct image {
	struct elf elf;
	bool is_flat;	   /* flat is loaded, elf is not */
	struct view flat;  /* the bytes of the file */
	struct range span; /* what it takes as it is linked */
	phys entry;	   /* as it is linked */

	/* Where it may be moved to; room.len is set by image_plan(). */
	bool is_relocatable;
	bool leaves_home; /* is moved even if its own place is free */
	struct room room;

	bool wants_symbols; /* is told of its sections, see symbols.h */
};

/*
 * Read a file as an ELF kernel whose entry is told elsewhere. Fails if it is
 * none for x86, or if its segments do not lie in the file and below 4 GiB.
 */
must_check why image_open_segments(struct view file, struct image *out);

/* The same, entered at its e_entry, be it a virtual or a physical address.
 * Fails as well if that lies in none of the segments. */
must_check why image_open_elf(struct view file, struct image *out);

/*
 * Plan the image, then the modules: where they lie, or else all moved. Sets the
 * plan's load, window, delta and entry_at. arena_len and its bounds must have
 * been set.
 */
must_check why image_plan(const struct boot *boot, const struct image *image,
			  struct plan *plan);

#endif
