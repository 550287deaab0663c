/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of the server that gangway was loaded from by PXE: by TFTP, over IPv4
 * (UEFI 2.10, section 24.3; RFC 2131). The folder that gangway's own file is in
 * counts as the root. TFTP has no folders that could be listed.
 */
#ifndef EFI_NETWORK_H
#define EFI_NETWORK_H

#include "firmware.h"

/* Has the firmware loaded gangway by PXE, from a server that it names? */
bool network_is_there(void);

/* Is there a file? Says nothing. */
bool network_has(struct view path);

/* Read a whole file into pages. */
must_check why network_read(struct view path, struct view *out);

#endif
