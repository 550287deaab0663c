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
	bool wants_services; /* EFI's boot services, alive */
};

/* Does the header ask for EFI's boot services? That is enough, as it is for
 * GRUB. */
bool mb2_is_live(struct view file);

/*
 * Read a kernel's header and the file it is in: to be entered by its i386
 * entry, or with live in 64-bit mode, the boot services being alive: by its
 * EFI64 entry, or else where its i386 entry is. Fails if anything in it is
 * damaged, or asks for what gangway does not have.
 */
must_check why mb2_open(struct view file, bool live, struct mb2_kernel *out);

/* Bytes of arena that mb2_info_put() takes at most. */
u64 mb2_info_len(const struct boot *boot, const struct mb2_kernel *kernel);

/* Write the boot information into the arena and return where it is. With live
 * it has no memory map, since the firmware still has the newest. */
phys mb2_info_put(const struct boot *boot, const struct plan *plan,
		  const struct mb2_kernel *kernel, bool live,
		  struct arena *arena);

#endif
