/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables that entry.S would have built, and a CPU that walks what paging.c
 * makes of them.
 */
#ifndef TESTS_PAGING_GUEST_H
#define TESTS_PAGING_GUEST_H

#include "guest.h"
#include "machine_stub.h"
#include "paging.h"
#include "plan.h"

#define NX	 (1ull << 63)
#define FRAME	 0x000ffffffffff000ull
#define SLOTS	 512
#define HOST_RAM (16 * MIB) /* all there really is, from 0 on */

static struct mem mem;
static struct boot_info info;
static struct plan plan;

/* As entry.S leaves them. */
static inline void paging_start(bool has_1_gib)
{
	u64 bits = PTE_PRESENT | PTE_WRITABLE;

	memset(stub_top, 0, sizeof(stub_top));
	memset(stub_first, 0, sizeof(stub_first));
	stub_top[0] = (u64)stub_first | bits;
	stub_top[WINDOW_SLOT] = (u64)stub_first | bits | NX;
	for (u64 i = 0; i < WINDOW_PDS; i++)
		stub_first[i] = (u64)&stub_pages[i * SLOTS] | bits;
	for (u64 i = 0; i < WINDOW_PDS * SLOTS; i++)
		stub_pages[i] = i * 2 * MIB | bits | PTE_LARGE;
	stub_paging.has_gib_pages = has_1_gib;
	stub_paging.nr_slots = 1;
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

/* Tables lie in the fake RAM, but entry.S's at addresses of this machine's. */
static inline const u64 *paging_table(u64 entry)
{
	phys at = entry & FRAME;

	if (at < 4 * GIB)
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
