/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two folders of the Boot Loader Specification (UAPI.1): entries of type 1
 * in \loader\entries, Unified Kernel Images in \EFI\Linux. Of each, the
 * first by the specification's order.
 */
#ifndef EFI_FOLDERS_H
#define EFI_FOLDERS_H

#include "bls.h"

/* A file that may be chosen; its path and texts lie in pages. */
struct candidate {
	bool is_there;
	struct view path;
	struct bls_entry entry;
};

/* The best entry; none is there if the folder has none for us. */
must_check why folders_entry(struct candidate *best);

/* The best image that has a kernel, by its .osrel and .uname sections and its
 * name. Files that are no UKI for this machine are passed over. */
must_check why folders_image(struct candidate *best);

#endif
