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

/* Remember what identifies the machine: the firmware's device tree or, without
 * one, SMBIOS's strings. */
void board_read(const struct mem *mem, const struct boot_info *info);

/*
 * The first tree, of the profile or else of all profiles, whose first
 * compatible string is that of the firmware's tree or, without one, the string
 * that .hwids has for the machine. Empty if there is none. Damaged trees are
 * skipped.
 */
struct view board_tree(struct view image, enum pe_form form, u32 profile);

#endif
