/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory maps for a dry run: of QEMU's machine, or of a real one.
 */
#ifndef TOOL_MEMMAP_H
#define TOOL_MEMMAP_H

#include <stdio.h>

#include "boot_info.h"
#include "efi_map.h"

/* A descriptor of UEFI's map, as long as firmware makes it so that nobody
 * counts on the structure's length. */
struct memmap_efi {
	struct efi_descriptor descriptor;
	u64 more;
};

struct memmap {
	u32 nr;
	struct region regions[MAX_REGIONS];
	u32 nr_modules; /* of which a log says where they were; or 0 */
	struct range modules[MAX_MODULES];
	u32 nr_efi; /* of UEFI's own map; or 0 */
	struct memmap_efi efi[MAX_REGIONS];
};

/* "512M", "3G": bytes; what is no such number ends the program. */
u64 memory_size(const char *text);

/* What QEMU's pc with a BIOS has, with so much memory. */
void memmap_of_pc(u64 memory, struct memmap *out);

/* What Firecracker has: no BIOS, and one piece of RAM. */
void memmap_of_vmm(u64 memory, struct memmap *out);

/*
 * Read a map: a folder as /sys/firmware/memmap, or a file of lines:
 *
 *	BIOS-e820: [mem 0x...-0x...] usable	Linux's; the end is inclusive
 *	0100000000-0180000000 RAM		gangway's; the end is exclusive
 *	BS_Data    000900000-0014FFFFF ...	the UEFI shell's memmap
 *	efi: mem00: [Boot Data|...] range=[...]	Linux's with efi=debug
 *
 * In front of Linux's sign there may be any text; where there are such lines,
 * no others count, since Linux says as well what it makes of the map. A line
 * may have several ranges of gangway's, and begins with the first; "memory
 * map:" begins another map, and "module N: START-END" says where one was.
 * Lines without a range in front are not looked at. Ends the program if there
 * is no map in it, or a damaged line.
 */
void memmap_read(const char *path, struct memmap *out);

/* UEFI's map as firmware gives it. */
static inline struct view memmap_efi(const struct memmap *map)
{
	return (struct view){ (const u8 *)map->efi,
			      map->nr_efi * sizeof(map->efi[0]) };
}

/* What reads maps, by parts: of a file, or of a type's name, which *text begins
 * with and which it moves behind; 0: there is none. */
void memmap_read_lines(FILE *file, const char *path, struct memmap *map);
u32 memmap_take_type(const char **text);

/* Add a region, which may be empty, of a file; or end the program: there are
 * too many. */
void memmap_add(struct memmap *map, const char *path, phys start, phys end,
		u32 type);

/* Add the map to a boot's. */
void memmap_tell(const struct memmap *map, struct boot_info *info);

/* "START-END" in hexadecimal, with or without blanks, at the beginning of
 * *text, which moves behind it; false: there is none. */
bool memmap_take_range(const char **text, struct range *out);

/* Add what a line says of UEFI's map; false: nothing. */
bool memmap_read_efi(struct memmap *map, const char *line);

/* Where RAM that one may use for a loader's tables ends, below 4 GiB. */
phys memmap_low_end(const struct memmap *map);

#endif
