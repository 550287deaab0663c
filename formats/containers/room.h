/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Free RAM for what comes out of containers.
 */
#ifndef FORMATS_ROOM_H
#define FORMATS_ROOM_H

#include "boot.h"
#include "packing.h"

/* A piece of least bytes or more: one below 4 GiB, which all kernels reach, if
 * there is any, and one that has never been the firmware's before all others.
 */
bool room_find(const struct boot *boot, struct plan *scratch, u64 least,
	       struct view *out);

/* Keep what was written to the beginning of such a piece. */
must_check why room_hold(struct boot *boot, struct view written);

/* Unpack a file into such a piece, where it is held, and see it there. */
must_check why room_unpack(struct boot *boot, struct plan *scratch,
			   const struct packing *packing, struct view *file);

/* See the beginning of what is in a file, until the next piece is used. */
must_check why room_peek(struct boot *boot, struct plan *scratch,
			 const struct packing *packing, struct view file,
			 struct view *out);

#endif
