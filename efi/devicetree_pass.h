/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a device tree comes from under UEFI, and how the kernel gets it.
 */
#ifndef EFI_DEVICETREE_PASS_H
#define EFI_DEVICETREE_PASS_H

#include "find.h"
#include "firmware.h"

/* Take the firmware's tree, which is passed on if there is no other. A damaged
 * one is reported and ignored. */
void devicetree_collect(const struct mem *mem, struct boot_info *info);

/*
 * With Secure Boot on, ignore a tree that gangway's signature does not cover,
 * and report that: a tree can describe memory that is not the kernel's.
 */
void devicetree_judge(struct boot *boot, const struct found *found);

/*
 * For a kernel that the firmware starts: install the payload's tree, fixed up,
 * as the firmware's table, until config_table_restore(). The firmware's own
 * tree is not modified.
 */
must_check why devicetree_install(const struct boot *boot);

/*
 * For Linux by its zero page: fix the payload's tree up in pages of ours,
 * before the boot is planned. devicetree_finish() adds what only the plan
 * knows.
 */
must_check why devicetree_prepare(struct boot *boot);
void devicetree_finish(const struct boot *boot);

#endif
