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

#include "tool.h"

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

static const struct {
	const char *name;
	u32 type;
} type_names[] = {
	{ "usable", REGION_RAM },
	{ "System RAM", REGION_RAM },
	{ "RAM", REGION_RAM },
	{ "ACPI data", REGION_ACPI },
	{ "ACPI Tables", REGION_ACPI },
	{ "ACPI NVS", REGION_NVS },
	{ "ACPI Non-volatile", REGION_NVS },
	{ "ACPI", REGION_ACPI },
	{ "unusable", REGION_UNUSABLE },
	{ "Unusable", REGION_UNUSABLE },
	{ "persistent (type 7)", REGION_PMEM },
	{ "Persistent Memory", REGION_PMEM },
	{ "persistent (type 12)", REGION_PRAM },
	{ "soft reserved", REGION_SOFT_RESERVED },
	{ "Soft Reserved", REGION_SOFT_RESERVED },
	{ "reserved", REGION_RESERVED },
	{ "Reserved", REGION_RESERVED },
};

/* The type that a text begins with; 0: none. */
static u32 type_of(const char *text)
{
	for (u32 i = 0; i < ARRAY_LEN(type_names); i++)
		if (!strncmp(text, type_names[i].name,
			     strlen(type_names[i].name)))
			return type_names[i].type;
	return 0;
}

static void add(struct memmap *map, const char *path, phys start, phys end,
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
	if (size > MAX_REGIONS * GIB || size << shift < MIN_MEMORY)
		misuse("a machine with %s of memory cannot be played", text);
	return size << shift;
}

void memmap_of_pc(u64 memory, struct memmap *out)
{
	u64 low = memory >= PC_LOW_MAX ? PC_LOW_SPLIT : memory;

	out->nr = 0;
	add(out, NULL, 0, LOW_RAM, REGION_RAM);
	add(out, NULL, LOW_RAM, 640 * KIB, REGION_RESERVED);
	add(out, NULL, BIOS_AT, MIB, REGION_RESERVED);
	add(out, NULL, MIB, low - TABLES, REGION_RAM);
	add(out, NULL, low - TABLES, low, REGION_RESERVED);
	add(out, NULL, ROM_AT, 4 * GIB, REGION_RESERVED);
	add(out, NULL, 4 * GIB, 4 * GIB + memory - low, REGION_RAM);
	add(out, NULL, HOLE_AT, HOLE_END, REGION_RESERVED);
}

void memmap_of_vmm(u64 memory, struct memmap *out)
{
	u64 low = min_u64(memory, VMM_LOW_MAX);

	out->nr = 0;
	add(out, NULL, 0, LOW_RAM, REGION_RAM);
	add(out, NULL, LOW_RAM, VMM_HOLE, REGION_RESERVED);
	add(out, NULL, MIB, low, REGION_RAM);
	add(out, NULL, 4 * GIB, 4 * GIB + memory - low, REGION_RAM);
}

/* A number in hexadecimal at the beginning of *text, which moves behind it. */
static bool take_hex(const char **text, phys *out)
{
	char *end;

	*out = strtoull(*text, &end, 16);
	if (end == *text || **text == '-' || **text == ' ')
		return false;
	*text = end;
	return true;
}

/* One range at text; where the next may begin, or NULL: there is none here. */
static const char *read_range(struct memmap *map, const char *path,
			      const char *text)
{
	bool is_linux = !strncmp(text, "[mem ", 5);
	phys start, end;
	u32 type;

	text += is_linux ? 5 : 0;
	if (!take_hex(&text, &start) || *text++ != '-' ||
	    !take_hex(&text, &end))
		return NULL;
	text += is_linux && *text == ']';
	while (*text == ' ')
		text++;
	type = type_of(text);
	if (!type)
		return NULL;
	add(map, path, start, end + is_linux, type);
	return text;
}

static void read_lines(FILE *file, const char *path, struct memmap *map)
{
	char line[LINE_LEN];

	while (fgets(line, sizeof(line), file)) {
		const char *at = line, *next;

		while (*at) {
			bool is_word =
				at == line || at[-1] == ' ' || at[-1] == '\t';

			next = is_word ? read_range(map, path, at) : NULL;
			at = next ? next : at + 1;
		}
	}
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
		u32 known = type_of(type);

		add(map, folder, strtoull(start, NULL, 16),
		    strtoull(end, NULL, 16) + 1,
		    known ? known : REGION_RESERVED);
	}
}

void memmap_read(const char *path, struct memmap *out)
{
	struct stat status;
	FILE *file;

	out->nr = 0;
	if (!stat(path, &status) && S_ISDIR(status.st_mode)) {
		read_folder(path, out);
	} else {
		file = fopen(path, "r");
		if (!file)
			refuse_errno(path, "it cannot be opened");
		read_lines(file, path, out);
		fclose(file);
	}
	if (!out->nr)
		refuse(path, "no line of it is one of a memory map, such as "
			     "\"0x100000-0x20000000 RAM\" or \"BIOS-e820: [mem "
			     "0x...-0x...] usable\"");
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
