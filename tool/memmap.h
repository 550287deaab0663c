/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory maps for a dry run: of QEMU's machine, or of a real one.
 */
#ifndef TOOL_MEMMAP_H
#define TOOL_MEMMAP_H

#include "boot_info.h"

struct memmap {
	u32 nr;
	struct region regions[MAX_REGIONS];
};

/* "512M", "3G": bytes; what is no such number ends the program. */
u64 memory_size(const char *text);

/* What QEMU's pc with a BIOS has, with so much memory. */
void memmap_of_pc(u64 memory, struct memmap *out);

/* What Firecracker has: no BIOS, and one piece of RAM. */
void memmap_of_vmm(u64 memory, struct memmap *out);

/*
 * Read a map: a folder as /sys/firmware/memmap, or a file of lines, in which
 * any text may stand around the ranges:
 *
 *	BIOS-e820: [mem 0x...-0x...] usable	Linux's; the end is inclusive
 *	0100000000-0180000000 RAM		gangway's; the end is exclusive
 *
 * Ends the program if there is no range in it.
 */
void memmap_read(const char *path, struct memmap *out);

/* Where RAM that one may use for a loader's tables ends, below 4 GiB. */
phys memmap_low_end(const struct memmap *map);

#endif
