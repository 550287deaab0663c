/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Before gangway.efi can run by a door other than UEFI's it must know where,
 * and that the memory of its .bss is nobody else's. What is packed into the
 * file lies there in a loader's eyes, since ukify adds it behind all that the
 * headers tell of: then gangway goes elsewhere, and leaves what is packed where
 * it is.
 */
#ifndef EFI_SETTLE_H
#define EFI_SETTLE_H

#define SETTLE_LINUX	 0 /* what the information is that a loader has left */
#define SETTLE_MULTIBOOT 1 /* any: its loaders know the length of .bss */

#ifndef __ASSEMBLER__

#include "base.h"

/* What header.S tells of the image. Offsets are from its beginning, which is
 * the second page of the file. */
struct settle_image {
	u32 loaded_len;		/* of the file, without what is packed */
	u32 len;		/* with .bss */
	u32 headers, multiboot; /* where PE's are, and that of Multiboot 1 */
	u32 relocs, relocs_len; /* PE's, and those of 32 bits: */
	u32 fixups, fixups_end; /* words, each the place of an offset from */
	u32 fixups_base;	/* here, which is to become an address */
	u32 unused;		/* 64-bit mode aligns what follows */
	u64 home, file_end;	/* settle() writes: where the file lies */
};
WIRE_SIZE(struct settle_image, 56);
WIRE_AT(struct settle_image, home, 40);

extern struct settle_image settle_self; /* in the image */

/*
 * Find a place below 4 GiB that is free by what the loader tells, copy the
 * image there unless it is where it lies, and put its addresses right, all but
 * those of whatever has been relocated before. Returns the place. Where there
 * is none it is where the image lies, in the hope of the best. Runs before
 * anything has its address, in 32-bit mode too.
 */
unsigned long settle(const struct settle_image *self, unsigned long at,
		     u32 door, unsigned long info_at);

#endif
#endif
