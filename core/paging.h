/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables of all memory: those of the window, through which gangway sees
 * it, and those that a kernel is entered with.
 *
 * Assembly includes this file for the numbers: entry.S builds the first 4 GiB
 * of the window.
 */
#ifndef CORE_PAGING_H
#define CORE_PAGING_H

#define WINDOW_SLOT 256 /* of the top table: where the window begins */
#define WINDOW_PDS  4	/* 1 GiB each, mapped before any map is known */

#define PTE_PRESENT  0x001
#define PTE_WRITABLE 0x002
#define PTE_LARGE    0x080
#define PTE_NX_HIGH  0x80000000 /* in the upper half of an entry */

#ifdef __ASSEMBLER__
#define WINDOW_BASE 0xffff800000000000
#else
#define WINDOW_BASE 0xffff800000000000ull

#include "boot_info.h"
#include "mem.h"

struct plan;

/* The window is at most this long: 64 TiB, half of the upper half. */
#define MAX_MAPPED	  (64ull << 40)

/* The window's tables, and what the CPU can: the program tells. */
struct paging {
	u64 *window;	/* the entries of the top table from WINDOW_SLOT on */
	u64 *first;	/* the table behind window[0], of 1 GiB an entry */
	u64 *pages;	/* WINDOW_PDS tables behind that, of 2 MiB an entry */
	u64 no_execute; /* the bit that says so, or 0 */
	bool has_gib_pages;
	u32 nr_slots; /* of window[]; 1 at the beginning */
	u32 nr_above;
	struct arena tables;		 /* room for more of them */
	struct range above[MAX_REGIONS]; /* what can be mapped above 4 GiB */
};

/*
 * Let the window reach what the map tells of above 4 GiB, and mem with it: RAM
 * and the ACPI tables, but no hole and nothing reserved. RAM is mapped when
 * somebody looks, by paging_show(), which mem calls if the program has it do
 * so: it costs nothing to have much. Pages of 1 GiB lie in
 * RAM whole, others are of 2 MiB: a CPU may read ahead wherever a page is, and
 * some machines do not survive that. Tables lie in the highest free RAM below
 * 4 GiB, and are held for ever, since paging_depart() goes on to use them.
 * Fails when there is no free RAM for them, RAM beyond MAX_MAPPED, or a module
 * above 4 GiB that does not lie in RAM.
 */
must_check why paging_extend(struct paging *paging, struct mem *mem,
			     struct boot_info *info, struct plan *scratch);

/* The same in two steps, for a program that finds room for tables by itself:
 * list what is to be mapped, and how many bytes of tables that takes; then map
 * it by tables that mem shows. scratch is a new plan of info. */
must_check why paging_list(struct paging *paging, const struct boot_info *info,
			   u64 *len);
must_check why paging_map(struct paging *paging, struct range tables,
			  struct mem *mem, struct boot_info *info,
			  struct plan *scratch);

/* Map the pages of a range above 4 GiB, as far as it can be; false if there is
 * no room for tables, which there is for all that paging_list() has found. */
must_check bool paging_show(struct paging *paging, struct range range);

/*
 * Write tables that map memory at its own address, all of it writable and
 * executable, into the arena: a kernel's 64-bit entry expects such, and its
 * first code may run anywhere. Above 4 GiB they have what the plan holds, and
 * what was looked at. Below, pages that are reserved or not there as a whole
 * are left out; not those reserved where EFI's tables are told, which may lie
 * there. Returns the root.
 */
phys paging_depart(struct paging *paging, const struct plan *plan,
		   struct arena *arena);

/* Bytes that paging_depart() takes of an arena that starts on a page. */
#define PAGING_DEPART_LEN ((2 + WINDOW_PDS) * PAGE_SIZE)

#endif
#endif
