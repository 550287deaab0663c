/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Headers of both Multiboots, written into a kernel's file in the machine's
 * memory.
 */
#ifndef TESTS_MULTIBOOT_FILE_H
#define TESTS_MULTIBOOT_FILE_H

#include "kernel_file.h"
#include "mb1.h"
#include "mb2.h"
#include "paging_guest.h"

/* Without address fields; their place is left as it is. */
static inline void put_mb1_header(phys at, u32 flags)
{
	put32(&mem, at, MB1_HEADER_MAGIC);
	put32(&mem, at + 4, flags);
	put32(&mem, at + 8, -(MB1_HEADER_MAGIC + flags));
}

static inline void put_mb1_addresses(phys at, u32 header_addr, u32 load_addr,
				     u32 load_end_addr, u32 bss_end_addr,
				     u32 entry_addr)
{
	u32 fields[] = { header_addr, load_addr, load_end_addr, bss_end_addr,
			 entry_addr };

	put(&mem, at + 12, fields, sizeof(fields));
}

static phys header_at, header_next; /* of a Multiboot2 header being written */

static inline void mb2_header_begin(phys at)
{
	header_at = at;
	header_next = at + sizeof(struct mb2_header);
}

/* A tag of any type with 32-bit fields. */
static inline void mb2_header_tag(u16 type, u16 flags, const u32 *fields,
				  u32 nr)
{
	put16(&mem, header_next, type);
	put16(&mem, header_next + 2, flags);
	put32(&mem, header_next + 4, 8 + 4 * nr);
	if (nr)
		put(&mem, header_next + 8, fields, 4 * nr);
	header_next = align_up(header_next + 8 + 4 * nr, 8);
}

#define MB2_HEADER_TAG(type, flags, ...)                                       \
	mb2_header_tag(type, flags, (const u32[]){ __VA_ARGS__ },              \
		       sizeof((u32[]){ __VA_ARGS__ }) / 4)

/* Write the head for what has been put; no end tag. */
static inline void mb2_header_close(void)
{
	u32 len = (u32)(header_next - header_at);

	put32(&mem, header_at, MB2_HEADER_MAGIC);
	put32(&mem, header_at + 4, MB2_ARCHITECTURE_I386);
	put32(&mem, header_at + 8, len);
	put32(&mem, header_at + 12, -(MB2_HEADER_MAGIC + len));
}

static inline void mb2_header_end(void)
{
	mb2_header_tag(MB2_HEADER_TAG_END, 0, NULL, 0);
	mb2_header_close();
}

#endif
