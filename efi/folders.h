/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two folders of the Boot Loader Specification (UAPI.1): entries of type 1
 * in \\loader\\entries, Unified Kernel Images in \\EFI\\Linux, on the volume
 * gangway comes from and on the one for boot loaders beside it.
 */
#ifndef EFI_FOLDERS_H
#define EFI_FOLDERS_H

#include "bls.h"

#define MAX_CANDIDATES 64

/* A file that may be chosen; its path and texts lie in pages. */
struct candidate {
	bool is_image; /* of type 2 */
	void *volume;  /* where it is */
	struct view path;
	struct bls_entry entry;
};

struct candidates {
	u32 nr;
	struct candidate list[MAX_CANDIDATES];
};

/*
 * List entries of both types in the specification's order. What cannot be read
 * is reported and left out. Images without a kernel or for other machines are
 * left out too.
 */
void folders_list(struct candidates *out);

/* Add an entry by its file name, where folders cannot be listed. */
void folders_add(struct candidates *all, struct view id);

#endif
