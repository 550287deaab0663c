/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware's configuration tables (UEFI 2.10, sections 4.6 and 7.5.6), and
 * those that gangway adds for the kernel. These lie in ACPI reclaim memory,
 * which no kernel uses as free RAM.
 */
#ifndef EFI_CONFIG_TABLE_H
#define EFI_CONFIG_TABLE_H

#include "firmware.h"

/* Where the firmware's table is; NULL if it has none. */
void *config_table_find(EFI_GUID guid);

/* Allocate zeroed memory for a table. */
must_check why config_table_take(u64 len, struct view *out);

/* Install such memory as the table with that GUID, in place of the current one.
 * config_table_restore() frees it in any case. */
must_check why config_table_install(struct view table, EFI_GUID guid);

/* Restore the former tables and free gangway's own. */
void config_table_restore(void);

#endif
