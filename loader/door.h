/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A door: a protocol by which gangway is started. Each lives in its format's
 * folder, ends in DOOR(x), and is found by the number its entry symbol passes.
 *
 * entry.S includes this file for the numbers.
 */
#ifndef LOADER_DOOR_H
#define LOADER_DOOR_H

/* Which entry symbol was reached; registers alone do not tell (qboot passes
 * the Multiboot magic at the PVH entry). */
#define DOOR_MULTIBOOT1 1
#define DOOR_MULTIBOOT2 2
#define DOOR_PVH	3
#define DOOR_LINUX64	4

#ifndef __ASSEMBLER__

#include "boot_info.h"
#include "mem.h"

struct door {
	const char *name;
	u32 number;
	/*
	 * Fill info (info_init() has run) from what the loader left at a
	 * physical address. Reads outside bytes only through mem, writes none
	 * of them, and holds all that info points at. magic is EAX at entry.
	 * What is wrong is in info->bad.
	 */
	void (*read)(const struct mem *mem, u32 magic, phys at,
		     struct boot_info *info);
};

#define DOOR(symbol)                                                           \
	const struct door *const door_##symbol##_entry                         \
		__attribute__((used, retain, section("doors"))) = &(symbol)

/*
 * See and hold len bytes of the loader's. The memory map must have been read:
 * empty, and refused with the reason, if the bytes are not in it, nor in the
 * first MiB.
 */
struct view door_view(const struct mem *mem, struct boot_info *info, phys at,
		      u64 len, why reason);

/* The same for a NUL-terminated string, without its NUL. Address 0 is a string
 * left out: empty. Also refused if it has no end within MAX_STRING bytes. */
struct view door_string(const struct mem *mem, struct boot_info *info, phys at,
			why reason);

/* The door with this number; NULL if there is none. */
const struct door *door_of(u32 number);

#endif
#endif
