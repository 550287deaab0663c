/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addons (NAME.addon.efi): images that the firmware, or a shim, must trust, but
 * that are never started, with sections for a packed kernel.
 */
#ifndef EFI_ADDONS_H
#define EFI_ADDONS_H

#include "view.h"

#define MAX_ADDONS 32

struct addon_file {
	struct view name, content; /* in pages */
};

struct addon_files {
	u32 nr;
	struct addon_file list[MAX_ADDONS];
};

struct addons {
	struct view words; /* of all, one blank apart */
	struct addon_files trees, initrds, ucodes;
};

/*
 * Read those of a folder, and add what they have to what there is. One that
 * nobody trusts, that has a kernel of its own, or that is for another kernel by
 * its .uname, is said and left out.
 */
void addons_read(struct view folder, struct view uname, struct addons *out);

#endif
