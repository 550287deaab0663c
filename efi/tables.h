/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables for the time after the firmware: its own lie in memory that is
 * free RAM then.
 */
#ifndef EFI_TABLES_H
#define EFI_TABLES_H

#include "firmware.h"

/*
 * Build tables that map what the map tells of at its own address, writable and
 * executable, and hold them for ever: all below 4 GiB, and above that RAM and
 * ACPI's tables alone. *root is for CR3. mem sees no more than they map from
 * then on. scratch is any plan.
 */
must_check why tables_build(struct boot_info *info, struct mem *mem,
			    struct plan *scratch, phys *root);

/* Put tables for a kernel's entry into the arena, by what is there: see
 * paging_depart(). Returns their root. */
phys tables_depart(const struct plan *plan, struct arena *arena);

#endif
