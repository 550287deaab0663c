// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Multiboot1 door: started by QEMU, GRUB, Syslinux, iPXE and the like
 * (Multiboot Specification 0.6.96, sections 3.2 and 3.3).
 */
#include "mb1.h"

#include "acpi.h"
#include "cmdline.h"
#include "door.h"

static why read_entries(struct view map, struct boot_info *info)
{
	struct mb1_mmap entry;
	why bad;

	for (u64 at = 0; at < map.len; at += sizeof(entry.size) + entry.size) {
		if (!view_read(map, at, &entry, sizeof(entry)))
			return "the memory map ends inside an entry";
		if (entry.size < MB1_MMAP_SIZE)
			return "an entry of the memory map is too short";
		bad = info_add_region(info, entry.base_addr, entry.length,
				      entry.type);
		if (bad)
			return bad;
	}
	return NULL;
}

/* Where the map itself lies can be judged only after it has been read. */
static why read_map(const struct mem *mem, const struct mb1_info *mb1,
		    struct boot_info *info)
{
	struct view map;
	why bad;

	if (mb1->flags & MB1_INFO_MEM_MAP) {
		if (!mem_view(mem, mb1->mmap_addr, mb1->mmap_length, &map))
			return "the memory map cannot be reached";
		bad = read_entries(map, info);
		if (bad)
			return bad;
		if (!door_view(mem, info, mb1->mmap_addr, mb1->mmap_length,
			       &map))
			return "the memory map lies outside memory";
		return NULL;
	}
	if (!(mb1->flags & MB1_INFO_MEMORY))
		return "there is no memory map";
	bad = info_add_region(info, 0, mb1->mem_lower * KIB, REGION_RAM);
	if (bad)
		return bad;
	return info_add_region(info, MIB, mb1->mem_upper * KIB, REGION_RAM);
}

static why read_strings(const struct mem *mem, const struct mb1_info *mb1,
			struct boot_info *info)
{
	struct view line = VIEW("");

	if (mb1->flags & MB1_INFO_LOADER_NAME &&
	    !door_string(mem, info, mb1->boot_loader_name, &info->loader))
		return "the loader's name lies outside memory";
	if (mb1->flags & MB1_INFO_CMDLINE &&
	    !door_string(mem, info, mb1->cmdline, &line))
		return "the command line lies outside memory";
	info_set_cmdline(info, line, cmdline_is_named(info->loader));
	return NULL;
}

/* An empty file is a module that is neither to be held nor to be given on. */
static why read_module(const struct mem *mem, const struct mb1_module *module,
		       struct boot_info *info)
{
	struct view string;

	if (module->mod_start == module->mod_end)
		return NULL;
	if (!door_string(mem, info, module->string, &string))
		return "a module's string lies outside memory";
	return info_add_module(info, module->mod_start, module->mod_end, string,
			       cmdline_is_named(info->loader));
}

static why read_modules(const struct mem *mem, const struct mb1_info *mb1,
			struct boot_info *info)
{
	struct mb1_module module;
	struct view list;
	why bad = NULL;

	if (!(mb1->flags & MB1_INFO_MODS) || !mb1->mods_count)
		return NULL;
	if (mb1->mods_count > MAX_MODULES)
		return "the module list is too long";
	if (!door_view(mem, info, mb1->mods_addr,
		       mb1->mods_count * sizeof(module), &list))
		return "the module list lies outside memory";
	for (u64 at = 0; !bad && view_read(list, at, &module, sizeof(module));
	     at += sizeof(module))
		bad = read_module(mem, &module, info);
	return bad;
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

static why mb1_read(const struct mem *mem, u32 magic, phys at,
		    struct boot_info *info)
{
	struct mb1_info mb1;
	struct view bytes;
	u64 len;
	why bad;

	if (magic != MB1_LOADER_MAGIC)
		return "EAX is not the magic number";
	if (!read_info(mem, at, &mb1, &len))
		return "the boot information cannot be reached";
	bad = read_map(mem, &mb1, info);
	if (!bad && !door_view(mem, info, at, len, &bytes))
		bad = "the boot information lies outside memory";
	if (!bad)
		bad = read_strings(mem, &mb1, info);
	if (!bad)
		bad = read_modules(mem, &mb1, info);
	if (bad)
		return bad;
	info->framebuffer = read_framebuffer(&mb1);
	info->rsdp = acpi_search(mem, info);
	return NULL;
}

static const struct door mb1_door = {
	.name = "multiboot1",
	.number = DOOR_MULTIBOOT1,
	.read = mb1_read,
};
DOOR(mb1_door);
