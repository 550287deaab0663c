// SPDX-License-Identifier: BSD-2-Clause
/*
 * The tables that entry.S has begun, and the image's own pages in them.
 */
#include "protect.h"

#include "cpu.h"

#define TABLE_LEN	512
#define LARGE_PAGE	(2 * MIB)
#define PTE_TABLE	(PTE_PRESENT | PTE_WRITABLE)
#define PTE_NX		((u64)PTE_NX_HIGH << 32)
#define CPUID_EXTENDED	0x80000001 /* a CPU of 64 bits has it */
#define CPUID_NX	(1u << 20)
#define CPUID_GIB_PAGES (1u << 26)

#define TABLE __attribute__((aligned(4096)))

/* entry.S fills these but for the image's. */
u64 top_table[TABLE_LEN] TABLE;
u64 window_pdpt[TABLE_LEN] TABLE;
u64 window_pds[WINDOW_PDS * TABLE_LEN] TABLE;
static u64 image_pdpt[TABLE_LEN] TABLE;
static u64 image_pd[TABLE_LEN] TABLE;
static u64 image_pt[TABLE_LEN] TABLE;

extern u8 _image[], _bss[], _image_end[], stack_guard[];

static void map_image(const u8 *start, const u8 *end, u64 bits)
{
	for (u64 at = (u64)start; at < (u64)end; at += PAGE_SIZE)
		image_pt[at / PAGE_SIZE % TABLE_LEN] = at | bits;
}

void protect_image(struct paging *paging)
{
	u32 features = cpuid(CPUID_EXTENDED, 0).edx;

	paging->window = &top_table[WINDOW_SLOT];
	paging->first = window_pdpt;
	paging->pages = window_pds;
	paging->no_execute = features & CPUID_NX ? PTE_NX : 0;
	paging->has_gib_pages = features & CPUID_GIB_PAGES;
	paging->nr_slots = 1;
	map_image(_image, _bss, PTE_PRESENT);
	map_image(_bss, _image_end, PTE_TABLE | paging->no_execute);
	image_pt[(u64)stack_guard / PAGE_SIZE % TABLE_LEN] = 0;
	image_pd[(u64)_image / LARGE_PAGE] = (u64)image_pt | PTE_TABLE;
	image_pdpt[0] = (u64)image_pd | PTE_TABLE;
	top_table[0] = (u64)image_pdpt | PTE_TABLE;
	load_tables((phys)(u64)top_table);
}
