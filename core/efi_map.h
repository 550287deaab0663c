/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory map of UEFI (UEFI 2.10, section 7.2.3), as firmware gives it and
 * as loaders pass it on. The names begin with EFI_MAP_ because gnu-efi, whose
 * headers efi/ includes beside this one, may define any other EFI_ name.
 */
#ifndef CORE_EFI_MAP_H
#define CORE_EFI_MAP_H

#include "boot_info.h"

#define EFI_MAP_RESERVED	0
#define EFI_MAP_LOADER_CODE	1
#define EFI_MAP_LOADER_DATA	2
#define EFI_MAP_BS_CODE		3
#define EFI_MAP_BS_DATA		4
#define EFI_MAP_RUNTIME_CODE	5
#define EFI_MAP_RUNTIME_DATA	6
#define EFI_MAP_CONVENTIONAL	7
#define EFI_MAP_UNUSABLE	8
#define EFI_MAP_ACPI_RECLAIM	9
#define EFI_MAP_ACPI_NVS	10
#define EFI_MAP_MMIO		11
#define EFI_MAP_MMIO_PORT_SPACE 12
#define EFI_MAP_PAL_CODE	13
#define EFI_MAP_PERSISTENT	14
#define EFI_MAP_UNACCEPTED	15
#define EFI_MAP_NR_TYPES	16

#define EFI_MAP_SPECIAL	   (1ull << 18) /* meant for a special purpose */
#define EFI_MAP_PAGE_SHIFT 12

struct efi_descriptor {
	u32 type;
	u32 padding;
	u64 physical_start, virtual_start;
	u64 number_of_pages;
	u64 attribute;
} wire_packed; /* a loader may put them anywhere */
WIRE_SIZE(struct efi_descriptor, 40);
WIRE_AT(struct efi_descriptor, physical_start, 8);
WIRE_AT(struct efi_descriptor, number_of_pages, 24);
WIRE_AT(struct efi_descriptor, attribute, 32);

/*
 * Add the map that info->efi holds to the regions, as it is once the boot
 * services have ended: what was theirs is RAM.
 */
void efi_map_read(struct boot_info *info);

/* List the pieces of RAM in that map which never were the firmware's, in
 * info->calm, as far as they are long enough to be of use. */
void efi_map_find_calm(struct boot_info *info);

/* The next descriptor of a map, where it lies, taken off its front; NULL at the
 * end, and if descriptors are said to be shorter than they can be. */
must_check const struct efi_descriptor *efi_map_next(struct view *map,
						     u32 descriptor_size);

/* Where a descriptor's memory is; cut off at 2^64. */
struct range efi_map_range(const struct efi_descriptor *descriptor);

#endif
