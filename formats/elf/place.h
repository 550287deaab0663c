/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Placing a piece of an image where it is linked to, also below 1 MiB, where
 * not all is RAM.
 */
#ifndef FORMATS_PLACE_H
#define FORMATS_PLACE_H

#include "plan.h"
#include "view.h"

/* A piece of a file that goes to memory. */
struct piece {
	phys at;	   /* where the bytes lie */
	struct view bytes; /* what follows them in memory is zero */
	u64 headers;	   /* how many of them are the ELF file's own headers */
};

/*
 * Plan a piece, less what the pieces before it have taken. Where there is no
 * RAM below 1 MiB it goes over a BIOS's data, which nobody needs any more, as
 * by other loaders; not to the screen and to ROM, where nothing can be put:
 * what of it is more than headers is then plan->left_out. Fails where else
 * memory is not free.
 */
must_check why place_piece(struct plan *plan, struct range dst,
			   const struct piece *piece);

#endif
