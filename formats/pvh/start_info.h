/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PVH: the structures of Xen's public/arch-x86/hvm/start_info.h, versions 0
 * and 1 (Xen 4.18), and the ELF note that makes a file startable by it.
 */
#ifndef PVH_START_INFO_H
#define PVH_START_INFO_H

#include "base.h"

#define PVH_NOTE_OWNER		      "Xen" /* with its NUL */
#define PVH_ELFNOTE_PHYS32_ENTRY      18    /* 4 or 8 bytes: the entry */
#define PVH_ELFNOTE_PHYS32_RELOC      19    /* struct pvh_reloc */
#define PVH_START_MAGIC		      0x336ec578
#define PVH_START_SIZE_V0	      40
#define PVH_START_FLAG_PRIVILEGED     (1u << 0)
#define PVH_START_FLAG_INITIAL_DOMAIN (1u << 1)

/* In all of them address 0 stands for what is not there. */
struct pvh_start_info {
	u32 magic, version;
	u32 flags;
	u32 nr_modules;
	u64 modlist_paddr;
	u64 cmdline_paddr;
	u64 rsdp_paddr;
	u64 memmap_paddr; /* from here on: version 1 */
	u32 memmap_entries;
	u32 reserved;
};
WIRE_SIZE(struct pvh_start_info, 56);
WIRE_AT(struct pvh_start_info, version, 0x04);
WIRE_AT(struct pvh_start_info, flags, 0x08);
WIRE_AT(struct pvh_start_info, nr_modules, 0x0c);
WIRE_AT(struct pvh_start_info, modlist_paddr, 0x10);
WIRE_AT(struct pvh_start_info, cmdline_paddr, 0x18);
WIRE_AT(struct pvh_start_info, rsdp_paddr, 0x20);
WIRE_AT(struct pvh_start_info, memmap_paddr, PVH_START_SIZE_V0);
WIRE_AT(struct pvh_start_info, memmap_entries, 0x30);

/* A note may be shorter: align is then that of the file, min 0, max ~0. */
struct pvh_reloc {
	u32 align, min, max;
};
WIRE_SIZE(struct pvh_reloc, 12);

struct pvh_modlist_entry {
	u64 paddr, size;
	u64 cmdline_paddr;
	u64 reserved; /* qboot leaves garbage in it */
};
WIRE_SIZE(struct pvh_modlist_entry, 32);
WIRE_AT(struct pvh_modlist_entry, size, 8);
WIRE_AT(struct pvh_modlist_entry, cmdline_paddr, 16);

struct pvh_memmap_entry {
	u64 addr, size;
	u32 type; /* as E820 */
	u32 reserved;
};
WIRE_SIZE(struct pvh_memmap_entry, 24);
WIRE_AT(struct pvh_memmap_entry, size, 8);
WIRE_AT(struct pvh_memmap_entry, type, 16);

/* An entry of Xen's maps (public/arch-x86/hvm/e820.h). */
struct xen_e820_entry {
	u64 addr, size;
	u32 type; /* as E820 */
} wire_packed;
WIRE_SIZE(struct xen_e820_entry, 20);

#endif
