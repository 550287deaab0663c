/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a loader of each protocol leaves in memory for gangway. All strings and
 * tables lie from machine.info_at on.
 */
#ifndef TESTS_BOOT_LOADERS_H
#define TESTS_BOOT_LOADERS_H

#include "bootparam.h"
#include "machine.h"
#include "mb1.h"
#include "mb2.h"
#include "start_info.h"

static phys info_next; /* where the next table goes */

static inline phys tell_bytes(const void *bytes, u64 len)
{
	phys at = align_up(info_next, 8);

	put(&mem, at, bytes, len);
	info_next = at + len;
	return at;
}

static inline phys tell_string(const char *string)
{
	return tell_bytes(string, strlen(string) + 1);
}

static inline why load_mb1(void)
{
	struct mb1_info mb1 = {
		.flags = MB1_INFO_CMDLINE | MB1_INFO_MODS | MB1_INFO_MEM_MAP |
			 MB1_INFO_LOADER_NAME,
		.mods_count = machine.nr_modules,
	};
	struct mb1_mmap map[64];
	struct mb1_module modules[8];

	info_next = machine.info_at;
	mb1.boot_loader_name = (u32)tell_string("qemu");
	mb1.cmdline = (u32)tell_string(machine.cmdline);
	for (u32 i = 0; i < machine.nr_modules; i++) {
		struct piece p = machine.modules[i];

		modules[i] =
			(struct mb1_module){ (u32)p.at, (u32)(p.at + p.len),
					     (u32)tell_string(p.string), 0 };
	}
	mb1.mods_addr = (u32)tell_bytes(modules, machine.nr_modules *
							 sizeof(modules[0]));
	for (u32 i = 0; i < machine.nr_regions; i++) {
		struct region r = machine.regions[i];

		map[i] = (struct mb1_mmap){ MB1_MMAP_SIZE, r.range.start,
					    range_len(r.range), r.type };
	}
	mb1.mmap_length = (u32)(machine.nr_regions * sizeof(map[0]));
	mb1.mmap_addr = (u32)tell_bytes(map, mb1.mmap_length);
	return machine_boot(&mb1_door, MB1_LOADER_MAGIC,
			    tell_bytes(&mb1, sizeof(mb1)));
}

/* A tag of a head, which has its type, and what follows. */
static inline void tell_tag(void *head, u32 head_len, const void *rest, u32 len)
{
	((struct mb2_tag *)head)->size = head_len + len;
	tell_bytes(head, head_len);
	put(&mem, info_next, rest, len);
	info_next += len;
}

static inline void tell_mb2_map(void)
{
	struct mb2_tag_mmap head = { { MB2_TAG_MMAP, 0 }, 24, 0 };
	struct mb2_mmap_entry map[64];

	for (u32 i = 0; i < machine.nr_regions; i++) {
		struct region r = machine.regions[i];

		map[i] = (struct mb2_mmap_entry){ r.range.start,
						  range_len(r.range), r.type,
						  0 };
	}
	tell_tag(&head, sizeof(head), map,
		 (u32)(machine.nr_regions * sizeof(map[0])));
}

static inline why load_mb2(void)
{
	struct mb2_tag loader = { MB2_TAG_BOOT_LOADER_NAME, 0 };
	struct mb2_tag line = { MB2_TAG_CMDLINE, 0 }, end = { 0, 0 };

	info_next = machine.info_at + sizeof(struct mb2_info);
	tell_tag(&loader, sizeof(loader), "Syslinux", 9);
	tell_tag(&line, sizeof(line), machine.cmdline,
		 (u32)strlen(machine.cmdline) + 1);
	for (u32 i = 0; i < machine.nr_modules; i++) {
		struct piece p = machine.modules[i];
		struct mb2_tag_module module = { { MB2_TAG_MODULE, 0 },
						 (u32)p.at,
						 (u32)(p.at + p.len) };

		tell_tag(&module, sizeof(module), p.string,
			 (u32)strlen(p.string) + 1);
	}
	tell_mb2_map();
	tell_tag(&end, sizeof(end), "", 0);
	put32(&mem, machine.info_at, (u32)(info_next - machine.info_at));
	put32(&mem, machine.info_at + 4, 0);
	return machine_boot(&mb2_door, MB2_LOADER_MAGIC, machine.info_at);
}

/* PVH strings have no file name. */
static inline const char *arguments(const char *string)
{
	const char *space = strchr(string, ' ');

	return space ? space + 1 : "";
}

static inline why load_pvh(void)
{
	struct pvh_start_info start = { .magic = PVH_START_MAGIC,
					.version = 1,
					.nr_modules = machine.nr_modules,
					.rsdp_paddr = RSDP_AT,
					.memmap_entries = machine.nr_regions };
	struct pvh_memmap_entry map[64];
	struct pvh_modlist_entry modules[8];

	info_next = machine.info_at;
	start.cmdline_paddr = tell_string(arguments(machine.cmdline));
	for (u32 i = 0; i < machine.nr_modules; i++) {
		struct piece p = machine.modules[i];

		modules[i] = (struct pvh_modlist_entry){
			p.at, p.len, tell_string(arguments(p.string)), ~0ull
		};
	}
	start.modlist_paddr =
		tell_bytes(modules, machine.nr_modules * sizeof(modules[0]));
	for (u32 i = 0; i < machine.nr_regions; i++) {
		struct region r = machine.regions[i];

		map[i] = (struct pvh_memmap_entry){ r.range.start,
						    range_len(r.range), r.type,
						    ~0u };
	}
	start.memmap_paddr =
		tell_bytes(map, machine.nr_regions * sizeof(map[0]));
	return machine_boot(&pvh_door, 0x2badb002,
			    tell_bytes(&start, sizeof(start)));
}

/* Linux has one module, its initrd, and no string for it. */
static inline why load_linux(void)
{
	static struct linux_boot_params params;

	memset(&params, 0, sizeof(params));
	info_next = machine.info_at;
	params.hdr.cmd_line_ptr = (u32)tell_string(arguments(machine.cmdline));
	params.hdr.ramdisk_image = (u32)machine.modules[0].at;
	params.hdr.ramdisk_size = (u32)machine.modules[0].len;
	params.acpi_rsdp_addr = RSDP_AT;
	params.e820_entries = (u8)machine.nr_regions;
	for (u32 i = 0; i < machine.nr_regions; i++) {
		struct region r = machine.regions[i];

		params.e820_table[i] =
			(struct linux_e820_entry){ r.range.start,
						   range_len(r.range), r.type };
	}
	return machine_boot(&linux_door, 0,
			    tell_bytes(&params, sizeof(params)));
}

static const struct loader {
	const char *name;
	why (*load)(void);
	bool has_strings; /* for modules */
	u32 max_modules;
} loaders[] = {
	{ "multiboot1", load_mb1, true, 8 },
	{ "multiboot2", load_mb2, true, 8 },
	{ "pvh", load_pvh, true, 8 },
	{ "linux", load_linux, false, 1 },
};

#endif
