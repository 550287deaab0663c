/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multiboot Specification, version 0.6.96: header (3.1), boot information
 * (3.3).
 */
#ifndef MULTIBOOT_MB1_H
#define MULTIBOOT_MB1_H

#include "base.h"

#define MB1_HEADER_MAGIC  0x1badb002
#define MB1_HEADER_SEARCH 8192 /* the whole header lies below it */
#define MB1_HEADER_ALIGN  4

#define MB1_HEADER_PAGE_ALIGN (1u << 0)
#define MB1_HEADER_MEMORY     (1u << 1)
#define MB1_HEADER_VIDEO      (1u << 2)
#define MB1_HEADER_ADDRESSES  (1u << 16)
#define MB1_HEADER_MANDATORY  0x0000ffffu

struct mb1_header {
	u32 magic, flags, checksum; /* their sum is 0 */
	u32 header_addr, load_addr, load_end_addr, bss_end_addr, entry_addr;
	u32 mode_type, width, height, depth;
};
WIRE_SIZE(struct mb1_header, 48);
WIRE_AT(struct mb1_header, header_addr, 12);
WIRE_AT(struct mb1_header, load_addr, 16);
WIRE_AT(struct mb1_header, load_end_addr, 20);
WIRE_AT(struct mb1_header, bss_end_addr, 24);
WIRE_AT(struct mb1_header, entry_addr, 28);
WIRE_AT(struct mb1_header, mode_type, 32);

#define MB1_LOADER_MAGIC 0x2badb002 /* EAX at entry */

/* Which fields of the boot information are valid. */
#define MB1_INFO_MEMORY	     (1u << 0)
#define MB1_INFO_BOOTDEV     (1u << 1)
#define MB1_INFO_CMDLINE     (1u << 2)
#define MB1_INFO_MODS	     (1u << 3)
#define MB1_INFO_AOUT_SYMS   (1u << 4)
#define MB1_INFO_ELF_SHDR    (1u << 5)
#define MB1_INFO_MEM_MAP     (1u << 6)
#define MB1_INFO_DRIVES	     (1u << 7)
#define MB1_INFO_CONFIG	     (1u << 8)
#define MB1_INFO_LOADER_NAME (1u << 9)
#define MB1_INFO_APM_TABLE   (1u << 10)
#define MB1_INFO_VBE	     (1u << 11)
#define MB1_INFO_FRAMEBUFFER (1u << 12)

#define MB1_FRAMEBUFFER_INDEXED 0
#define MB1_FRAMEBUFFER_RGB	1
#define MB1_FRAMEBUFFER_TEXT	2

struct mb1_info {
	u32 flags;
	u32 mem_lower, mem_upper; /* in KiB, from 0 and from 1 MiB */
	u32 boot_device;
	u32 cmdline;
	u32 mods_count, mods_addr;
	u32 syms[4];
	u32 mmap_length, mmap_addr;
	u32 drives_length, drives_addr;
	u32 config_table;
	u32 boot_loader_name;
	u32 apm_table;
	u32 vbe_control_info, vbe_mode_info;
	u16 vbe_mode, vbe_interface[3]; /* segment, offset, length */
	/* Many loaders know none of what follows: their table ends here. */
	u64 framebuffer_addr;
	u32 framebuffer_pitch, framebuffer_width, framebuffer_height;
	u8 framebuffer_bpp, framebuffer_type;
	u8 color_info[6]; /* RGB: position and size of red, green, blue;
			     indexed: struct mb1_palette */
} wire_packed;
WIRE_SIZE(struct mb1_info, 116);
WIRE_AT(struct mb1_info, mem_lower, 0x04);
WIRE_AT(struct mb1_info, mem_upper, 0x08);
WIRE_AT(struct mb1_info, cmdline, 0x10);
WIRE_AT(struct mb1_info, mods_count, 0x14);
WIRE_AT(struct mb1_info, mods_addr, 0x18);
WIRE_AT(struct mb1_info, boot_device, 0x0c);
WIRE_AT(struct mb1_info, syms, 0x1c);
WIRE_AT(struct mb1_info, mmap_length, 0x2c);
WIRE_AT(struct mb1_info, mmap_addr, 0x30);
WIRE_AT(struct mb1_info, drives_length, 0x34);
WIRE_AT(struct mb1_info, drives_addr, 0x38);
WIRE_AT(struct mb1_info, config_table, 0x3c);
WIRE_AT(struct mb1_info, boot_loader_name, 0x40);
WIRE_AT(struct mb1_info, apm_table, 0x44);
WIRE_AT(struct mb1_info, vbe_control_info, 0x48);
WIRE_AT(struct mb1_info, vbe_mode_info, 0x4c);
WIRE_AT(struct mb1_info, vbe_mode, 0x50);
WIRE_AT(struct mb1_info, vbe_interface, 0x52);
WIRE_AT(struct mb1_info, framebuffer_addr, 0x58);
WIRE_AT(struct mb1_info, framebuffer_pitch, 0x60);
WIRE_AT(struct mb1_info, framebuffer_width, 0x64);
WIRE_AT(struct mb1_info, framebuffer_height, 0x68);
WIRE_AT(struct mb1_info, framebuffer_bpp, 0x6c);
WIRE_AT(struct mb1_info, framebuffer_type, 0x6d);
WIRE_AT(struct mb1_info, color_info, 0x6e);

struct mb1_palette {
	u32 addr;
	u16 num_colors;
} wire_packed;
WIRE_SIZE(struct mb1_palette, 6);

#define MB1_NO_PARTITION 0xff

struct mb1_module {
	u32 mod_start, mod_end; /* exclusive */
	u32 string;
	u32 reserved;
};
WIRE_SIZE(struct mb1_module, 16);
WIRE_AT(struct mb1_module, mod_end, 4);
WIRE_AT(struct mb1_module, string, 8);

#define MB1_MMAP_SIZE 20 /* what size says at least: it leaves itself out */

struct mb1_mmap {
	u32 size;
	u64 base_addr, length;
	u32 type; /* as E820 */
} wire_packed;
WIRE_SIZE(struct mb1_mmap, 4 + MB1_MMAP_SIZE);
WIRE_AT(struct mb1_mmap, base_addr, 4);
WIRE_AT(struct mb1_mmap, length, 12);
WIRE_AT(struct mb1_mmap, type, 20);

#endif
