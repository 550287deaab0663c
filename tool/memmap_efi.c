// SPDX-License-Identifier: BSD-2-Clause
/*
 * UEFI's memory map as the shell's "memmap" prints it, and Linux with
 * "efi=debug".
 */
#include <ctype.h>
#include <string.h>

#include "memmap.h"
#include "tool.h"

#define LINUX_SIGN    "efi: mem"
#define LINUX_RANGE   "range=["
#define LINUX_SPECIAL "|SP"

/* What the shell calls the types, and Linux, whose names begin so. */
static const struct {
	const char *of_shell, *of_linux;
} names[EFI_MAP_NR_TYPES] = {
	[EFI_MAP_RESERVED] = { "Reserved", "Reserved" },
	[EFI_MAP_LOADER_CODE] = { "LoaderCode", "Loader Code" },
	[EFI_MAP_LOADER_DATA] = { "LoaderData", "Loader Data" },
	[EFI_MAP_BS_CODE] = { "BS_Code", "Boot Code" },
	[EFI_MAP_BS_DATA] = { "BS_Data", "Boot Data" },
	[EFI_MAP_RUNTIME_CODE] = { "RT_Code", "Runtime Code" },
	[EFI_MAP_RUNTIME_DATA] = { "RT_Data", "Runtime Data" },
	[EFI_MAP_CONVENTIONAL] = { "Available", "Conventional" },
	[EFI_MAP_UNUSABLE] = { "Unusable", "Unusable" },
	[EFI_MAP_ACPI_RECLAIM] = { "ACPI_Recl", "ACPI Reclaim" },
	[EFI_MAP_ACPI_NVS] = { "ACPI_NVS", "ACPI Mem" },
	[EFI_MAP_MMIO] = { "MMIO", "MMIO" },
	[EFI_MAP_MMIO_PORT_SPACE] = { "MMIO_Port", "MMIO Port" },
	[EFI_MAP_PAL_CODE] = { "PalCode", "PAL Code" },
	[EFI_MAP_PERSISTENT] = { "Persistent", "Persistent" },
	[EFI_MAP_UNACCEPTED] = { "Unaccepted", "Unaccepted" },
};

/* The type whose name a text begins with; EFI_MAP_NR_TYPES: none. A longer
 * name, which begins as another, comes behind that. */
static u32 type_of(const char *text, bool is_linux)
{
	for (u32 i = EFI_MAP_NR_TYPES; i; i--) {
		const char *name = is_linux ? names[i - 1].of_linux
					    : names[i - 1].of_shell;
		u64 len = strlen(name);

		if (!strncmp(text, name, len) &&
		    (is_linux || isblank((unsigned char)text[len])))
			return i - 1;
	}
	return EFI_MAP_NR_TYPES;
}

static void add(struct memmap *map, u32 type, struct range range, u64 attribute)
{
	if (map->nr_efi < MAX_REGIONS)
		map->efi[map->nr_efi++].descriptor = (struct efi_descriptor){
			.type = type,
			.physical_start = range.start,
			.number_of_pages =
				(range_len(range) >> EFI_MAP_PAGE_SHIFT) + 1,
			.attribute = attribute
		};
}

bool memmap_read_efi(struct memmap *map, const char *line)
{
	const char *sign = strstr(line, LINUX_SIGN);
	const char *type = sign ? strchr(sign, '[') : line;
	const char *at = sign ? strstr(sign, LINUX_RANGE) : line;
	struct range range;
	u32 known;

	if (!type || !at)
		return false;
	known = type_of(type + !!sign, sign);
	at += sign ? strlen(LINUX_RANGE) : strcspn(at, " \t");
	at += strspn(at, " \t");
	if (known == EFI_MAP_NR_TYPES || !memmap_take_range(&at, &range) ||
	    range.start > range.end)
		return false;
	add(map, known, range,
	    sign && strstr(sign, LINUX_SPECIAL) ? EFI_MAP_SPECIAL : 0);
	return true;
}
