/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables that entry.S would have built, and a CPU that walks what paging.c
 * makes of them.
 */
#ifndef TESTS_PAGING_GUEST_H
#define TESTS_PAGING_GUEST_H

#include "guest.h"
#include "paging.h"
#include "plan.h"

#define NX	 (1ull << 63)
#define FRAME	 0x000ffffffffff000ull
#define SLOTS	 512
#define HOST_RAM (16 * MIB) /* all there really is, from 0 on */

extern u64 top_table[SLOTS], window_pdpt[SLOTS];
extern u64 window_pds[WINDOW_PDS * SLOTS];

static struct mem mem;
static struct boot_info info;
static struct plan plan;

/* As entry.S leaves them: in pages of 1 GiB, or of 2 MiB. */
static inline void paging_start(bool has_1_gib)
{
	u64 bits = PTE_PRESENT | PTE_WRITABLE;

	memset(top_table, 0, sizeof(top_table));
	memset(window_pdpt, 0, sizeof(window_pdpt));
	memset(window_pds, 0, sizeof(window_pds));
	top_table[0] = (u64)window_pdpt | bits;
	top_table[WINDOW_SLOT] = (u64)window_pdpt | bits | NX;
	for (u64 i = 0; i < WINDOW_PDS; i++)
		window_pdpt[i] = has_1_gib
					 ? (i * GIB | bits | PTE_LARGE)
					 : ((u64)&window_pds[i * SLOTS] | bits);
	for (u64 i = 0; i < WINDOW_PDS * SLOTS && !has_1_gib; i++)
		window_pds[i] = i * 2 * MIB | bits | PTE_LARGE;
}

static inline int paging_setup(void **state)
{
	(void)state;
	mem = guest_new(0, HOST_RAM);
	info_init(&info, "test");
	return 0;
}

static inline int paging_teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

/* Tables lie in the fake RAM, but entry.S's in gangway's own. */
static inline const u64 *paging_table(u64 entry)
{
	phys at = entry & FRAME;

	if (at < HOST_RAM)
		return (const u64 *)(const void *)(mem.host + at);
	return (const u64 *)at; /* a pointer of this machine's */
}

/* What a CPU finds at a virtual address; false: a page fault. */
static inline bool paging_walk(const u64 *table, u64 at, phys *out, u64 *rights)
{
	*rights = PTE_WRITABLE;
	for (u32 shift = 39; shift >= 12; shift -= 9) {
		u64 entry = table[at >> shift & (SLOTS - 1)];
		u64 mask = (1ull << shift) - 1;

		if (!(entry & PTE_PRESENT))
			return false;
		*rights &= entry | NX;
		*rights |= entry & NX;
		if (shift == 12 || (shift < 39 && entry & PTE_LARGE)) {
			*out = (entry & FRAME & ~mask) | (at & mask);
			return !(entry & FRAME & mask);
		}
		table = paging_table(entry);
	}
	return false;
}

static inline void assert_mapped(const u64 *root, u64 at, phys expected,
				 u64 rights)
{
	phys found = 0;
	u64 found_rights = 0;

	if (!paging_walk(root, at, &found, &found_rights))
		fail_msg("0x%lx is not mapped", at);
	if (found != expected || found_rights != rights)
		fail_msg("0x%lx is mapped to 0x%lx, rights 0x%lx", at, found,
			 found_rights);
}

#endif
