// SPDX-License-Identifier: BSD-2-Clause
/*
 * Starting a gangway.efi that lies in memory. It knows no paging and no memory
 * above 4 GiB.
 */
#include "domu.h"

#define NAME	  "gangway " /* how its version begins */
#define SECTOR	  512u
#define TEXTS_AT  0x200u /* what kernel_version counts from */
#define MAX_TEXTS 0x1000u

struct linux_boot_params domu_params;

static const void *see(u64 at)
{
	return (const void *)(unsigned long)at;
}

static void copy(void *to, const void *from, unsigned long len)
{
	asm volatile("rep movsb"
		     : "+D"(to), "+S"(from), "+c"(len)
		     :
		     : "memory");
}

static bool is_gangway(const struct pvh_modlist_entry *module)
{
	const u8 *file = see(module->paddr);
	const struct linux_setup_header *hdr =
		see(module->paddr + LINUX_HEADER_AT);
	const char name[] = NAME;

	if (module->size < 2 * MAX_TEXTS || module->paddr >= 4 * GIB ||
	    hdr->header != LINUX_MAGIC)
		return false;
	file += TEXTS_AT + hdr->kernel_version % MAX_TEXTS;
	for (u32 i = 0; i < sizeof(name) - 1; i++)
		if (file[i] != (u8)name[i])
			return false;
	return true;
}

static u32 tell_map(const struct pvh_start_info *info)
{
	const struct pvh_memmap_entry *from = see(info->memmap_paddr);
	struct linux_e820_entry *to = domu_params.e820_table;
	u32 nr = 0;

	if (!info->version || !from)
		return domu_memory_map(to, LINUX_E820_MAX);
	for (; nr < info->memmap_entries && nr < LINUX_E820_MAX; nr++) {
		to[nr].addr = from[nr].addr;
		to[nr].size = from[nr].size;
		to[nr].type = from[nr].type;
	}
	return nr;
}

u32 domu_start(const struct pvh_start_info *info)
{
	const struct pvh_modlist_entry *modules = see(info->modlist_paddr);
	struct linux_setup_header *hdr = &domu_params.hdr;

	if (!info->nr_modules || !is_gangway(modules))
		return 0;
	copy(hdr, see(modules->paddr + LINUX_HEADER_AT), sizeof(*hdr));
	hdr->type_of_loader = LINUX_LOADER_UNREGISTERED;
	hdr->code32_start =
		(u32)modules->paddr + (hdr->setup_sects + 1) * SECTOR;
	hdr->cmd_line_ptr = (u32)info->cmdline_paddr;
	if (info->nr_modules > 1) {
		hdr->ramdisk_image = (u32)modules[1].paddr;
		hdr->ramdisk_size = (u32)modules[1].size;
	}
	domu_params.acpi_rsdp_addr = info->rsdp_paddr;
	domu_params.e820_entries = (u8)tell_map(info);
	return hdr->code32_start;
}
