/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of the volume that gangway was loaded from, or of another one. Paths
 * begin at its root, with slashes or backslashes.
 */
#ifndef EFI_VOLUME_H
#define EFI_VOLUME_H

#include "firmware.h"

/* The handle of the volume that files are on; NULL if there is none. */
void *volume_handle(void);

/* Use another volume; NULL: gangway's own. */
void volume_use(void *handle);

/* The handle of the XBOOTLDR partition (UAPI.2) on the disk that gangway was
 * loaded from; NULL if there is none. */
void *volume_extended(void);

/* Rename a file within its folder. */
must_check why volume_rename(struct view path, struct view name);

/* Write a file from its beginning, as far as to the disk. */
must_check why volume_overwrite(struct view path, struct view content);

/* Is there a file system? Not if gangway was loaded over a network. */
bool volume_is_there(void);

/* Do files come from a server instead? Then folders cannot be listed. */
bool volume_is_served(void);

/* Is there such a file? Prints nothing. */
bool volume_has(struct view path);

/* Read a whole file into pages. Prints the file's name on failure. */
must_check why volume_read(struct view path, struct view *out);

/* The same for at most len bytes from offset on. */
must_check why volume_read_part(struct view path, u64 offset, u64 len,
				struct view *out);

/* Call each with the name of every file of a folder, until it fails. A missing
 * folder counts as empty. */
must_check why volume_list(struct view folder,
			   why (*each)(struct view name, void *context),
			   void *context);

#endif
