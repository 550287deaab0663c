// SPDX-License-Identifier: BSD-2-Clause
/*
 * Memory maps: those of machines that everybody has, and those that people have
 * in their logs.
 */
#include "memmap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "paging.h"
#include "tool.h"
#include "world.h"

#define LINE_LEN     4096
#define LOW_RAM	     0x9fc00
#define BIOS_AT	     0xf0000
#define TABLES	     0x20000 /* of a BIOS, at the end of RAM below 4 GiB */
#define ROM_AT	     0xfffc0000
#define PC_LOW_MAX   0xe0000000	  /* QEMU's pc: RAM below 4 GiB, */
#define PC_LOW_SPLIT 0xc0000000	  /* or so much, where there is more */
#define HOLE_AT	     0xfd00000000 /* of HyperTransport */
#define HOLE_END     0x10000000000
#define VMM_HOLE     0xe0000
#define VMM_LOW_MAX  0xd0000000
#define MIN_MEMORY   (2 * MIB)

void memmap_add(struct memmap *map, const char *path, phys start, phys end,
		u32 type)
{
	if (map->nr == MAX_REGIONS)
		refuse(path, "it has more than %u regions", MAX_REGIONS);
	if (start < end)
		map->regions[map->nr++] =
			(struct region){ { start, end }, type };
}

u64 memory_size(const char *text)
{
	static const char units[] = "KMGT";
	char *end;
	u64 size = strtoull(text, &end, 0);
	const char *unit = *end ? strchr(units, *end) : NULL;
	u32 shift = unit ? 10 * (u32)(unit - units + 1) : 20;

	if (end == text || *text == '-' || (*end && (!unit || end[1])))
		misuse("\"%s\" is no size of memory, as 512M or 4G is", text);
	if (size > ~0ull >> shift || size << shift < MIN_MEMORY)
		misuse("a machine with %s of memory cannot be played", text);
	return size << shift;
}

void memmap_of_pc(u64 memory, struct memmap *out)
{
	u64 low = memory >= PC_LOW_MAX ? PC_LOW_SPLIT : memory;

	out->nr = 0;
	memmap_add(out, NULL, 0, LOW_RAM, REGION_RAM);
	memmap_add(out, NULL, LOW_RAM, 640 * KIB, REGION_RESERVED);
	memmap_add(out, NULL, BIOS_AT, MIB, REGION_RESERVED);
	memmap_add(out, NULL, MIB, low - TABLES, REGION_RAM);
	memmap_add(out, NULL, low - TABLES, low, REGION_RESERVED);
	memmap_add(out, NULL, ROM_AT, 4 * GIB, REGION_RESERVED);
	memmap_add(out, NULL, 4 * GIB, 4 * GIB + memory - low, REGION_RAM);
	memmap_add(out, NULL, HOLE_AT, HOLE_END, REGION_RESERVED);
}

void memmap_of_vmm(u64 memory, struct memmap *out)
{
	u64 low = min_u64(memory, VMM_LOW_MAX);

	out->nr = 0;
	memmap_add(out, NULL, 0, LOW_RAM, REGION_RAM);
	memmap_add(out, NULL, LOW_RAM, VMM_HOLE, REGION_RESERVED);
	memmap_add(out, NULL, MIB, low, REGION_RAM);
	memmap_add(out, NULL, 4 * GIB, 4 * GIB + memory - low, REGION_RAM);
}

/* One line of a small file of sysfs; false if it is not there. */
static bool read_entry(const char *folder, u32 i, const char *name, char *line)
{
	char path[LINE_LEN];
	FILE *file;
	bool is_read;

	snprintf(path, sizeof(path), "%s/%u/%s", folder, i, name);
	file = fopen(path, "r");
	if (!file)
		return false;
	is_read = fgets(line, LINE_LEN, file);
	fclose(file);
	return is_read;
}

static void read_folder(const char *folder, struct memmap *map)
{
	char start[LINE_LEN], end[LINE_LEN], type[LINE_LEN];

	for (u32 i = 0; read_entry(folder, i, "start", start) &&
			read_entry(folder, i, "end", end) &&
			read_entry(folder, i, "type", type);
	     i++) {
		const char *text = type;
		u32 known = memmap_take_type(&text);

		memmap_add(map, folder, strtoull(start, NULL, 16),
			   strtoull(end, NULL, 16) + 1,
			   known ? known : REGION_RESERVED);
	}
}

/* What only UEFI's map says is what it is for a kernel. */
static void take_efi(struct memmap *map)
{
	struct boot_info *info = &world.info;

	info_init(info, "map");
	info->efi.memory_map = memmap_efi(map);
	info->efi.descriptor_size = sizeof(map->efi[0]);
	efi_map_read(info);
	map->nr = info->nr_regions;
	memcpy(map->regions, info->regions, map->nr * sizeof(map->regions[0]));
}

static phys ram_end(const struct memmap *map)
{
	phys end = 0;

	for (u32 i = 0; i < map->nr; i++)
		if (map->regions[i].type == REGION_RAM)
			end = max_u64(end, map->regions[i].range.end);
	return end;
}

static void read_file(const char *path, struct memmap *map)
{
	FILE *file = fopen(path, "r");

	if (!file)
		refuse_errno(path, "it cannot be opened");
	memmap_read_lines(file, path, map);
	if (ferror(file))
		refuse_errno(path, "it cannot be read");
	fclose(file);
}

void memmap_read(const char *path, struct memmap *out)
{
	struct stat status;

	out->nr = out->nr_modules = out->nr_efi = 0;
	if (!stat(path, &status) && S_ISDIR(status.st_mode))
		read_folder(path, out);
	else
		read_file(path, out);
	if (!out->nr && out->nr_efi)
		take_efi(out);
	if (!out->nr)
		refuse(path, "no line of it is one of a memory map, such as "
			     "\"0x100000-0x20000000 RAM\" or \"BIOS-e820: [mem "
			     "0x...-0x...] usable\"");
	if (!ram_end(out))
		refuse(path, "none of its memory is RAM");
	if (ram_end(out) > MAX_MAPPED)
		refuse(path,
		       "a machine with memory up to 0x%lx cannot be "
		       "played",
		       ram_end(out));
}

void memmap_tell(const struct memmap *map, struct boot_info *info)
{
	for (u32 i = 0; i < map->nr; i++)
		info_add_region(info, map->regions[i].range.start,
				range_len(map->regions[i].range),
				map->regions[i].type);
}

phys memmap_low_end(const struct memmap *map)
{
	phys end = 0;

	for (u32 i = 0; i < map->nr; i++)
		if (map->regions[i].type == REGION_RAM &&
		    map->regions[i].range.start < 4 * GIB)
			end = max_u64(end, min_u64(map->regions[i].range.end,
						   4 * GIB));
	return end;
}
