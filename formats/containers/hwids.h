/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The section .hwids of a Unified Kernel Image (UAPI.5): which machine has
 * which device tree. Machines are told apart by Computer Hardware IDs, as
 * Microsoft and fwupd have them: UUIDs of version 5 (RFC 9562, section 5.5) of
 * some of SMBIOS's strings.
 */
#ifndef FORMATS_HWIDS_H
#define FORMATS_HWIDS_H

#include "view.h"

/* SMBIOS's strings, in the order in which they are joined. */
enum hwids_field {
	HWIDS_MANUFACTURER,
	HWIDS_FAMILY,
	HWIDS_PRODUCT,
	HWIDS_SKU,
	HWIDS_BOARD_MANUFACTURER,
	HWIDS_BOARD_PRODUCT,
	HWIDS_NR_FIELDS,
};

/* What begins the section, for each ID of each machine; the last one is zero.
 * The strings, each with a NUL, lie in the section too. */
struct hwids_device {
	u32 descriptor;	      /* HWIDS_TREE */
	u8 id[16];	      /* little-endian in its first three parts */
	u32 name, compatible; /* offsets of strings in the section */
};
WIRE_SIZE(struct hwids_device, 28);
WIRE_AT(struct hwids_device, compatible, 24);

/* The type, a device tree, above the structure's size. */
#define HWIDS_TREE (1u << 28 | sizeof(struct hwids_device))

/* Which of the IDs, from the most specific on, are looked for: the numbers that
 * Microsoft gives them. */
#define HWIDS_TYPES                                                            \
	{                                                                      \
		3, 6, 8, 10, 4, 5, 7, 9, 11                                    \
	}

/* The ID of a type for a machine with those strings, as the section has it;
 * false if it needs one that is empty. */
must_check bool hwids_id(const struct view fields[HWIDS_NR_FIELDS], u32 type,
			 u8 out[16]);

/* What a machine's device tree is compatible with, by the section and the
 * machine's strings; empty if it is not listed. */
struct view hwids_compatible(struct view section,
			     const struct view fields[HWIDS_NR_FIELDS]);

#endif
