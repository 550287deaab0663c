/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernels of both Multiboots share: the address fields, which say
 * where a file goes that need not be ELF (the "a.out kludge").
 */
#ifndef MULTIBOOT_KLUDGE_H
#define MULTIBOOT_KLUDGE_H

#include "format.h"
#include "image.h"

#define MB2_LOAD_FILE_START 0xffffffff /* load_addr: where the file begins */

/* Nothing that a kernel is told lies below, as by GRUB: there beginners clear
 * their page tables before they have read it. */
#define MULTIBOOT_TOLD_AT 0x10000

/* The fields as the headers spell them; all are physical addresses. */
struct kludge {
	u32 header_addr, load_addr, load_end_addr, bss_end_addr, entry_addr;
};

/* How sure it is that a file is a kernel of these fields: an archive or a disk
 * may have one in it, but does not begin with it. */
enum claim kludge_claim(u64 header_at, u32 header_addr, u32 load_addr);

/*
 * Read a file by its address fields; header_at is where the header lies in
 * it. Fails where they do not fit the file or each other.
 */
must_check why kludge_open(struct view file, u64 header_at,
			   const struct kludge *kludge, struct image *out);

#endif
