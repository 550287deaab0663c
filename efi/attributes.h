/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access rights of pages, on firmware that enforces them (UEFI 2.10, section
 * 37.7: EFI_MEMORY_ATTRIBUTE_PROTOCOL).
 */
#ifndef EFI_ATTRIBUTES_H
#define EFI_ATTRIBUTES_H

#include "firmware.h"

/*
 * Make pages readable, writable and executable, because all segments of a
 * kernel share one allocation. Without the protocol nothing is done: such
 * firmware can execute EfiLoaderCode.
 */
must_check why attributes_allow(struct range pages);

#endif
