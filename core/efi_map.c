// SPDX-License-Identifier: BSD-2-Clause
/*
 * UEFI's memory map, turned into regions.
 */
#include "efi_map.h"

#define CALM_LEAST MIB

/* What a descriptor is once the firmware's boot services have ended. */
static u32 type_of(const struct efi_descriptor *descriptor)
{
	static const u32 types[EFI_MAP_NR_TYPES] = {
		[EFI_MAP_LOADER_CODE] = REGION_RAM,
		[EFI_MAP_LOADER_DATA] = REGION_RAM,
		[EFI_MAP_BS_CODE] = REGION_RAM,
		[EFI_MAP_BS_DATA] = REGION_RAM,
		[EFI_MAP_CONVENTIONAL] = REGION_RAM,
		[EFI_MAP_UNUSABLE] = REGION_UNUSABLE,
		[EFI_MAP_ACPI_RECLAIM] = REGION_ACPI,
		[EFI_MAP_ACPI_NVS] = REGION_NVS,
		[EFI_MAP_PERSISTENT] = REGION_PMEM,
	};
	u32 type;

	if (descriptor->type >= EFI_MAP_NR_TYPES)
		return 0; /* no region_type: counted as unknown */
	type = types[descriptor->type];
	if (type == REGION_RAM && (descriptor->attribute & EFI_MAP_SPECIAL))
		type = REGION_SOFT_RESERVED;
	return type ? type : REGION_RESERVED;
}

static bool is_calm(const struct efi_descriptor *descriptor)
{
	return (descriptor->type == EFI_MAP_CONVENTIONAL ||
		descriptor->type == EFI_MAP_LOADER_CODE ||
		descriptor->type == EFI_MAP_LOADER_DATA) &&
	       !(descriptor->attribute & EFI_MAP_SPECIAL);
}

const struct efi_descriptor *efi_map_next(struct view *map, u32 descriptor_size)
{
	const u8 *at = map->at;

	if (descriptor_size < sizeof(struct efi_descriptor) ||
	    map->len < sizeof(struct efi_descriptor))
		return NULL;
	*map = view_from(*map, descriptor_size);
	return (const struct efi_descriptor *)at;
}

struct range efi_map_range(const struct efi_descriptor *descriptor)
{
	phys start = descriptor->physical_start;
	u64 nr_pages = descriptor->number_of_pages;

	if (nr_pages > (~0ull - start) >> EFI_MAP_PAGE_SHIFT)
		return (struct range){ start, ~0ull };
	return (struct range){ start,
			       start + (nr_pages << EFI_MAP_PAGE_SHIFT) };
}

/* Adjacent descriptors with the same meaning become one region: firmware has
 * many, and a kernel's table is short. */
void efi_map_read(struct boot_info *info)
{
	struct view left = info->efi.memory_map;
	struct region run = { { 0, 0 }, REGION_RAM };
	const struct efi_descriptor *descriptor;

	while ((descriptor = efi_map_next(&left, info->efi.descriptor_size))) {
		struct range range = efi_map_range(descriptor);
		u32 type = type_of(descriptor);

		if (type == run.type && range.start == run.range.end) {
			run.range.end = range.end;
			continue;
		}
		info_add_region(info, run.range.start, range_len(run.range),
				run.type);
		run = (struct region){ range, type };
	}
	info_add_region(info, run.range.start, range_len(run.range), run.type);
}

static void add_calm(struct boot_info *info, struct range run)
{
	if (range_len(run) >= CALM_LEAST && info->nr_calm < MAX_CALM)
		info->calm[info->nr_calm++] = run;
}

void efi_map_find_calm(struct boot_info *info)
{
	struct view left = info->efi.memory_map;
	const struct efi_descriptor *descriptor;
	struct range run = { 0, 0 };

	info->nr_calm = 0;
	while ((descriptor = efi_map_next(&left, info->efi.descriptor_size))) {
		struct range range = efi_map_range(descriptor);

		if (!is_calm(descriptor))
			continue;
		if (range.start != run.end) {
			add_calm(info, run);
			run.start = range.start;
		}
		run.end = range.end;
	}
	add_calm(info, run);
}
