/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Multiboot2 kernel, as the tags of its header describe it, and the boot
 * information made for it.
 */
#ifndef MULTIBOOT_MB2_KERNEL_H
#define MULTIBOOT_MB2_KERNEL_H

#include "boot.h"
#include "image.h"
#include "mb2.h"

struct mb2_kernel {
	struct image image;
	bool knows_efi; /* has an entry for EFI, or wants its boot services */
};

/* Bytes of arena that mb2_info_put() takes at most. */
u64 mb2_info_len(const struct boot *boot, const struct mb2_kernel *kernel);

/* Write the boot information into the arena and return where it is. */
phys mb2_info_put(const struct boot *boot, const struct plan *plan,
		  const struct mb2_kernel *kernel, struct arena *arena);

#endif
