/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From where a device tree comes under UEFI, and how it gets to the kernel.
 */
#ifndef EFI_DEVICETREE_PASS_H
#define EFI_DEVICETREE_PASS_H

#include "find.h"
#include "firmware.h"

/* The firmware's own tree, to be handed on if nobody brings another. A damaged
 * one is said, and ignored. */
void devicetree_collect(const struct mem *mem, struct boot_info *info);

/*
 * With Secure Boot on: ignore a tree that gangway's signature does not cover,
 * and say so. By a tree a kernel can be told of memory that is another's.
 */
void devicetree_judge(struct boot *boot, const struct found *found);

/*
 * For a kernel that the firmware starts: make the payload's tree, fixed up, the
 * firmware's table, until config_table_restore(). The firmware's own is left as
 * it is.
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
