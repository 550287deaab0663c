/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addons (NAME.addon.efi): images with sections for a packed kernel. The
 * firmware or a shim must trust them; they are never started.
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
 * Read the addons of a folder and add their sections to *out. An addon that is
 * not trusted, that contains a kernel or whose .uname names another kernel is
 * reported and left out.
 */
void addons_read(struct view folder, struct view uname, struct addons *out);

#endif
