/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the kernel among the modules of a Multiboot 2 loader.
 */
#ifndef EFI_FIND_HANDED_H
#define EFI_FIND_HANDED_H

#include "find.h"
#include "mb2_tags.h"

/* Fill in info's modules and command line, all in the window. */
must_check why find_handed(const struct mem *mem, const struct mb2_tags *tags,
			   struct boot_info *info, struct found *out);

#endif
