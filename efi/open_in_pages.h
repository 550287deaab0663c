/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening the containers that hold the kernel, while the firmware is there.
 */
#ifndef EFI_OPEN_IN_PAGES_H
#define EFI_OPEN_IN_PAGES_H

#include "firmware.h"

/*
 * Find the kernel among boot's modules as boot_open() does, in pages taken from
 * the firmware: what is opened stays in them, the rest is given back. Fails as
 * boot_open() does, or if the firmware does not give its memory map or pages.
 */
must_check why open_in_pages(struct boot *boot);

#endif
