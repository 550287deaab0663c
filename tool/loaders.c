// SPDX-License-Identifier: BSD-2-Clause
/*
 * What is played: QEMU by Multiboot 1 and PVH (hw/i386/multiboot.c,
 * x86-common.c), GRUB by Multiboot 2 on a BIOS, Firecracker by Linux's 64-bit
 * entry (src/vmm/src/arch/x86_64/layout.rs), and a firmware of UEFI's.
 */
#include "loaders.h"

#include <stdio.h>
#include <stdlib.h>

#include "bootparam.h"
#include "mb1.h"
#include "mb2.h"
#include "start_info.h"
#include "tool.h"
#include "world.h"

#define QEMU_INFO_AT	0x9000
#define QEMU_KEEPS	0x8001 /* free behind an initrd, beside ACPI's tables */
#define QEMU_MODULE_LEN 16     /* of its list of modules */
#define GRUB_INFO_AT	0x10000
#define PVH_INFO_AT	0x6000
#define VMM_ZERO_PAGE	0x7000
#define VMM_CMDLINE	0x20000
#define QEMU		"qemu"
#define GRUB		"GRUB 2.06"

extern const struct door mb1_door, mb2_door, pvh_door, linux_door;

static phys tell_string(phys *next, const char *string)
{
	return world_tell(next, string, strlen(string) + 1);
}

/* "NAME WORDS", to be freed. */
static char *named(const char *name, const char *words)
{
	u64 len = strlen(name) + strlen(words) + 2;
	char *string = get_memory(len);

	snprintf(string, len, "%s%s%s", name, *words ? " " : "", words);
	return string;
}

static phys tell_named(phys *next, const char *name, const char *words)
{
	char *string = named(name, words);
	phys at = tell_string(next, string);

	free(string);
	return at;
}

/* Each on a page, from an address up. */
static void place_upwards(struct scene *scene, phys at)
{
	for (u32 i = 0; i < scene->nr; i++) {
		at = align_up(at, PAGE_SIZE);
		scene->files[i].at = at;
		at += scene->files[i].input.bytes.len;
	}
}

/* On pages, downwards from an address, whatever lies there. */
static void place_downwards(struct scene *scene, phys end)
{
	for (u32 i = 0; i < scene->nr; i++) {
		u64 len = scene->files[i].input.bytes.len;

		end = len < end ? align_down(end - len, PAGE_SIZE) : 0;
		scene->files[i].at = end;
	}
}

/* On pages where there is free RAM between two addresses. A file that finds
 * none stays at address 0. */
static void place_in_ram(struct scene *scene, struct range gangway, phys min,
			 bool highest)
{
	struct boot_info *info = &world.info;

	info_init(info, "place");
	memmap_tell(&scene->map, info);
	info_hold(info, gangway.start, range_len(gangway));
	for (u32 i = 0; i < scene->nr; i++) {
		struct scene_file *file = &scene->files[i];
		struct room want = { .len = file->input.bytes.len,
				     .align = PAGE_SIZE,
				     .min = min,
				     .end = 4 * GIB,
				     .highest = highest };
		struct range found = { 0, 0 };

		plan_init(&world.plan, info);
		if (plan_find(&world.plan, &want, UNTIL_PLACE, &found))
			info_hold(info, found.start, want.len);
		file->at = found.start;
	}
}

/* What world_tell() takes for "NAME WORDS" at most. */
static u64 told_len(const char *name, const char *words)
{
	return align_up(strlen(name) + strlen(words) + 2, 8);
}

/* Behind gangway and the strings and the list that go with it. */
static void place_by_qemu(struct scene *scene, struct range gangway)
{
	u64 len = told_len(scene->name, scene->append) + told_len(QEMU, "");

	for (u32 i = 0; i < scene->nr; i++)
		len += told_len(scene->files[i].input.path,
				scene->files[i].words) +
		       QEMU_MODULE_LEN;
	place_upwards(scene, align_up(gangway.end, PAGE_SIZE) + len);
}

static phys tell_mb1(const struct scene *scene, struct range gangway)
{
	phys next = align_up(gangway.end, PAGE_SIZE), info = QEMU_INFO_AT;
	struct mb1_info mb1 = { .flags = MB1_INFO_CMDLINE | MB1_INFO_MODS |
					 MB1_INFO_MEM_MAP |
					 MB1_INFO_LOADER_NAME,
				.mods_count = scene->nr };
	struct mb1_module *modules = get_memory(scene->nr * sizeof(*modules));

	for (u32 i = 0; i < scene->nr; i++) {
		const struct scene_file *file = &scene->files[i];

		modules[i] = (struct mb1_module){
			(u32)file->at, (u32)(file->at + file->input.bytes.len),
			(u32)tell_named(&next, file->input.path, file->words), 0
		};
	}
	mb1.mods_addr =
		(u32)world_tell(&next, modules, scene->nr * sizeof(*modules));
	mb1.boot_loader_name = (u32)tell_string(&next, QEMU);
	mb1.cmdline = (u32)tell_named(&next, scene->name, scene->append);
	mb1.mmap_addr = (u32)(info + sizeof(mb1));
	next = mb1.mmap_addr;
	for (u32 i = 0; i < scene->map.nr; i++) {
		struct region region = scene->map.regions[i];
		struct mb1_mmap entry = { MB1_MMAP_SIZE, region.range.start,
					  range_len(region.range),
					  region.type };

		memcpy(world_at(next, sizeof(entry)), &entry, sizeof(entry));
		next += sizeof(entry);
	}
	mb1.mmap_length = (u32)(next - mb1.mmap_addr);
	free(modules);
	return world_tell(&info, &mb1, sizeof(mb1));
}

static void place_by_grub(struct scene *scene, struct range gangway)
{
	place_in_ram(scene, gangway, gangway.end, false);
}

/* A tag of a head, which has its type, and what follows. */
static void tell_tag(phys *next, void *head, u32 head_len, const void *rest,
		     u64 len)
{
	struct mb2_tag *tag = head;

	tag->size = head_len + (u32)len;
	world_tell(next, head, head_len);
	memcpy(world_at(*next, len), rest, len);
	*next += len;
}

static phys tell_mb2(const struct scene *scene, struct range gangway)
{
	phys next = GRUB_INFO_AT + sizeof(struct mb2_info), at = GRUB_INFO_AT;
	struct mb2_tag line = { MB2_TAG_CMDLINE, 0 };
	struct mb2_tag loader = { MB2_TAG_BOOT_LOADER_NAME, 0 };
	struct mb2_tag last = { MB2_TAG_END, 0 };
	struct mb2_tag_mmap map = { { MB2_TAG_MMAP, 0 },
				    sizeof(struct mb2_mmap_entry),
				    0 };
	struct mb2_mmap_entry entries[MAX_REGIONS];
	struct mb2_info info = { 0, 0 };

	(void)gangway;
	tell_tag(&next, &line, sizeof(line), scene->append,
		 strlen(scene->append) + 1);
	tell_tag(&next, &loader, sizeof(loader), GRUB, sizeof(GRUB));
	for (u32 i = 0; i < scene->nr; i++) {
		const struct scene_file *file = &scene->files[i];
		struct mb2_tag_module module = { { MB2_TAG_MODULE, 0 },
						 (u32)file->at,
						 (u32)(file->at +
						       file->input.bytes.len) };

		tell_tag(&next, &module, sizeof(module), file->words,
			 strlen(file->words) + 1);
	}
	for (u32 i = 0; i < scene->map.nr; i++) {
		struct region region = scene->map.regions[i];

		entries[i] = (struct mb2_mmap_entry){ region.range.start,
						      range_len(region.range),
						      region.type, 0 };
	}
	tell_tag(&next, &map, sizeof(map), entries,
		 scene->map.nr * sizeof(entries[0]));
	tell_tag(&next, &last, sizeof(last), "", 0);
	info.total_size = (u32)(next - GRUB_INFO_AT);
	return world_tell(&at, &info, sizeof(info));
}

static void place_by_pvh(struct scene *scene, struct range gangway)
{
	phys end = memmap_low_end(&scene->map);

	(void)gangway;
	place_downwards(scene, end - min_u64(end, QEMU_KEEPS));
}

static phys tell_pvh(const struct scene *scene, struct range gangway)
{
	struct pvh_start_info start = { .magic = PVH_START_MAGIC,
					.version = 1,
					.nr_modules = scene->nr,
					.memmap_entries = scene->map.nr,
					.rsdp_paddr = scene->rsdp };
	struct pvh_memmap_entry entries[MAX_REGIONS];
	struct pvh_modlist_entry module;
	phys next = PVH_INFO_AT + sizeof(start), at = PVH_INFO_AT;

	(void)gangway;
	start.cmdline_paddr = tell_string(&next, scene->append);
	if (scene->nr) {
		module = (struct pvh_modlist_entry){
			scene->files[0].at, scene->files[0].input.bytes.len, 0,
			0
		};
		start.modlist_paddr =
			world_tell(&next, &module, sizeof(module));
	}
	for (u32 i = 0; i < scene->map.nr; i++) {
		struct region region = scene->map.regions[i];

		entries[i] = (struct pvh_memmap_entry){ region.range.start,
							range_len(region.range),
							region.type, 0 };
	}
	start.memmap_paddr =
		world_tell(&next, entries, scene->map.nr * sizeof(entries[0]));
	return world_tell(&at, &start, sizeof(start));
}

static void place_by_vmm(struct scene *scene, struct range gangway)
{
	place_in_ram(scene, gangway, MIB, true);
}

static phys tell_linux(const struct scene *scene, struct range gangway)
{
	struct linux_boot_params *params = get_memory(sizeof(*params));
	phys next = VMM_CMDLINE, at = VMM_ZERO_PAGE;

	(void)gangway;
	if (scene->map.nr > LINUX_E820_MAX)
		refuse(NULL,
		       "a zero page has %u regions at most, and the map "
		       "has %u",
		       LINUX_E820_MAX, scene->map.nr);
	params->hdr.header = LINUX_MAGIC;
	params->hdr.boot_flag = LINUX_BOOT_FLAG;
	params->hdr.type_of_loader = LINUX_LOADER_UNREGISTERED;
	params->hdr.cmd_line_ptr = (u32)tell_string(&next, scene->append);
	params->hdr.cmdline_size = (u32)strlen(scene->append) + 1;
	params->acpi_rsdp_addr = scene->rsdp;
	if (scene->nr) {
		params->hdr.ramdisk_image = (u32)scene->files[0].at;
		params->hdr.ramdisk_size = (u32)scene->files[0].input.bytes.len;
	}
	params->e820_entries = (u8)scene->map.nr;
	for (u32 i = 0; i < scene->map.nr; i++) {
		struct region region = scene->map.regions[i];

		params->e820_table[i] = (struct linux_e820_entry){
			region.range.start, range_len(region.range), region.type
		};
	}
	world_tell(&at, params, sizeof(*params));
	free(params);
	return VMM_ZERO_PAGE;
}

static const struct loader loaders[] = {
	{ "mb1", "gangway.elf", "QEMU's -kernel", &mb1_door, MB1_LOADER_MAGIC,
	  MAX_MODULES, true, place_by_qemu, tell_mb1 },
	{ "mb2", "gangway.elf", "GRUB on a BIOS", &mb2_door, MB2_LOADER_MAGIC,
	  MAX_MODULES, true, place_by_grub, tell_mb2 },
	{ "pvh", "gangway-pvh.elf", "QEMU's -kernel", &pvh_door, 0, 1, true,
	  place_by_pvh, tell_pvh },
	{ "linux", "gangway-pvh.elf", "Firecracker", &linux_door, 0, 1, false,
	  place_by_vmm, tell_linux },
	{ "uefi", "gangway.efi", "UEFI firmware", NULL, 0, MAX_MODULES, false,
	  place_by_vmm, NULL },
};

const struct loader *loader_named(const char *door)
{
	for (u32 i = 0; i < ARRAY_LEN(loaders); i++)
		if (!strcmp(loaders[i].name, door))
			return &loaders[i];
	return NULL;
}
