/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The volume that gangway was loaded from, or one beside it. Paths begin at its
 * root; either kind of slash will do.
 */
#ifndef EFI_VOLUME_H
#define EFI_VOLUME_H

#include "firmware.h"

/* The handle of the volume that files are on; NULL if there is none. */
void *volume_handle(void);

/* Go on with another volume; NULL: with gangway's own. */
void volume_use(void *handle);

/* The handle of the partition for boot loaders beside that which gangway comes
 * from (XBOOTLDR of UAPI.2, on the same disk); NULL if there is none. */
void *volume_extended(void);

/* Give a file another name in its folder. */
must_check why volume_rename(struct view path, struct view name);

/* Write a file from its beginning, as far as to the disk. */
must_check why volume_overwrite(struct view path, struct view content);

/* Is there a file system at all? Not where gangway came over a network. */
bool volume_is_there(void);

/* Do files come from a server instead? Its folders cannot be listed. */
bool volume_is_served(void);

/* Is there a file? Says nothing. */
bool volume_has(struct view path);

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
