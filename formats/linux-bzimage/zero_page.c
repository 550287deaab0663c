// SPDX-License-Identifier: BSD-2-Clause
/*
 * Filling the zero page: from zeroes, with no more than the kernel's own setup
 * header copied into it, so that the sentinel and all unknown fields are 0.
 */
#include "bzimage.h"

#include "bios_text.h"
#include "reason.h"
#include "tell.h"

#define CMDLINE_READ 2048 /* what Linux reads however short the line is */
#define VID_NORMAL   0xffff

#define VERSION_SETUP_DATA 0x209

/* 32-bit kernels up to Linux 5.3 have entries for guests of lguest and Xen PV,
 * which begin with hypercalls; all others would believe the PC to have less
 * than it has. */
static why check_subarch(const struct boot *boot, const struct bzimage *bz)
{
	const struct options *options = &boot->options;
	u32 subarch =
		options->has_subarch ? options->subarch : boot->info->subarch;

	if (!options->has_subarch && !options->has_subarch_data && !subarch)
		return NULL;
	if (bz->hdr.version < 0x207)
		return "the kernel's boot protocol has no hardware_subarch";
	if (subarch == LINUX_SUBARCH_LGUEST || subarch == LINUX_SUBARCH_XEN)
		return "hardware_subarch 1 and 2 are for guests of lguest and "
		       "Xen PV, which this is not";
	return NULL;
}

/* Is this a node of the door's that one of ours replaces? Of two device trees
 * Linux takes the one further down the chain. */
static bool is_replaced(const struct boot *boot, const struct setup_node *node)
{
	return node->type == LINUX_SETUP_DTB && boot->payload.devicetree.len;
}

why linux_check_line(const struct boot *boot, const struct bzimage *bz)
{
	u64 len = boot_cmdline_bound(boot, bz->cmdline_max);

	return len > bz->cmdline_max
		       ? reason_format("the command line has %lu characters, "
				       "and the kernel takes %lu",
				       len, bz->cmdline_max)
		       : NULL;
}

why zero_page_check(const struct boot *boot, const struct bzimage *bz)
{
	const struct boot_info *info = boot->info;
	bool fits = setup_data_fits(boot->payload.devicetree);
	why bad;

	for (u32 i = 0; i < info->nr_setup_data; i++)
		fits &= setup_data_fits(info->setup_data[i].data) ||
			is_replaced(boot, &info->setup_data[i]);
	if (!fits && bz->hdr.version >= VERSION_SETUP_DATA)
		return "a setup_data node is longer than 256 KiB";
	bad = linux_check_line(boot, bz);
	return bad ? bad : check_subarch(boot, bz);
}

/* Bytes of the command line's buffer, its NUL included. */
static u64 cmdline_room(const struct boot *boot, const struct bzimage *bz)
{
	return max_u64(boot_cmdline_bound(boot, bz->cmdline_max) + 1,
		       CMDLINE_READ);
}

u64 zero_page_len(const struct boot *boot, const struct bzimage *bz)
{
	const struct boot_info *info = boot->info;
	u64 len = PAGE_SIZE + sizeof(struct linux_boot_params) + 16 +
		  cmdline_room(boot, bz) + e820_ext_len(info) +
		  info->efi.memory_map.len + 16;

	len += sizeof(struct linux_setup_data) + 8 + info->seed_len;
	len += sizeof(struct linux_setup_data) + 8 +
	       boot->payload.devicetree.len;
	for (u32 i = 0; i < info->nr_setup_data; i++)
		len += sizeof(struct linux_setup_data) + 8 +
		       info->setup_data[i].data.len;
	if (!info->rsdp)
		len += TELL_RSDP_LEN;
	return len;
}

/* The kernel's own header, and no byte of the file that is not header. */
static void put_header(const struct boot *boot, const struct bzimage *bz,
		       struct linux_boot_params *params)
{
	params->hdr = bz->hdr;
	if (bz->header_len)
		memcpy((u8 *)params + LINUX_HEADER_AT,
		       boot->payload.image.at + LINUX_HEADER_AT,
		       bz->header_len);
	params->hdr.type_of_loader = LINUX_LOADER_UNREGISTERED;
	params->hdr.loadflags &= (u8) ~(LINUX_KASLR_FLAG | LINUX_CAN_USE_HEAP);
	params->hdr.ext_loader_type = params->hdr.ext_loader_ver = 0;
	params->hdr.setup_data = 0;
	params->hdr.ramdisk_image = params->hdr.ramdisk_size = 0;
	params->hdr.vid_mode = VID_NORMAL;
}

static void put_placement(const struct plan *plan, const struct bzimage *bz,
			  struct linux_boot_params *params)
{
	u64 len = range_len(plan->initrd);

	params->hdr.code32_start = (u32)plan->load;
	if (plan->alignment < bz->alignment)
		params->hdr.kernel_alignment = (u32)plan->alignment;
	if (!len)
		return;
	params->hdr.ramdisk_image = (u32)plan->initrd.start;
	params->ext_ramdisk_image = (u32)(plan->initrd.start >> 32);
	params->hdr.ramdisk_size = (u32)len;
	params->ext_ramdisk_size = (u32)(len >> 32);
}

static void put_cmdline(const struct boot *boot, const struct bzimage *bz,
			struct linux_boot_params *params, struct arena *arena)
{
	u64 room = cmdline_room(boot, bz), len;
	phys at;
	char *line = arena_take(arena, room, 16, &at);

	if (!line)
		return;
	len = boot_cmdline(boot, line, room - 1);
	params->hdr.vid_mode = vga_mode((struct view){ (const u8 *)line, len });
	params->hdr.cmd_line_ptr = (u32)at;
}

/* Memory above 1 MiB up to the first hole, for kernels that find no map. */
static void put_memory_size(const struct boot_info *info,
			    struct linux_boot_params *params)
{
	u64 kib = tell_memory_kib(info, MIB);

	params->alt_mem_k = (u32)min_u64(kib, 0xffffffff);
	params->screen_info.ext_mem_k = (u16)min_u64(kib, 0xffff);
}

static void put_graphics(const struct boot_info *info,
			 struct linux_screen_info *screen)
{
	const struct framebuffer *fb = &info->framebuffer;
	u64 len = (u64)fb->pitch * fb->height;
	bool is_efi = info->efi.system_table;

	screen->orig_video_isVGA = is_efi ? LINUX_VIDEO_EFI : LINUX_VIDEO_VLFB;
	screen->lfb_width = (u16)fb->width;
	screen->lfb_height = (u16)fb->height;
	screen->lfb_depth = fb->bits_per_pixel;
	screen->lfb_linelength = (u16)fb->pitch;
	screen->lfb_base = (u32)fb->at;
	screen->ext_lfb_base = (u32)(fb->at >> 32);
	if (screen->ext_lfb_base)
		screen->capabilities |= LINUX_VIDEO_64BIT_BASE;
	screen->lfb_size = (u32)(is_efi ? len : align_up(len, 65536) / 65536);
	screen->pages = 1;
	screen->red_pos = fb->red.position;
	screen->red_size = fb->red.size;
	screen->green_pos = fb->green.position;
	screen->green_size = fb->green.size;
	screen->blue_pos = fb->blue.position;
	screen->blue_size = fb->blue.size;
	if (fb->bits_per_pixel == 32) {
		screen->rsvd_pos = 24;
		screen->rsvd_size = 8;
	}
}

/* Linux goes on writing below what is on the screen. */
static void put_text(const struct boot *boot, struct linux_screen_info *screen)
{
	const struct framebuffer *fb = &boot->info->framebuffer;
	u8 cursor[2];

	if (mem_read(boot->mem, BIOS_CURSOR, cursor, sizeof(cursor))) {
		screen->orig_x = cursor[0];
		screen->orig_y = cursor[1];
	}
	screen->orig_video_isVGA = LINUX_VIDEO_TEXT;
	screen->orig_video_mode = 3;
	screen->orig_video_cols = (u8)fb->width;
	screen->orig_video_lines = (u8)fb->height;
	screen->orig_video_points = 16;
}

static void put_screen(const struct boot *boot,
		       struct linux_screen_info *screen)
{
	enum framebuffer_type type = boot->info->framebuffer.type;

	if (type == FRAMEBUFFER_RGB)
		put_graphics(boot->info, screen);
	else if (type == FRAMEBUFFER_TEXT)
		put_text(boot, screen);
}

/* Linux believes the signature: no complete map, no signature. A map for the
 * other width of EFI is of no use to the kernel. */
static void put_efi(const struct boot_info *info, const struct bzimage *bz,
		    struct linux_boot_params *params, struct arena *arena)
{
	const struct efi_tables *efi = &info->efi;
	phys at;

	if (!efi->system_table || !efi->memory_map.len || efi->boot_services ||
	    efi->is_64bit != bz->is_64bit)
		return;
	at = arena_put(arena, efi->memory_map.at, efi->memory_map.len, 16);
	params->efi_info = (struct linux_efi_info){
		.loader_signature = efi->is_64bit ? LINUX_EFI_64 : LINUX_EFI_32,
		.systab = (u32)efi->system_table,
		.systab_hi = (u32)(efi->system_table >> 32),
		.memdesc_size = efi->descriptor_size,
		.memdesc_version = efi->descriptor_version,
		.memmap = (u32)at,
		.memmap_hi = (u32)(at >> 32),
		.memmap_size = (u32)efi->memory_map.len,
	};
}

static void put_subarch(const struct boot *boot, struct linux_setup_header *hdr)
{
	const struct options *options = &boot->options;

	if (hdr->version < 0x207)
		return;
	hdr->hardware_subarch =
		options->has_subarch ? options->subarch : boot->info->subarch;
	hdr->hardware_subarch_data = options->has_subarch_data
					     ? options->subarch_data
					     : boot->info->subarch_data;
}

/* Newest first: the door's nodes end up at the chain's end. */
static void put_setup_data(const struct boot *boot,
			   struct linux_boot_params *params,
			   struct arena *arena)
{
	const struct boot_info *info = boot->info;
	struct view seed = { info->seed, info->seed_len };

	if (params->hdr.version < VERSION_SETUP_DATA)
		return;
	for (u32 i = info->nr_setup_data; i; i--) {
		const struct setup_node *node = &info->setup_data[i - 1];

		if (!is_replaced(boot, node))
			setup_data_put(params, arena, node->type, node->data);
	}
	if (boot->payload.devicetree.len)
		setup_data_put(params, arena, LINUX_SETUP_DTB,
			       boot->payload.devicetree);
	if (seed.len)
		setup_data_put(params, arena, LINUX_SETUP_RNG_SEED, seed);
}

phys zero_page_put(const struct boot *boot, const struct plan *plan,
		   const struct bzimage *bz, struct arena *arena)
{
	phys at;
	struct linux_boot_params *params =
		arena_take(arena, sizeof(*params), PAGE_SIZE, &at);

	if (!params)
		return 0;
	put_header(boot, bz, params);
	put_placement(plan, bz, params);
	put_subarch(boot, &params->hdr);
	params->secure_boot = boot->info->secure_boot;
	put_memory_size(boot->info, params);
	put_screen(boot, &params->screen_info);
	put_cmdline(boot, bz, params, arena);
	put_efi(boot->info, bz, params, arena);
	params->acpi_rsdp_addr = tell_rsdp(boot->info, arena);
	put_setup_data(boot, params, arena);
	e820_put(boot->info, params, arena);
	return at;
}
