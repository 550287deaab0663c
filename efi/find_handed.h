/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding the kernel among what a Multiboot2 loader hands over.
 */
#ifndef EFI_FIND_HANDED_H
#define EFI_FIND_HANDED_H

#include "find.h"
#include "mb2_tags.h"

/* Fill info's modules and its command line, and see to it that all of it can be
 * looked at. */
must_check why find_handed(const struct mem *mem, const struct mb2_tags *tags,
			   struct boot_info *info, struct found *out);

#endif
