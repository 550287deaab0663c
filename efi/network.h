/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files from the server that gangway itself was loaded from, if firmware has
 * loaded it over a network. The folder of gangway's own file counts as the
 * root. Folders cannot be listed.
 */
#ifndef EFI_NETWORK_H
#define EFI_NETWORK_H

#include "firmware.h"

/* Was gangway loaded over a network, and is its server known? */
bool network_is_there(void);

/* Is there such a file? Prints nothing. */
bool network_has(struct view path);

/* Read a whole file into pages. */
must_check why network_read(struct view path, struct view *out);

#endif
