// SPDX-License-Identifier: BSD-2-Clause
/*
 * Memory maps in text, as people have them in their logs: what is read has
 * regions that are not empty, and goes into a boot's.
 */
#include <stdio.h>

#include "memmap.h"
#include "tool_ends.h"
#include "world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell(const struct memmap *map)
{
	struct boot_info *info = &world.info;

	for (u32 i = 0; i < map->nr; i++)
		if (range_empty(map->regions[i].range))
			__builtin_trap();
	if (memmap_low_end(map) > 4 * GIB)
		__builtin_trap();
	info_init(info, "fuzz");
	memmap_tell(map, info);
	info->efi.memory_map = memmap_efi(map);
	info->efi.descriptor_size = sizeof(map->efi[0]);
	efi_map_read(info);
	if (!info_check(info) && !info->nr_regions)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct memmap map;
	FILE *file;

	if (!size)
		return 0;
	file = fmemopen((void *)data, size, "r");
	map.nr = map.nr_modules = map.nr_efi = 0;
	if (!setjmp(tool_ends)) {
		memmap_read_lines(file, "map", &map);
		tell(&map);
	}
	fclose(file);
	return 0;
}
