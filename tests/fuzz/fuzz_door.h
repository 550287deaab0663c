/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the fuzzers of the doors share: a machine made of the input, and what
 * must be true of whatever a door has read from it.
 *
 * The window is 0xF0000 to 0x110000. The input's first 2 KiB, which begin with
 * the boot information, lie at 0xF0000, where memory needs no map; the rest
 * lies at 1 MiB, where it does. So both can point into each other.
 */
#ifndef TESTS_FUZZ_DOOR_H
#define TESTS_FUZZ_DOOR_H

#include <assert.h>
#include <stdlib.h>

#include "acpi.h"
#include "doors.h"

#define FUZZ_START 0xf0000ull
#define FUZZ_SPLIT 2048u
#define FUZZ_LEN   0x20000u

/* In the window, in memory by the map, and held. */
static inline void check_view(const struct mem *mem,
			      const struct boot_info *info, struct view v)
{
	const struct hold *hold;
	struct range left;

	assert(v.at);
	if (!v.len)
		return;
	assert(v.at >= mem->host);
	left = mem_range(mem, v);
	assert(mem_has(mem, left.start, v.len) && info_readable(info, left));
	for (; left.start < left.end; left.start = hold->range.end) {
		hold = holds_first(&info->holds,
				   (struct range){ left.start, left.start + 1 },
				   UNTIL_TELL);
		assert(hold);
	}
}

static inline void check_map(const struct boot_info *info)
{
	phys end = 0;

	assert(info->nr_regions <= MAX_REGIONS);
	for (u32 i = 0; i < info->nr_regions; i++) {
		assert(!range_empty(info->regions[i].range));
		assert(info->regions[i].range.start >= end);
		assert(info->regions[i].type);
		end = info->regions[i].range.end;
	}
}

static inline void check_info(const struct mem *mem,
			      const struct boot_info *info)
{
	struct view rsdp = info->rsdp_copy;

	check_map(info);
	assert(info->nr_modules <= MAX_MODULES);
	for (u32 i = 0; i < info->nr_modules; i++) {
		struct range range = info->modules[i].range;

		assert(range.start <= range.end);
		assert(range_empty(range) ||
		       holds_first(&info->holds, range, UNTIL_PLACE));
		check_view(mem, info, info->modules[i].name);
		check_view(mem, info, info->modules[i].line);
	}
	if (!view_equal(info->loader, VIEW("coreboot"))) /* a door's own word */
		check_view(mem, info, info->loader);
	check_view(mem, info, info->name);
	check_view(mem, info, info->cmdline);
	check_view(mem, info, info->smbios);
	check_view(mem, info, info->efi.memory_map);
	check_view(mem, info, rsdp);
	assert(!rsdp.len || acpi_rsdp_valid(rsdp));
	assert(!info->efi.memory_map.len ||
	       info->efi.memory_map.len % info->efi.descriptor_size == 0);
}

/* A door adds nothing to what was refused before, and hides no reason. */
static inline void check_refusal(const struct mem *mem, const struct door *door,
				 u32 magic)
{
	static const char reason[] = "refused before";
	static struct boot_info info;

	info_init(&info, "fuzz");
	info_refuse(&info, reason);
	door->read(mem, magic, FUZZ_START, &info);
	assert(!strcmp(info.bad, reason) && !info.nr_regions &&
	       !info.nr_modules);
}

static inline void fuzz_door(const struct door *door, u32 magic, const u8 *data,
			     size_t size)
{
	static struct boot_info info;
	static u8 before[FUZZ_LEN];
	struct mem mem = { .host = malloc(FUZZ_LEN),
			   .start = FUZZ_START,
			   .len = FUZZ_LEN };
	size_t low = size < FUZZ_SPLIT ? size : FUZZ_SPLIT;
	size_t high = size - low < 0x10000 ? size - low : 0x10000;
	why bad;

	memset(mem.host, 0, FUZZ_LEN);
	memcpy(mem.host, data, low);
	memcpy(mem.host + (MIB - FUZZ_START), data + low, high);
	memcpy(before, mem.host, FUZZ_LEN);
	info_init(&info, "fuzz");
	door->read(&mem, magic, FUZZ_START, &info);
	bad = info.bad;
	assert(!bad || *bad);
	assert(!memcmp(before, mem.host, FUZZ_LEN));
	check_map(&info);
	assert(info.nr_modules <= MAX_MODULES);
	if (!bad)
		check_info(&mem, &info);
	check_refusal(&mem, door, magic);
	free(mem.host);
}

#endif
