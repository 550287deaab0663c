/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Archives that Linux unpacks as a part of its initrd (Linux, Documentation/
 * driver-api/early-userspace/buffer-format.rst), with nothing in them that
 * would differ from boot to boot: times and owners are 0.
 */
#ifndef FORMATS_CPIO_H
#define FORMATS_CPIO_H

#include "view.h"

/* An archive that is being written: at most room bytes of it, but len says how
 * many it would have. */
struct cpio {
	u8 *out;
	u64 room, len;
	u32 inode;
};

static inline struct cpio cpio_begin(u8 *out, u64 room)
{
	return (struct cpio){ out, room, 0, 1 };
}

/* Add a folder, and before it those that it is in. */
void cpio_folder(struct cpio *cpio, struct view path, u32 mode);

/* Add a file of a folder that is there. */
void cpio_file(struct cpio *cpio, struct view folder, struct view name,
	       u32 mode, struct view content);

/* Nothing can be added behind this. */
void cpio_end(struct cpio *cpio);

#endif
