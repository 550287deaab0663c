/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The zero page (struct boot_params) and its setup header: Linux
 * Documentation/arch/x86/boot.rst, protocol 2.15, and zero-page.rst.
 */
#ifndef FORMATS_BOOTPARAM_H
#define FORMATS_BOOTPARAM_H

#include "base.h"

#define LINUX_HEADER_AT	     0x1f1
#define LINUX_HEADER_END_MAX 0x290 /* edd_mbr_sig_buffer begins */
#define LINUX_JUMP_AT	     0x201 /* its byte + 0x202 is the header's end */
#define LINUX_BOOT_FLAG	     0xaa55
#define LINUX_MAGIC	     0x53726448 /* "HdrS" */

#define LINUX_LOADER_UNREGISTERED 0xff

#define LINUX_LOADED_HIGH  (1u << 0) /* loadflags */
#define LINUX_KASLR_FLAG   (1u << 1)
#define LINUX_CAN_USE_HEAP (1u << 7)

#define LINUX_XLF_KERNEL_64 (1u << 0) /* xloadflags */
#define LINUX_XLF_ABOVE_4G  (1u << 1)

#define LINUX_ENTRY_64 0x200 /* from the protected-mode part's start */

#define LINUX_E820_MAX 128

#define LINUX_SETUP_E820_EXT 1 /* types of setup_data */
#define LINUX_SETUP_DTB	     2
#define LINUX_SETUP_EFI	     4
#define LINUX_SETUP_CC_BLOB  7
#define LINUX_SETUP_IMA	     8
#define LINUX_SETUP_RNG_SEED 9
#define LINUX_SETUP_KHO	     10
#define LINUX_SETUP_INDIRECT 0x80000000

#define LINUX_SUBARCH_LGUEST 1
#define LINUX_SUBARCH_XEN    2 /* PV */

#define LINUX_VIDEO_VGA	       1 /* orig_video_isVGA: by 16-bit code */
#define LINUX_VIDEO_TEXT       0x22
#define LINUX_VIDEO_VLFB       0x23	 /* lfb_size in 64 KiB */
#define LINUX_VIDEO_EFI	       0x70	 /* lfb_size in bytes */
#define LINUX_VIDEO_64BIT_BASE (1u << 1) /* capabilities */

#define LINUX_EFI_64 0x34364c45 /* "EL64" */
#define LINUX_EFI_32 0x32334c45 /* "EL32" */

struct linux_setup_header {
	u8 setup_sects;
	u16 root_flags;
	u32 syssize; /* 16 bytes each */
	u16 ram_size;
	u16 vid_mode;
	u16 root_dev;
	u16 boot_flag;
	u16 jump;
	u32 header;
	u16 version;
	u32 realmode_swtch;
	u16 start_sys_seg;
	u16 kernel_version;
	u8 type_of_loader;
	u8 loadflags;
	u16 setup_move_size;
	u32 code32_start;
	u32 ramdisk_image;
	u32 ramdisk_size;
	u32 bootsect_kludge;
	u16 heap_end_ptr;
	u8 ext_loader_ver;
	u8 ext_loader_type;
	u32 cmd_line_ptr;
	u32 initrd_addr_max; /* inclusive */
	u32 kernel_alignment;
	u8 relocatable_kernel;
	u8 min_alignment; /* log2 */
	u16 xloadflags;
	u32 cmdline_size; /* without the NUL */
	u32 hardware_subarch;
	u64 hardware_subarch_data;
	u32 payload_offset;
	u32 payload_length;
	u64 setup_data;
	u64 pref_address;
	u32 init_size;
	u32 handover_offset;
	u32 kernel_info_offset;
} wire_packed;
WIRE_SIZE(struct linux_setup_header, 0x26c - LINUX_HEADER_AT);
#define HEADER_AT(field, at)                                                   \
	WIRE_AT(struct linux_setup_header, field, (at)-LINUX_HEADER_AT)
HEADER_AT(syssize, 0x1f4);
HEADER_AT(boot_flag, 0x1fe);
HEADER_AT(header, 0x202);
HEADER_AT(version, 0x206);
HEADER_AT(kernel_version, 0x20e);
HEADER_AT(type_of_loader, 0x210);
HEADER_AT(code32_start, 0x214);
HEADER_AT(ramdisk_image, 0x218);
HEADER_AT(cmd_line_ptr, 0x228);
HEADER_AT(initrd_addr_max, 0x22c);
HEADER_AT(kernel_alignment, 0x230);
HEADER_AT(relocatable_kernel, 0x234);
HEADER_AT(xloadflags, 0x236);
HEADER_AT(cmdline_size, 0x238);
HEADER_AT(hardware_subarch, 0x23c);
HEADER_AT(hardware_subarch_data, 0x240);
HEADER_AT(payload_offset, 0x248);
HEADER_AT(setup_data, 0x250);
HEADER_AT(pref_address, 0x258);
HEADER_AT(init_size, 0x260);
HEADER_AT(kernel_info_offset, 0x268);

struct linux_screen_info {
	u8 orig_x, orig_y;
	u16 ext_mem_k;
	u16 orig_video_page;
	u8 orig_video_mode;
	u8 orig_video_cols;
	u8 flags, unused2;
	u16 orig_video_ega_bx;
	u16 unused3;
	u8 orig_video_lines;
	u8 orig_video_isVGA;
	u16 orig_video_points;
	u16 lfb_width, lfb_height, lfb_depth;
	u32 lfb_base, lfb_size;
	u16 cl_magic, cl_offset;
	u16 lfb_linelength;
	u8 red_size, red_pos;
	u8 green_size, green_pos;
	u8 blue_size, blue_pos;
	u8 rsvd_size, rsvd_pos;
	u16 vesapm_seg, vesapm_off;
	u16 pages;
	u16 vesa_attributes;
	u32 capabilities;
	u32 ext_lfb_base;
	u8 reserved[2];
} wire_packed;
WIRE_SIZE(struct linux_screen_info, 0x40);
WIRE_AT(struct linux_screen_info, ext_mem_k, 0x02);
WIRE_AT(struct linux_screen_info, orig_video_isVGA, 0x0f);
WIRE_AT(struct linux_screen_info, lfb_width, 0x12);
WIRE_AT(struct linux_screen_info, lfb_base, 0x18);
WIRE_AT(struct linux_screen_info, lfb_linelength, 0x24);
WIRE_AT(struct linux_screen_info, red_size, 0x26);
WIRE_AT(struct linux_screen_info, capabilities, 0x36);
WIRE_AT(struct linux_screen_info, ext_lfb_base, 0x3a);

struct linux_efi_info {
	u32 loader_signature;
	u32 systab;
	u32 memdesc_size, memdesc_version;
	u32 memmap, memmap_size;
	u32 systab_hi, memmap_hi;
};
WIRE_SIZE(struct linux_efi_info, 0x20);

struct linux_e820_entry {
	u64 addr, size;
	u32 type;
} wire_packed;
WIRE_SIZE(struct linux_e820_entry, 20);

struct linux_boot_params {
	struct linux_screen_info screen_info;
	u8 unused040[0x070 - 0x040];
	u64 acpi_rsdp_addr;
	u8 unused078[0x0c0 - 0x078];
	u32 ext_ramdisk_image, ext_ramdisk_size, ext_cmd_line_ptr;
	u8 unused0cc[0x1c0 - 0x0cc];
	struct linux_efi_info efi_info;
	u32 alt_mem_k;
	u32 scratch;
	u8 e820_entries;
	u8 unused1e9[0x1ec - 0x1e9];
	u8 secure_boot;
	u8 unused1ed[0x1ef - 0x1ed];
	u8 sentinel;
	u8 unused1f0;
	struct linux_setup_header hdr;
	u8 unused26c[0x2d0 - 0x26c];
	struct linux_e820_entry e820_table[LINUX_E820_MAX];
	u8 unusedcd0[0x1000 - 0xcd0];
} wire_packed;
WIRE_SIZE(struct linux_boot_params, 4096);
WIRE_AT(struct linux_boot_params, acpi_rsdp_addr, 0x070);
WIRE_AT(struct linux_boot_params, ext_ramdisk_image, 0x0c0);
WIRE_AT(struct linux_boot_params, efi_info, 0x1c0);
WIRE_AT(struct linux_boot_params, alt_mem_k, 0x1e0);
WIRE_AT(struct linux_boot_params, e820_entries, 0x1e8);
WIRE_AT(struct linux_boot_params, secure_boot, 0x1ec);
WIRE_AT(struct linux_boot_params, sentinel, 0x1ef);
WIRE_AT(struct linux_boot_params, hdr, LINUX_HEADER_AT);
WIRE_AT(struct linux_boot_params, e820_table, 0x2d0);

/* Followed by len bytes of data. */
struct linux_setup_data {
	u64 next; /* physical address; 0: the last */
	u32 type;
	u32 len;
};
WIRE_SIZE(struct linux_setup_data, 16);

/* The data of SETUP_INDIRECT. */
struct linux_setup_indirect {
	u32 type, reserved;
	u64 len, addr;
};
WIRE_SIZE(struct linux_setup_indirect, 24);

/* Of SETUP_IMA, and an entry of SETUP_KHO's list of scratch areas. */
struct linux_area {
	u64 addr, size;
};
WIRE_SIZE(struct linux_area, 16);

struct linux_kho {
	struct linux_area fdt, scratch;
};
WIRE_SIZE(struct linux_kho, 32);

/* What SETUP_CC_BLOB's one field, a 32-bit address, points at. */
/* Of the EFI that the last kernel ran on. */
struct linux_efi_setup_data {
	u64 fw_vendor, unused, tables, smbios, reserved[8];
};
WIRE_SIZE(struct linux_efi_setup_data, 96);

struct linux_cc_blob {
	u32 magic;
	u16 version, reserved;
	u64 secrets_phys;
	u32 secrets_len, reserved1;
	u64 cpuid_phys;
	u32 cpuid_len, reserved2;
};
WIRE_SIZE(struct linux_cc_blob, 40);

#endif
