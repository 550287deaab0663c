/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A guest that a Multiboot2 loader has prepared, tag by tag.
 */
#ifndef TESTS_MB2_GUEST_H
#define TESTS_MB2_GUEST_H

#include "guest.h"

#include "doors.h"
#include "mb2.h"

#define INFO	 0x110000
#define HOLE	 0x180000 /* in the window, but in no region */
#define MODULE_1 0x120000
#define MODULE_2 0x130000

static struct mem mem;
static struct boot_info info;
static phys next;		     /* where the next tag goes */
static phys tag_at[MB2_NR_TAGS + 1]; /* the newest of each type */

static inline void put_tag(u32 type, const void *payload, u64 len)
{
	put32(&mem, next, type);
	put32(&mem, next + 4, (u32)(8 + len));
	put(&mem, next + 8, payload, len);
	tag_at[type] = next;
	next = align_up(next + 8 + len, 8);
}

static inline void put_tag_string(u32 type, const char *string)
{
	put_tag(type, string, strlen(string) + 1);
}

static inline void put_mmap(u32 entry_size)
{
	static const struct mb2_mmap_entry entries[] = {
		{ MIB, HOLE - MIB, 1, 0xcccc },
		{ 0, 0x9fc00, 1, 0 },
		{ 0x9fc00, 0x400, 9, 0 },
		{ 0, 0, 0, 0 },
	};
	u8 payload[8 + ARRAY_LEN(entries) * 64] = { 0 };

	memcpy(payload, &entry_size, 4);
	for (u32 i = 0; i < ARRAY_LEN(entries); i++)
		memcpy(payload + 8 + i * entry_size, &entries[i], 24);
	put_tag(MB2_TAG_MMAP, payload, 8 + ARRAY_LEN(entries) * entry_size);
}

static inline void start_tags(void)
{
	memset(tag_at, 0, sizeof(tag_at));
	next = INFO + 8;
}

static inline void end_tags(void)
{
	put_tag(MB2_TAG_END, "", 0);
	put32(&mem, INFO, (u32)(next - INFO));
}

/* Begin anew with the memory map as the only tag. */
static inline void restart_with_mmap(void)
{
	start_tags();
	put_mmap(sizeof(struct mb2_mmap_entry));
}

/* Take the end tag back, for more to follow. */
static inline void reopen_tags(void)
{
	next -= 8;
}

static inline int teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static inline why read_at(u32 magic, phys at)
{
	info_init(&info, "multiboot2");
	mb2_door.read(&mem, magic, at, &info);
	return info.bad;
}

static inline why read(void)
{
	return read_at(MB2_LOADER_MAGIC, INFO);
}

#endif
