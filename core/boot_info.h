/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What gangway was told, whichever door it came through: one normalised form
 * that every door fills and every kernel format reads.
 *
 * Strings and tables stay where the door left them; the views here point at
 * them, and info_hold() keeps them from being overwritten while they are
 * needed.
 */
#ifndef CORE_BOOT_INFO_H
#define CORE_BOOT_INFO_H

#include "base.h"
#include "cmdline.h"
#include "ranges.h"
#include "reason.h"
#include "view.h"

#define MAX_REGIONS    1056
#define MAX_MODULES    512
#define MAX_SETUP_DATA 64
#define MAX_STRING     (64 * KIB) /* bytes of one string, NUL included */
#define MAX_SEED       64
#define MAX_CALM       64

/* Types of memory, numbered as E820 does (ACPI 6.5 section 15.2, Linux). */
enum region_type {
	REGION_RAM = 1,
	REGION_RESERVED = 2,
	REGION_ACPI = 3,
	REGION_NVS = 4,
	REGION_UNUSABLE = 5,
	REGION_PMEM = 7,
	REGION_PRAM = 12,
	REGION_SOFT_RESERVED = 0xefffffff,
};

struct region {
	struct range range;
	u32 type; /* enum region_type, never an unknown number */
};

/* What a type of region is called. */
const char *region_name(u32 type);

/* Types as one number: the bit of one of them. */
static inline u32 region_bit(u32 type)
{
	return 1u << (type < 31 ? type : 31);
}

struct module {
	struct range range;
	struct view name; /* the file's name as the door gave it, often empty */
	struct view line; /* the rest of its string */
	struct view string; /* all of it, as it came */
	bool lacks_name;    /* which its string would begin with */
};

/* Behind NONE in the order in which both Multiboots count them from 0. */
enum framebuffer_type {
	FRAMEBUFFER_NONE,
	FRAMEBUFFER_INDEXED,
	FRAMEBUFFER_RGB,
	FRAMEBUFFER_TEXT, /* EGA text: width and height in characters */
};

struct color_field {
	u8 position, size; /* in bits */
};

struct framebuffer {
	enum framebuffer_type type;
	phys at;
	u32 pitch, width, height; /* pitch in bytes */
	u8 bits_per_pixel;
	struct color_field red, green, blue;
};

#define VBE_CONTROL_LEN 512
#define VBE_MODE_LEN	256
#define APM_LEN		20

/* What loaders for a BIOS have from that, and tell by Multiboot. */
struct bios {
	bool has_device;
	u32 drive, partitions[3];  /* all ones: none; the third is BSD's kin */
	struct view vbe_control;   /* VBE_CONTROL_LEN bytes, or empty */
	struct view vbe_mode_info; /* VBE_MODE_LEN bytes, or empty */
	u16 vbe_mode,
		vbe_interface[3]; /* of its tables: segment, offset, len */
	struct view apm;	  /* APM_LEN bytes, or empty */
	struct view drives;
	phys config_table; /* in its ROM; 0: not told */
};

/* Whether EFI has checked what it started, as far as is known. */
enum secure_boot {
	SECURE_BOOT_UNSET,
	SECURE_BOOT_UNKNOWN,
	SECURE_BOOT_OFF,
	SECURE_BOOT_ON,
};

struct efi_tables {
	phys system_table; /* 0: not started under EFI */
	phys image_handle; /* 0: not known */
	bool is_64bit;
	bool boot_services; /* still callable */
	struct view memory_map;
	u32 descriptor_size, descriptor_version;
};

/* One node of Linux's setup_data list, without its header. */
struct setup_node {
	u32 type;
	struct view data;
};

struct xen_e820_entry;

struct boot_info {
	/* Asks the hypervisor for the domain's memory map, which pure code
	 * cannot do. NULL: the program cannot either. Writes at most max
	 * entries and returns how many; 0: there is no Xen, or it has no
	 * map. */
	u32 (*ask_xen)(struct xen_e820_entry *entries, u32 max);

	why bad;	     /* the first thing found wrong; NULL: none */
	const char *door;    /* name of the protocol we were entered by */
	struct view loader;  /* who started us, by its own account; or empty */
	struct view name;    /* gangway's file name as the door gave it */
	struct view cmdline; /* the words for gangway and its kernel */
	bool is_multiboot;   /* the loader's strings are those of Multiboot */
	struct naming names; /* which of them begin with a file name */

	phys rsdp;		/* 0: not known */
	struct view rsdp_copy;	/* where only a copy was given, else empty */
	struct view smbios;	/* Multiboot2's tag 13, else empty */
	struct view devicetree; /* flattened device tree, else empty */
	struct view tags;	/* all of a Multiboot2 loader's; or empty */
	struct framebuffer framebuffer;
	struct view palette; /* of an indexed one: red, green, blue for each */
	struct bios bios;
	struct efi_tables efi;

	u32 pvh_flags; /* of start_info: what the domain may do */
	u32 subarch;   /* Linux's hardware_subarch: only a Linux door sets it */
	u64 subarch_data;
	u8 secure_boot; /* of EFI, as Linux counts: see enum secure_boot */
	u32 nr_setup_data;
	bool lost_setup_data; /* the chain could not be followed to its end */
	u32 seed_len; /* random bytes for the kernel; 0: none to be had */
	u32 nr_regions;
	u32 nr_modules;
	u32 nr_packed;	   /* of them, those of gangway's own file come first */
	u32 nr_calm;	   /* 0 without a map of UEFI's */
	u32 unknown_types; /* regions whose type was unknown: now reserved */
	bool had_ram_only; /* the map: what a BIOS has is added */

	/* The long ones last: the offsets of all others stay short. */
	u8 seed[MAX_SEED];
	struct setup_node setup_data[MAX_SETUP_DATA];
	struct module modules[MAX_MODULES];
	/* What UEFI's map calls free or a loader's: all other RAM is better
	 * left alone, as firmware may use it after it has said it will not. */
	struct range calm[MAX_CALM];
	struct region regions[MAX_REGIONS]; /* sorted, disjoint, none empty */
	struct holds holds;		    /* what must not be written yet */
	char bad_text[REASON_LEN];	    /* where bad stands */
};

/* Empty info, as every door starts. */
void info_init(struct boot_info *info, const char *door);

/*
 * Errors stay: a copy of the first reason, if it is not NULL, is kept in
 * info->bad, and nothing is added after it. A door reads on, gets empty views,
 * and need not ask after each step; whoever called it asks once.
 */
void info_refuse(struct boot_info *info, why reason);

/*
 * Add a piece of the memory map. Where it overlaps what is known, the more
 * reserved type wins; what would pass PHYS_END is cut off there; an unknown
 * type becomes reserved and is counted. Refuses more than MAX_REGIONS, of which
 * no two could be joined.
 */
void info_add_region(struct boot_info *info, phys start, u64 len, u32 type);

/* Make one region of those of a type that touch. For where a limit would be
 * met: otherwise the map stays as the loader gave it. */
void info_join_regions(struct boot_info *info);

/* Add the RAM below 640 KiB and from 1 MiB on that a loader without a map tells
 * of, in KiB each. */
void info_add_basic_memory(struct boot_info *info, u32 lower, u32 upper);

/*
 * Complete a map that has nothing but RAM, as iPXE's: below 1 MiB what it says
 * nothing of, from the end of the lowest RAM on, is a BIOS's data, the screen
 * and ROM, and reserved. What it calls RAM stays RAM.
 */
void info_add_bios_memory(struct boot_info *info);

/*
 * Add a module of [start, end). Its content is held until it is placed. Its
 * string is split as names says. An empty one counts
 * as well, but may lie anywhere. Refuses one whose end is below its start, and
 * more than MAX_MODULES; info_check() judges the place.
 */
void info_add_module(struct boot_info *info, phys start, phys end,
		     struct view string);

/* Note that the strings are Multiboot's, and who gives them. */
void info_set_loader(struct boot_info *info, struct view loader);

/* Set cmdline, and name if there is one, from the loader's string. */
void info_set_cmdline(struct boot_info *info, struct view string);

/* Keep len bytes of the door's from being written before tell has run. */
void info_hold(struct boot_info *info, phys start, u64 len);

/* Keep len bytes for the kernel, which will look there. Memory may end before
 * they do. */
void info_keep(struct boot_info *info, phys start, u64 len);

/*
 * What every door's information must hold: RAM, and modules within the map.
 * Keeps the RSDP from being written, and from being taken for RAM. Returns
 * info->bad.
 */
must_check why info_check(struct boot_info *info);

/* Does the memory map say something about every byte of the range? */
bool info_covers(const struct boot_info *info, struct range range);

/* The type of memory at an address, 0 where the map says nothing, and where the
 * stretch of that type ends. */
u32 info_type_at(const struct boot_info *info, phys at, phys *end);

/* Is every byte of the range RAM, by the map? */
bool info_is_ram(const struct boot_info *info, struct range range);

/* Can a device be at an address, since nothing there is RAM? */
bool info_may_be_device(const struct boot_info *info, phys at, u64 len);

/* Is it memory whose type is among those of the bits? */
bool info_is_of(const struct boot_info *info, struct range range, u32 types);

/* Can the range be a table of the door's: in the map, or in the first MiB,
 * whose firmware parts many maps leave out? */
bool info_readable(const struct boot_info *info, struct range range);

/* Bytes of RAM in the map. */
u64 info_ram(const struct boot_info *info);

/* End of the highest region of RAM. */
phys info_ram_end(const struct boot_info *info);

#endif
