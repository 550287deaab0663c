// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Multiboot1 door: started by QEMU, GRUB, Syslinux, iPXE and the like
 * (Multiboot Specification 0.6.96, sections 3.2 and 3.3).
 */
#include "mb1.h"

#include "acpi.h"
#include "door.h"
#include "reason.h"

static void read_entries(struct view map, struct boot_info *info)
{
	struct mb1_mmap entry = { .size = 0 };

	for (u64 at = 0; at < map.len && !info->bad;
	     at += sizeof(entry.size) + entry.size) {
		if (!view_read(map, at, &entry, sizeof(entry)))
			info_refuse(info,
				    "the memory map ends inside an entry");
		else if (entry.size < MB1_MMAP_SIZE)
			info_refuse(info,
				    reason_format("an entry of the memory map "
						  "is too short: %u bytes",
						  entry.size));
		else
			info_add_region(info, entry.base_addr, entry.length,
					entry.type);
	}
}

/* Where the map itself lies can be judged only after it has been read. */
static void read_map(const struct mem *mem, const struct mb1_info *mb1,
		     struct boot_info *info)
{
	struct view map = VIEW("");

	if (mb1->flags & MB1_INFO_MEM_MAP) {
		if (!mem_view(mem, mb1->mmap_addr, mb1->mmap_length, &map))
			info_refuse(info, "the memory map cannot be reached");
		read_entries(map, info);
		door_view(mem, info, mb1->mmap_addr, mb1->mmap_length,
			  "the memory map");
	} else if (mb1->flags & MB1_INFO_MEMORY) {
		info_add_basic_memory(info, mb1->mem_lower, mb1->mem_upper);
	} else {
		info_refuse(info, "there is no memory map");
	}
}

static void read_strings(const struct mem *mem, const struct mb1_info *mb1,
			 struct boot_info *info)
{
	struct view loader = VIEW("");

	if (mb1->flags & MB1_INFO_LOADER_NAME)
		loader = door_string(mem, info, mb1->boot_loader_name,
				     "the loader's name");
	info_set_loader(info, loader);
	if (mb1->flags & MB1_INFO_CMDLINE)
		info_set_cmdline(info, door_string(mem, info, mb1->cmdline,
						   "the command line"));
}

static void read_modules(const struct mem *mem, const struct mb1_info *mb1,
			 struct boot_info *info)
{
	struct mb1_module module;
	struct view list, string;

	if (!(mb1->flags & MB1_INFO_MODS) || !mb1->mods_count)
		return;
	list = door_view(mem, info, mb1->mods_addr,
			 mb1->mods_count * sizeof(module), "the module list");
	for (u64 at = 0;
	     view_read(list, at, &module, sizeof(module)) && !info->bad;
	     at += sizeof(module)) {
		string = door_string(mem, info, module.string,
				     "a module's string");
		info_add_module(info, module.mod_start, module.mod_end, string);
	}
}

/* A partition by its number in 8 bits or 32: none is all ones. */
static u32 partition(u32 device, u32 shift)
{
	u32 number = device >> shift & MB1_NO_PARTITION;

	return number == MB1_NO_PARTITION ? ~0u : number;
}

static void read_palette(const struct mem *mem, const struct mb1_info *mb1,
			 struct boot_info *info)
{
	struct mb1_palette palette;

	memcpy(&palette, mb1->color_info, sizeof(palette));
	if (info->framebuffer.type == FRAMEBUFFER_INDEXED)
		info->palette = door_optional(mem, info, palette.addr,
					      3ull * palette.num_colors);
}

static void read_bios(const struct mem *mem, const struct mb1_info *mb1,
		      struct boot_info *info)
{
	struct bios *bios = &info->bios;
	u16 len;

	bios->has_device = mb1->flags & MB1_INFO_BOOTDEV;
	bios->drive = mb1->boot_device >> 24;
	for (u32 i = 0; i < ARRAY_LEN(bios->partitions); i++)
		bios->partitions[i] = partition(mb1->boot_device, 16 - 8 * i);
	if (mb1->flags & MB1_INFO_DRIVES)
		bios->drives = door_optional(mem, info, mb1->drives_addr,
					     mb1->drives_length);
	if (mb1->flags & MB1_INFO_CONFIG)
		bios->config_table = mb1->config_table;
	if (bios->config_table && bios->config_table < MIB &&
	    mem_read(mem, bios->config_table, &len, sizeof(len)))
		info_keep(info, bios->config_table, sizeof(len) + len);
	if (mb1->flags & MB1_INFO_APM_TABLE)
		bios->apm = door_optional(mem, info, mb1->apm_table, APM_LEN);
	if (!(mb1->flags & MB1_INFO_VBE))
		return;
	bios->vbe_control = door_optional(mem, info, mb1->vbe_control_info,
					  VBE_CONTROL_LEN);
	bios->vbe_mode_info =
		door_optional(mem, info, mb1->vbe_mode_info, VBE_MODE_LEN);
	bios->vbe_mode = mb1->vbe_mode;
	memcpy(bios->vbe_interface, mb1->vbe_interface,
	       sizeof(bios->vbe_interface));
}

static struct framebuffer read_framebuffer(const struct mb1_info *mb1)
{
	const u8 *color = mb1->color_info;
	struct framebuffer out = { .type = FRAMEBUFFER_NONE };

	if (!(mb1->flags & MB1_INFO_FRAMEBUFFER) ||
	    mb1->framebuffer_type > MB1_FRAMEBUFFER_TEXT)
		return out;
	out.type = FRAMEBUFFER_INDEXED + mb1->framebuffer_type;
	out.at = mb1->framebuffer_addr;
	out.pitch = mb1->framebuffer_pitch;
	out.width = mb1->framebuffer_width;
	out.height = mb1->framebuffer_height;
	out.bits_per_pixel = mb1->framebuffer_bpp;
	if (out.type == FRAMEBUFFER_RGB) {
		out.red = (struct color_field){ color[0], color[1] };
		out.green = (struct color_field){ color[2], color[3] };
		out.blue = (struct color_field){ color[4], color[5] };
	}
	return out;
}

/* Read as much of the information as there is: QEMU's and GRUB legacy's ends
 * before the framebuffer's fields. */
static bool read_info(const struct mem *mem, phys at, struct mb1_info *mb1,
		      u64 *len)
{
	*len = offsetof(struct mb1_info, framebuffer_addr);
	if (!mem_read(mem, at, mb1, *len))
		return false;
	if (!(mb1->flags & MB1_INFO_FRAMEBUFFER))
		return true;
	*len = sizeof(*mb1);
	return mem_read(mem, at, mb1, *len);
}

static void mb1_read(const struct mem *mem, u32 magic, phys at,
		     struct boot_info *info)
{
	struct mb1_info mb1;
	u64 len;

	if (magic != MB1_LOADER_MAGIC) {
		info_refuse(info, reason_format("EAX is not the magic number, "
						"but 0x%x",
						magic));
		return;
	}
	if (!read_info(mem, at, &mb1, &len)) {
		info_refuse(info, "the boot information cannot be reached");
		return;
	}
	read_map(mem, &mb1, info);
	info_add_bios_memory(info);
	door_view(mem, info, at, len, "the boot information");
	read_strings(mem, &mb1, info);
	read_modules(mem, &mb1, info);
	read_bios(mem, &mb1, info);
	info->framebuffer = read_framebuffer(&mb1);
	read_palette(mem, &mb1, info);
	info->rsdp = acpi_search(mem, info);
}

DOOR(mb1_door)
= {
	.name = "multiboot1",
	.eax = MB1_LOADER_MAGIC,
	.read = mb1_read,
};
