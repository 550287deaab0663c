/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files by TFTP, over IPv4, from the server from which PXE has loaded gangway
 * (UEFI 2.10, section 24.3; RFC 2131). The folder of gangway's own file counts
 * as the root. TFTP cannot list folders.
 */
#ifndef EFI_TFTP_H
#define EFI_TFTP_H

#include "firmware.h"

/* Was gangway loaded by PXE, and is its server known? */
bool tftp_is_there(void);

/* Is there such a file? Prints nothing. */
bool tftp_has(struct view path);

/* Read a whole file into pages. */
must_check why tftp_read(struct view path, struct view *out);

#endif
