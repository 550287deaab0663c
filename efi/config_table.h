/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The firmware's configuration tables (UEFI 2.10, sections 4.6 and 7.5.6), and
 * those that gangway adds for the kernel. They lie in memory for ACPI's tables,
 * which no kernel takes for free RAM.
 */
#ifndef EFI_CONFIG_TABLE_H
#define EFI_CONFIG_TABLE_H

#include "firmware.h"

/* Where the firmware's table is; NULL if it has none. */
void *config_table_find(EFI_GUID guid);

/* Take zeroed room for a table. */
must_check why config_table_take(u64 len, struct view *out);

/* Make what was taken the table with that GUID, in place of the one there is.
 * Without this it is given back in the end as well. */
must_check why config_table_install(struct view table, EFI_GUID guid);

/* Put the former tables back where gangway's own are, and free those. */
void config_table_restore(void);

#endif
