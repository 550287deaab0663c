/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A door: a protocol by which gangway is started. Each lives in its protocol's
 * folder and ends in DOOR(x): entry.S has a symbol for it, which passes the
 * door's address on. Registers alone do not tell doors apart: qboot leaves the
 * Multiboot magic at the PVH entry. Only where a loader went by the ELF file
 * alone must magic numbers do, see door_meant().
 */
#ifndef CORE_DOOR_H
#define CORE_DOOR_H

#include "boot_info.h"
#include "mem.h"

struct door {
	const char *name;
	u32 eax;   /* magic number at entry; 0: there is none */
	u32 first; /* the information begins with this; 0: it may be any */
	/*
	 * Fill info (info_init() has run) from what the loader left at a
	 * physical address. Reads outside bytes only through mem, writes none
	 * of them, and holds all that info points at. magic is EAX at entry.
	 * What is wrong is in info->bad.
	 */
	void (*read)(const struct mem *mem, u32 magic, phys at,
		     struct boot_info *info);
};

/* Defines a door, whose only user is assembly. */
#define DOOR(symbol)                                                           \
	extern const struct door symbol;                                       \
	const struct door symbol __attribute__((used))

/*
 * Which of nr doors a loader means that went to the ELF file's entry in 32-bit
 * mode, with EAX and with an address where the information may be. What that
 * begins with counts for more than EAX. NULL: none of them.
 */
const struct door *door_meant(const struct door *const *doors, u32 nr,
			      const struct mem *mem, u32 eax, phys at);

/*
 * See and hold len bytes of the loader's. The memory map must have been read:
 * empty, and refused by a sentence about "what", if the bytes are not in it,
 * nor in the first MiB.
 */
struct view door_view(const struct mem *mem, struct boot_info *info, phys at,
		      u64 len, const char *what);

/* The same for what the kernel can do without: empty, but not refused. */
struct view door_optional(const struct mem *mem, struct boot_info *info,
			  phys at, u64 len);

/* The same for a NUL-terminated string, without its NUL. Address 0 is a string
 * left out: empty. Also refused if it has no end within MAX_STRING bytes. */
struct view door_string(const struct mem *mem, struct boot_info *info, phys at,
			const char *what);

#endif
