/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables for the time after the firmware: its own lie in memory that is
 * free RAM then.
 */
#ifndef EFI_TABLES_H
#define EFI_TABLES_H

#include "firmware.h"

/*
 * Build tables that map everything below an address, and at least 4 GiB, at
 * its own address, and hold them for ever: all of it writable and executable,
 * as a kernel's entry expects it. *root is for CR3.
 */
must_check why tables_build(struct boot_info *info, phys end, phys *root);

/* Put those tables, as a kernel is entered with them, into the arena; returns
 * their root. */
phys tables_depart(const struct boot_info *info, struct arena *arena);

#endif
