/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files beside gangway's image, in NAME.efi.extra.d, and in the folders for all
 * images.
 */
#ifndef EFI_BESIDE_H
#define EFI_BESIDE_H

#include "view.h"

#define MAX_BESIDE 64

/* Files of one folder, sorted by name. */
struct beside {
	struct view folder; /* its path, in pages */
	u32 nr;
	struct view names[MAX_BESIDE]; /* in pages */
};

/* The path of the folder beside the image, without the image's boot counter;
 * empty if the image is not a file. */
struct view beside_folder(void);

/* List the files of a folder whose names end in suffix but not in without (if
 * that is not empty), and can be names in a cpio archive. */
void beside_list(struct view folder, struct view suffix, struct view without,
		 struct beside *out);

/* The path of one of them, in pages. */
must_check why beside_path(const struct beside *files, u32 i, struct view *out);

#endif
