/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which board this machine is, so that a Unified Kernel Image can have the
 * device trees of several; as systemd-stub decides it.
 */
#ifndef EFI_BOARD_H
#define EFI_BOARD_H

#include "boot_info.h"
#include "mem.h"
#include "pe.h"

/* Remember what identifies the machine: the firmware's device tree or, without
 * one, SMBIOS's strings. */
void board_read(const struct mem *mem, const struct boot_info *info);

/* The board's name in the device trees of a UKI: that of the firmware's tree
 * or, without one, what .hwids calls the machine. Empty if there is none. */
struct view board_name(struct view image, enum pe_form form, u32 profile);

#endif
