/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two ways in, and what they want of each other.
 */
#ifndef EFI_MB2_MAIN_H
#define EFI_MB2_MAIN_H

#include "find.h"
#include "firmware.h"
#include "mb2_live_door.h"

/* Boot what is found, or what tags hand over if that is not NULL; returns what
 * the caller is to know, everything given back. */
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table,
		    const struct mb2_tags *tags);

/* Find the kernel among what was handed over, and see to it that all of it can
 * be looked at. */
must_check why mb2_find(const struct mem *mem, const struct mb2_tags *tags,
			struct boot_info *info, struct found *out);

#endif
