// SPDX-License-Identifier: BSD-2-Clause
/*
 * What assembly and the linker script give the pure C on the machine, for
 * tests on the host: symbols with something behind them.
 */
#include "machine_stub.h"
#include "paging.h"

/* Bounds of the image; only paging_protect(), which no test calls, uses them
 * as addresses. */
extern u8 _image[], _rodata[], _bss[], _image_end[], stack_guard[];
u8 _image[PAGE_SIZE], _rodata[PAGE_SIZE], _bss[PAGE_SIZE];
u8 _image_end[PAGE_SIZE], stack_guard[PAGE_SIZE];

void paging_use(phys root);

void paging_use(phys root)
{
	(void)root;
}

/* As jump.S has it: bytes between two labels. Tests look for the pattern. */
asm("	.pushsection .rodata\n"
    "	.globl	departure_code, departure_code_end\n"
    "	.balign	16\n"
    "departure_code:\n"
    "	.fill	600, 1, 0xd5\n"
    "departure_code_end:\n"
    "	.popsection\n");

u64 mem_find64(const u8 *values, u64 nr, u64 value)
{
	u64 i = 0;

	while (i < nr && memcmp(values + 8 * i, &value, 8))
		i++;
	return i;
}

u64 mem_find32(const u8 *values, u64 nr, u32 value)
{
	u64 i = 0;

	while (i < nr && memcmp(values + 4 * i, &value, 4))
		i++;
	return i;
}

struct xen_e820_entry stub_xen_map[STUB_XEN_ENTRIES];
u32 stub_xen_entries;

u32 stub_ask_xen(struct xen_e820_entry *entries, u32 max)
{
	u32 nr = stub_xen_entries < max ? stub_xen_entries : max;

	memcpy(entries, stub_xen_map, nr * sizeof(*entries));
	return nr;
}
