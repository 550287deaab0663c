/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a Multiboot2 loader hands over that starts gangway.efi by its EFI64
 * entry (Multiboot2 Specification 2.0, 3.5 and 3.6).
 */
#ifndef FORMATS_MB2_LIVE_DOOR_H
#define FORMATS_MB2_LIVE_DOOR_H

#include "mb2_tags.h"

/* Where the firmware is. Fails if its boot services have ended, or if the
 * loader does not tell of the system table or of its own image. */
must_check why mb2_live_firmware(const struct mb2_tags *tags, phys *table,
				 phys *image);

/*
 * Fill info's modules and its command line from the tags, and hold what they
 * lie in. info->efi has the firmware's map, in which the modules must lie.
 */
must_check why mb2_live_read(const struct mem *mem, const struct mb2_tags *tags,
			     struct boot_info *info);

#endif
