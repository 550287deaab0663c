/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A boot under UEFI, for both entries.
 */
#ifndef EFI_MAIN_H
#define EFI_MAIN_H

#include "firmware.h"
#include "mb2_live_door.h"

/* Boot what is found or, if tags is not NULL, what a Multiboot 2 loader passes.
 * Returns the status for the caller, with all memory freed. */
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table,
		    const struct mb2_tags *tags);

#endif
