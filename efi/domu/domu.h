/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Xen's tools find in gangway.efi, where a bzImage has its compressed
 * kernel: a small PVH kernel. Of the whole file they load this alone, so that
 * a guest has the file once more as its ramdisk, with what is packed into it.
 * That one is started here, by Linux's 32-bit boot protocol.
 */
#ifndef DOMU_H
#define DOMU_H

#include "bootparam.h"
#include "start_info.h"

extern struct linux_boot_params domu_params;

/*
 * Fill in domu_params, and return the 32-bit entry of the first module, which
 * is to be a gangway.efi; 0 if it is not, or there is none. The second one
 * becomes Linux's initrd.
 */
u32 domu_start(const struct pvh_start_info *info);

/* Write a sentence to the guest's console and to Xen's log, and end the guest
 * as one that has crashed. Returns without Xen. */
void domu_fail(void);

/* The guest's memory map, by a hypercall; how many entries. 0 without Xen. */
u32 domu_memory_map(struct linux_e820_entry *entries, u32 max);

#endif
