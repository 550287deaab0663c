/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opens the kernel's containers while boot services are alive.
 */
#ifndef EFI_OPEN_IN_PAGES_H
#define EFI_OPEN_IN_PAGES_H

#include "firmware.h"

/*
 * Find the kernel among boot's modules as boot_open() does, in pages from the
 * firmware: what is unpacked stays in them, the rest is freed. Fails as
 * boot_open() does, or if the firmware does not provide its memory map or
 * pages.
 */
must_check why open_in_pages(struct boot *boot);

#endif
