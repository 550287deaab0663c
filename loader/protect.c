// SPDX-License-Identifier: BSD-2-Clause
/*
 * The tables that entry.S has begun, and the image's own pages in them.
 */
#include "protect.h"

#include "cpu.h"

#define TABLE_LEN	512
#define LARGE_PAGE	(2 * MIB)
#define IMAGE_PTS	2 /* the image may lie across the border of two */
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
static u64 image_pts[IMAGE_PTS * TABLE_LEN] TABLE;

extern u8 _image[], _writable[], _image_end[], stack_guard[];

/* The entry of a page of the image, which lies in one GiB. */
static u64 *page_entry(const u8 *page)
{
	u64 first = align_down((u64)_image, LARGE_PAGE);

	return &image_pts[((u64)page - first) / PAGE_SIZE];
}

static void map_image(const u8 *start, const u8 *end, u64 bits)
{
	u64 *entry = page_entry(start), *last = page_entry(end);
	u64 value = (u64)start | bits;

	do {
		*entry++ = value;
		value += PAGE_SIZE;
	} while (entry != last);
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
	map_image(_image, _writable, PTE_PRESENT);
	map_image(_writable, _image_end, PTE_TABLE | paging->no_execute);
	*page_entry(stack_guard) = 0;
	for (u32 i = 0; i < IMAGE_PTS; i++)
		image_pd[((u64)_image / LARGE_PAGE + i) % TABLE_LEN] =
			(u64)&image_pts[i * TABLE_LEN] | PTE_TABLE;
	image_pdpt[(u64)_image / GIB] = (u64)image_pd | PTE_TABLE;
	top_table[0] = (u64)image_pdpt | PTE_TABLE;
	load_tables((phys)(u64)top_table);
}
