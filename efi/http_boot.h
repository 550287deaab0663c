/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files by HTTP from the server from which UEFI HTTP Boot has loaded gangway
 * (UEFI 2.10, section 24.7).
 */
#ifndef EFI_HTTP_BOOT_H
#define EFI_HTTP_BOOT_H

#include "firmware.h"

/* Was gangway loaded by HTTP? */
bool http_boot_is_there(void);

/* Is there such a file? Prints nothing. */
bool http_boot_has(struct view path);

/* Read a whole file into pages. Prints its URL on failure. */
must_check why http_boot_read(struct view path, struct view *out);

#endif
