/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SMBIOS's entry point (DMTF DSP0134, section 5.2) as Multiboot2 tells of it.
 */
#ifndef CORE_SMBIOS_H
#define CORE_SMBIOS_H

#include "mem.h"

/* The version and 8 bytes in all, then the entry point, of 32 bytes at most. */
#define SMBIOS_TOLD_MAX (8 + 32)

/* Write what Multiboot2's tag 13 has behind its head, for the entry point at an
 * address; returns its length, 0 if there is no valid one. */
u64 smbios_put(const struct mem *mem, phys at, u8 out[SMBIOS_TOLD_MAX]);

/* The first of the OEM strings (section 7.12) that begins with a prefix,
 * without it, for an entry point as smbios_put() has written it; empty if there
 * is none. */
struct view smbios_string(const struct mem *mem, struct view told,
			  struct view prefix);

/* The string whose number is at an offset of the first structure of a type,
 * for such an entry point; empty if there is none. */
struct view smbios_field(const struct mem *mem, struct view told, u8 type,
			 u8 offset);

#endif
