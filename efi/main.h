/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The story of a boot, for each of the ways in.
 */
#ifndef EFI_MAIN_H
#define EFI_MAIN_H

#include "firmware.h"
#include "mb2_live_door.h"

/* Boot what is found, or what tags hand over if that is not NULL; returns what
 * the caller is to know, everything given back. */
EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table,
		    const struct mb2_tags *tags);

#endif
