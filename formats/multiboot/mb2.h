/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multiboot2 Specification, version 2.0: header (3.1), boot information (3.6);
 */
#ifndef MULTIBOOT_MB2_H
#define MULTIBOOT_MB2_H

#include "base.h"

#define MB2_HEADER_MAGIC      0xe85250d6
#define MB2_HEADER_SEARCH     32768 /* the whole header lies below it */
#define MB2_ALIGN	      8	    /* of headers, informations and all tags */
#define MB2_ARCHITECTURE_I386 0

struct mb2_header {
	u32 magic, architecture, header_length, checksum; /* sum is 0 */
};
WIRE_SIZE(struct mb2_header, 16);
WIRE_AT(struct mb2_header, header_length, 8);

#define MB2_HEADER_TAG_END	     0
#define MB2_HEADER_TAG_INFO_REQUEST  1
#define MB2_HEADER_TAG_ADDRESS	     2
#define MB2_HEADER_TAG_ENTRY	     3
#define MB2_HEADER_TAG_CONSOLE_FLAGS 4
#define MB2_HEADER_TAG_FRAMEBUFFER   5
#define MB2_HEADER_TAG_MODULE_ALIGN  6
#define MB2_HEADER_TAG_EFI_BS	     7
#define MB2_HEADER_TAG_ENTRY_EFI32   8
#define MB2_HEADER_TAG_ENTRY_EFI64   9
#define MB2_HEADER_TAG_RELOCATABLE   10
#define MB2_HEADER_TAG_OPTIONAL	     (1u << 0) /* in flags */

struct mb2_header_tag {
	u16 type, flags;
	u32 size;
};
WIRE_SIZE(struct mb2_header_tag, 8);
WIRE_AT(struct mb2_header_tag, size, 4);

struct mb2_header_tag_address {
	struct mb2_header_tag head;
	u32 header_addr, load_addr, load_end_addr, bss_end_addr;
};
WIRE_SIZE(struct mb2_header_tag_address, 24);
WIRE_AT(struct mb2_header_tag_address, header_addr, 8);
WIRE_AT(struct mb2_header_tag_address, load_addr, 12);
WIRE_AT(struct mb2_header_tag_address, load_end_addr, 16);
WIRE_AT(struct mb2_header_tag_address, bss_end_addr, 20);

struct mb2_header_tag_entry {
	struct mb2_header_tag head;
	u32 entry_addr;
};
WIRE_SIZE(struct mb2_header_tag_entry, 12);
WIRE_AT(struct mb2_header_tag_entry, entry_addr, 8);

#define MB2_PREFERENCE_NONE    0
#define MB2_PREFERENCE_LOWEST  1
#define MB2_PREFERENCE_HIGHEST 2

struct mb2_header_tag_relocatable {
	struct mb2_header_tag head;
	u32 min_addr, max_addr, align, preference;
};
WIRE_SIZE(struct mb2_header_tag_relocatable, 24);
WIRE_AT(struct mb2_header_tag_relocatable, min_addr, 8);
WIRE_AT(struct mb2_header_tag_relocatable, max_addr, 12);
WIRE_AT(struct mb2_header_tag_relocatable, align, 16);
WIRE_AT(struct mb2_header_tag_relocatable, preference, 20);

#define MB2_LOADER_MAGIC 0x36d76289 /* EAX at entry */

struct mb2_info {
	u32 total_size; /* these 8 bytes and the end tag included */
	u32 reserved;
};
WIRE_SIZE(struct mb2_info, 8);
WIRE_AT(struct mb2_info, total_size, 0);

#define MB2_TAG_END		 0
#define MB2_TAG_CMDLINE		 1
#define MB2_TAG_BOOT_LOADER_NAME 2
#define MB2_TAG_MODULE		 3
#define MB2_TAG_BASIC_MEMINFO	 4
#define MB2_TAG_BOOTDEV		 5
#define MB2_TAG_MMAP		 6
#define MB2_TAG_VBE		 7
#define MB2_TAG_FRAMEBUFFER	 8
#define MB2_TAG_ELF_SECTIONS	 9
#define MB2_TAG_APM		 10
#define MB2_TAG_EFI32		 11
#define MB2_TAG_EFI64		 12
#define MB2_TAG_SMBIOS		 13
#define MB2_TAG_ACPI_OLD	 14
#define MB2_TAG_ACPI_NEW	 15
#define MB2_TAG_NETWORK		 16
#define MB2_TAG_EFI_MMAP	 17
#define MB2_TAG_EFI_BS		 18
#define MB2_TAG_EFI32_IH	 19
#define MB2_TAG_EFI64_IH	 20
#define MB2_TAG_LOAD_BASE_ADDR	 21
#define MB2_NR_TAGS		 22

/* Tags 1, 2, 14, 15: what they carry follows right behind. */
struct mb2_tag {
	u32 type;
	u32 size; /* with this head, without the padding behind */
};
WIRE_SIZE(struct mb2_tag, 8);
WIRE_AT(struct mb2_tag, size, 4);

struct mb2_tag_module {
	struct mb2_tag head;
	u32 mod_start, mod_end; /* exclusive */
	char cmdline[];
};
WIRE_SIZE(struct mb2_tag_module, 16);
WIRE_AT(struct mb2_tag_module, mod_start, 8);
WIRE_AT(struct mb2_tag_module, mod_end, 12);
WIRE_AT(struct mb2_tag_module, cmdline, 16);

struct mb2_tag_basic_meminfo {
	struct mb2_tag head;
	u32 mem_lower, mem_upper; /* in KiB, from 0 and from 1 MiB */
};
WIRE_SIZE(struct mb2_tag_basic_meminfo, 16);
WIRE_AT(struct mb2_tag_basic_meminfo, mem_lower, 8);
WIRE_AT(struct mb2_tag_basic_meminfo, mem_upper, 12);

struct mb2_tag_bootdev {
	struct mb2_tag head;
	u32 biosdev, partition, sub_partition; /* all ones: none */
};
WIRE_SIZE(struct mb2_tag_bootdev, 20);
WIRE_AT(struct mb2_tag_bootdev, biosdev, 8);
WIRE_AT(struct mb2_tag_bootdev, partition, 12);
WIRE_AT(struct mb2_tag_bootdev, sub_partition, 16);

struct mb2_tag_vbe {
	struct mb2_tag head;
	u16 vbe_mode, vbe_interface[3]; /* segment, offset, length */
	u8 vbe_control_info[512], vbe_mode_info[256];
};
WIRE_SIZE(struct mb2_tag_vbe, 784);
WIRE_AT(struct mb2_tag_vbe, vbe_mode, 8);
WIRE_AT(struct mb2_tag_vbe, vbe_interface, 10);
WIRE_AT(struct mb2_tag_vbe, vbe_control_info, 16);
WIRE_AT(struct mb2_tag_vbe, vbe_mode_info, 528);

struct mb2_tag_apm {
	struct mb2_tag head;
	u8 table[20]; /* as Multiboot 1 has it */
};
WIRE_SIZE(struct mb2_tag_apm, 28);
WIRE_AT(struct mb2_tag_apm, table, 8);

struct mb2_mmap_entry {
	u64 base_addr, length;
	u32 type; /* as E820 */
	u32 reserved;
};
WIRE_SIZE(struct mb2_mmap_entry, 24);
WIRE_AT(struct mb2_mmap_entry, length, 8);
WIRE_AT(struct mb2_mmap_entry, type, 16);

struct mb2_tag_mmap {
	struct mb2_tag head;
	u32 entry_size; /* from one entry to the next */
	u32 entry_version;
	struct mb2_mmap_entry entries[];
};
WIRE_SIZE(struct mb2_tag_mmap, 16);
WIRE_AT(struct mb2_tag_mmap, entry_size, 8);
WIRE_AT(struct mb2_tag_mmap, entries, 16);

#define MB2_FRAMEBUFFER_INDEXED 0
#define MB2_FRAMEBUFFER_RGB	1
#define MB2_FRAMEBUFFER_TEXT	2

struct mb2_tag_framebuffer {
	struct mb2_tag head;
	u64 framebuffer_addr;
	u32 framebuffer_pitch, framebuffer_width, framebuffer_height;
	u8 framebuffer_bpp, framebuffer_type;
	u16 reserved;
	u8 color_info[]; /* RGB: position and size of red, green, blue;
			    indexed: number of colors (u16), then 3 bytes each
			  */
};
WIRE_SIZE(struct mb2_tag_framebuffer, 32);
WIRE_AT(struct mb2_tag_framebuffer, framebuffer_addr, 8);
WIRE_AT(struct mb2_tag_framebuffer, framebuffer_pitch, 16);
WIRE_AT(struct mb2_tag_framebuffer, framebuffer_width, 20);
WIRE_AT(struct mb2_tag_framebuffer, framebuffer_height, 24);
WIRE_AT(struct mb2_tag_framebuffer, framebuffer_bpp, 28);
WIRE_AT(struct mb2_tag_framebuffer, framebuffer_type, 29);
WIRE_AT(struct mb2_tag_framebuffer, color_info, 32);

#define MB2_COLOR_INFO_RGB_SIZE 6

/* Tags 11 and 19. */
struct mb2_tag_efi32 {
	struct mb2_tag head;
	u32 pointer;
};
WIRE_SIZE(struct mb2_tag_efi32, 12);
WIRE_AT(struct mb2_tag_efi32, pointer, 8);

/* Tags 12 and 20. */
struct mb2_tag_efi64 {
	struct mb2_tag head;
	u64 pointer;
};
WIRE_SIZE(struct mb2_tag_efi64, 16);
WIRE_AT(struct mb2_tag_efi64, pointer, 8);

struct mb2_tag_smbios {
	struct mb2_tag head;
	u8 major, minor;
	u8 reserved[6];
	u8 tables[];
};
WIRE_SIZE(struct mb2_tag_smbios, 16);
WIRE_AT(struct mb2_tag_smbios, major, 8);
WIRE_AT(struct mb2_tag_smbios, tables, 16);

struct mb2_tag_efi_mmap {
	struct mb2_tag head;
	u32 descriptor_size; /* from one descriptor to the next, often 48 */
	u32 descriptor_version;
	u8 efi_mmap[];
};
WIRE_SIZE(struct mb2_tag_efi_mmap, 16);
WIRE_AT(struct mb2_tag_efi_mmap, descriptor_size, 8);
WIRE_AT(struct mb2_tag_efi_mmap, descriptor_version, 12);
WIRE_AT(struct mb2_tag_efi_mmap, efi_mmap, 16);

struct mb2_tag_load_base_addr {
	struct mb2_tag head;
	u32 load_base_addr;
};
WIRE_SIZE(struct mb2_tag_load_base_addr, 12);
WIRE_AT(struct mb2_tag_load_base_addr, load_base_addr, 8);

#endif
