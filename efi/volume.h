/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The volume that gangway was loaded from. Paths begin at its root; either kind
 * of slash will do.
 */
#ifndef EFI_VOLUME_H
#define EFI_VOLUME_H

#include "firmware.h"

/* The handle of the volume that files are on; NULL if there is none. */
void *volume_handle(void);

/* Read a whole file into pages. Says which file it is on failure. */
must_check why volume_read(struct view path, struct view *out);

/* The same for len bytes of it at most, from offset on: fewer where the file
 * ends. */
must_check why volume_read_part(struct view path, u64 offset, u64 len,
				struct view *out);

/* Call each for every file of a folder with its name, until that fails. A
 * folder that is not there is empty. */
must_check why volume_list(struct view folder,
			   why (*each)(struct view name, void *context),
			   void *context);

#endif
