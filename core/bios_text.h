/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VGA text screen that a BIOS leaves on, for kernels of doors that say
 * nothing of a screen.
 */
#ifndef CORE_BIOS_TEXT_H
#define CORE_BIOS_TEXT_H

#include "boot_info.h"
#include "mem.h"

#define BIOS_CURSOR 0x450 /* column, row of the first page */

/*
 * Where the door told of no framebuffer and EFI was not met, take what the
 * BIOS data area says: a color text mode becomes info->framebuffer. Machines
 * without a VGA BIOS have zeroes there.
 */
void bios_find_text(const struct mem *mem, struct boot_info *info);

#define BIOS_PORTS 4

/* The I/O ports of the serial ports that a BIOS has found, 0 where there is
 * none. Not for machines started by UEFI, where anything may lie there. */
void bios_find_ports(const struct mem *mem, const struct boot_info *info,
		     u16 ports[BIOS_PORTS]);

#endif
