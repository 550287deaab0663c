/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of the device trees in a Unified Kernel Image is this machine's: its
 * sections .dtbauto, as systemd-stub chooses among them.
 */
#ifndef EFI_BOARD_H
#define EFI_BOARD_H

#include "boot_info.h"
#include "mem.h"
#include "pe.h"

/* Remember what tells the machine apart: the firmware's device tree, or, if it
 * has none, SMBIOS's strings. */
void board_read(const struct mem *mem, const struct boot_info *info);

/*
 * The first tree of a profile, or else of all, whose first compatible string is
 * that of the firmware's tree; without one that which .hwids has for the
 * machine. Empty if there is none. A damaged one is passed over.
 */
struct view board_tree(struct view image, enum pe_form form, u32 profile);

#endif
