/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Partitions, by their device paths and by what the firmware knows of them
 * (UEFI 2.10, sections 10.3.5.1 and 13.18).
 */
#ifndef EFI_PARTITION_H
#define EFI_PARTITION_H

#include "firmware.h"

/* The GPT's unique GUID of a partition; false if it has none. */
must_check bool partition_guid(EFI_HANDLE volume, EFI_GUID *out);

#endif
