// SPDX-License-Identifier: BSD-2-Clause
/*
 * Entered as a Linux kernel (boot.rst): what the zero page says. Its sentinel
 * tells whether the loader, or our own 16-bit code, made it from zeroes.
 */
#include "acpi.h"
#include "bootparam.h"
#include "door.h"
#include "reason.h"
#include "setup_targets.h"

#define NODE_LEN_MAX (16 * MIB)
#define MAX_NODES    (2 * MAX_SETUP_DATA) /* beyond it the chain is a circle */

static void read_entries(const struct mem *mem, phys at, u64 nr,
			 struct boot_info *info)
{
	struct linux_e820_entry entry;
	struct view table = VIEW("");

	if (!mem_view(mem, at, nr * sizeof(entry), &table))
		info_refuse(info, "the E820 table passes the end of memory");
	for (; view_read(table, 0, &entry, sizeof(entry));
	     table = view_from(table, sizeof(entry)))
		info_add_region(info, entry.addr, entry.size, entry.type);
}

/* One node and its data; false if they are not where the chain says. */
static bool read_node(const struct mem *mem, const struct boot_info *info,
		      phys at, struct linux_setup_data *node, struct view *data)
{
	struct range all;

	return mem_read(mem, at, node, sizeof(*node)) &&
	       node->len <= NODE_LEN_MAX &&
	       range_of(at, sizeof(*node) + node->len, &all) &&
	       info_readable(info, all) &&
	       mem_view(mem, at + sizeof(*node), node->len, data);
}

/* Follow the chain once: take more of the map from it, which may be what the
 * nodes behind lie in. False if it does not end, leaves memory, or has more
 * nodes than can be kept. */
static bool walk_chain(const struct mem *mem, phys at, struct boot_info *info)
{
	struct linux_setup_data node;
	struct view data;
	u32 nr_kept = 0;

	for (u32 nr = 0; at; nr++, at = node.next) {
		if (nr == MAX_NODES || !read_node(mem, info, at, &node, &data))
			return false;
		if (node.type != LINUX_SETUP_E820_EXT)
			nr_kept++;
		else
			read_entries(mem, at + sizeof(node),
				     node.len / sizeof(struct linux_e820_entry),
				     info);
	}
	return nr_kept <= MAX_SETUP_DATA;
}

/* The nodes of a chain that cannot be walked are dropped, as if there were
 * none: QEMU has been seen to point past its nodes. One that has been walked
 * ends. */
static void read_setup_data(const struct mem *mem, phys at,
			    struct boot_info *info)
{
	struct linux_setup_data node;
	struct view data;

	info->lost_setup_data = !walk_chain(mem, at, info);
	if (info->lost_setup_data)
		return;
	while (at && read_node(mem, info, at, &node, &data)) {
		if (node.type != LINUX_SETUP_E820_EXT) {
			info->setup_data[info->nr_setup_data++] =
				(struct setup_node){ node.type, data };
			info_hold(info, at, sizeof(node) + node.len);
			setup_targets_keep(mem, info, node.type, data);
		}
		at = node.next;
	}
}

static void read_initrd(const struct linux_boot_params *params,
			struct boot_info *info)
{
	u64 at = params->hdr.ramdisk_image | (u64)params->ext_ramdisk_image
						     << 32;
	u64 len = params->hdr.ramdisk_size | (u64)params->ext_ramdisk_size
						     << 32;

	if (at && len)
		info_add_module(info, at, at + len, VIEW(""));
}

static void read_cmdline(const struct mem *mem,
			 const struct linux_boot_params *params,
			 struct boot_info *info)
{
	phys at = params->hdr.cmd_line_ptr | (u64)params->ext_cmd_line_ptr
						     << 32;

	info_set_cmdline(info, door_string(mem, info, at, "the command line"));
}

static void read_screen(const struct linux_screen_info *screen,
			struct framebuffer *out)
{
	if (screen->orig_video_isVGA == LINUX_VIDEO_TEXT ||
	    screen->orig_video_isVGA == LINUX_VIDEO_VGA) {
		out->type = FRAMEBUFFER_TEXT;
		out->at = 0xb8000;
		out->width = screen->orig_video_cols;
		out->height = screen->orig_video_lines;
		out->pitch = 2 * out->width;
		out->bits_per_pixel = 16;
		return;
	}
	if (screen->orig_video_isVGA != LINUX_VIDEO_VLFB &&
	    screen->orig_video_isVGA != LINUX_VIDEO_EFI)
		return;
	*out = (struct framebuffer){
		.type = FRAMEBUFFER_RGB,
		.at = screen->lfb_base,
		.pitch = screen->lfb_linelength,
		.width = screen->lfb_width,
		.height = screen->lfb_height,
		.bits_per_pixel = (u8)screen->lfb_depth,
		.red = { screen->red_pos, screen->red_size },
		.green = { screen->green_pos, screen->green_size },
		.blue = { screen->blue_pos, screen->blue_size },
	};
	if (screen->capabilities & LINUX_VIDEO_64BIT_BASE)
		out->at |= (u64)screen->ext_lfb_base << 32;
}

static void read_efi(const struct mem *mem, struct linux_efi_info in,
		     struct boot_info *info)
{
	struct efi_tables *efi = &info->efi;

	if (in.loader_signature != LINUX_EFI_64 &&
	    in.loader_signature != LINUX_EFI_32)
		return;
	efi->system_table = in.systab | (u64)in.systab_hi << 32;
	efi->is_64bit = in.loader_signature == LINUX_EFI_64;
	efi->descriptor_size = in.memdesc_size;
	efi->descriptor_version = in.memdesc_version;
	efi->memory_map =
		door_view(mem, info, in.memmap | (u64)in.memmap_hi << 32,
			  in.memmap_size, "the EFI memory map");
}

static why check_params(const struct linux_boot_params *params)
{
	if (params->sentinel)
		return "the boot parameters were not made from zeroes";
	if (params->e820_entries > LINUX_E820_MAX)
		return "the E820 table has more than 128 entries";
	return NULL;
}

static void read_linux(const struct mem *mem, u32 magic, phys at,
		       struct boot_info *info)
{
	static struct linux_boot_params params;

	(void)magic;
	if (mem_read(mem, at, &params, sizeof(params)))
		info_refuse(info, check_params(&params));
	else
		info_refuse(info, reason_format("the boot parameters lie "
						"outside memory: %lu "
						"bytes at 0x%lx",
						sizeof(params), at));
	if (info->bad)
		return;
	info_hold(info, at, sizeof(params));
	read_entries(mem, at + offsetof(struct linux_boot_params, e820_table),
		     params.e820_entries, info);
	read_setup_data(mem, params.hdr.setup_data, info);
	read_initrd(&params, info);
	read_cmdline(mem, &params, info);
	read_efi(mem, params.efi_info, info);
	read_screen(&params.screen_info, &info->framebuffer);
	info->subarch = params.hdr.hardware_subarch;
	info->subarch_data = params.hdr.hardware_subarch_data;
	info->secure_boot = params.secure_boot;
	info->rsdp = params.acpi_rsdp_addr;
	if (!info->efi.system_table)
		info->rsdp = acpi_check(mem, info, info->rsdp);
}

DOOR(linux_door)
= {
	.name = "linux",
	.read = read_linux,
};
