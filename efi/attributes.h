/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rights of pages, where the firmware keeps such (UEFI 2.10, section 37.7:
 * EFI_MEMORY_ATTRIBUTE_PROTOCOL).
 */
#ifndef EFI_ATTRIBUTES_H
#define EFI_ATTRIBUTES_H

#include "firmware.h"

/*
 * Let pages be read, written and executed: a kernel's image has all its
 * segments in one piece of memory. Without the protocol nothing is done, since
 * such firmware runs what lies in EfiLoaderCode.
 */
must_check why attributes_allow(struct range pages);

#endif
