/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables for the time after boot services: the firmware's are in memory
 * that is free RAM then.
 */
#ifndef EFI_TABLES_H
#define EFI_TABLES_H

#include "firmware.h"

/*
 * Build identity maps, writable and executable, and hold them for ever: all of
 * the first 4 GiB, and RAM and ACPI tables above. *root is for CR3. From then
 * on mem shows no more than they map. scratch may be any plan.
 */
must_check why tables_build(struct boot_info *info, struct mem *mem,
			    struct plan *scratch, phys *root);

/* Put the tables for the kernel's entry into the arena, as paging_depart()
 * does. Returns their root. */
phys tables_depart(const struct plan *plan, struct arena *arena);

#endif
