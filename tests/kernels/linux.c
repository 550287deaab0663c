/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe as a Linux kernel: what the zero page says, and the promises of
 * the Linux boot protocol (Documentation/arch/x86/boot.rst, zero-page.rst).
 */
#include "console.h"
#include "crc32.h"
#include "fill.h"
#include "protocols.h"
#include "report.h"
#include "state.h"

#define CODE_SELECTOR 0x10
#define DATA_SELECTOR 0x18
#define CR4_LA57      0x1000
#define CR4_PCIDE     0x20000
#define VERSION_2_10  0x20a
#define MAX_NODES     64
#define TYPE_CODE64   0x209a
#define CODE64_MASK   0x60fe /* granularity may be anything */
#define ACCESSED      1

#define ZP_SIZE		4096
#define ZP_EXT_RAMDISK	0x0c0
#define ZP_EXT_SIZE	0x0c4
#define ZP_EXT_CMDLINE	0x0c8
#define ZP_E820_ENTRIES 0x1e8
#define ZP_RAMDISK	0x218
#define ZP_RAMDISK_SIZE 0x21c
#define ZP_CMDLINE	0x228
#define ZP_SETUP_DATA	0x250
#define ZP_E820		0x2d0
#define E820_SIZE	20
#define SETUP_E820_EXT	1
#define SETUP_HEAD	16
#define SETUP_SHOWN	1024 /* bytes of a node's data that are printed */

static bool is_accessed(const struct state *state, uint64_t selector)
{
	return descriptor_type(descriptor(state, selector)) & ACCESSED;
}

static void check_common(const struct state *state)
{
	check(state->cs == CODE_SELECTOR, "CS is 0x10");
	check(state->ds == DATA_SELECTOR, "DS is 0x18");
	check(state->es == DATA_SELECTOR, "ES is 0x18");
	check(state->ss == DATA_SELECTOR, "SS is 0x18");
	check(!(state->flags & FLAGS_IF), "interrupts are off");
	check(!(state->flags & FLAGS_DF), "the direction flag is clear");
	check(state->cr0 & CR0_PE, "protected mode is on");
	check(is_flat(descriptor(state, DATA_SELECTOR), TYPE_DATA),
	      "selector 0x18 is a flat data segment");
	check(is_accessed(state, CODE_SELECTOR) &&
		      is_accessed(state, DATA_SELECTOR),
	      "descriptors are marked as accessed");
}

static void check32(const struct state *state)
{
	check(!(state->cr0 & CR0_PG), "paging is off");
	check(!(state->efer & EFER_LME), "long mode is not enabled");
	check(state->cr4 == 0, "CR4 is 0");
	check(state->bx == 0 && state->bp == 0 && state->di == 0,
	      "EBX, EBP and EDI are 0");
	check(is_flat(descriptor(state, CODE_SELECTOR), TYPE_CODE32),
	      "selector 0x10 is a flat 32-bit code segment");
}

static void check64(const struct state *state)
{
	uint64_t type = descriptor_type(descriptor(state, CODE_SELECTOR));

	check(state->cr0 & CR0_PG, "paging is on");
	check(state->efer & EFER_LMA, "long mode is active");
	check(state->cr4 & CR4_PAE, "CR4.PAE is set");
	check(!(state->cr4 & (CR4_LA57 | CR4_PCIDE)),
	      "CR4.LA57 and CR4.PCIDE are clear");
	check((type & CODE64_MASK) == TYPE_CODE64,
	      "selector 0x10 is a 64-bit code segment");
}

/* Overwrite [start, end) but for the image at base. */
static void fill_around(uint64_t start, uint64_t end, uint64_t base,
			uint64_t size)
{
	uint64_t below = base < end ? base : end;
	uint64_t above = base + size > start ? base + size : start;

	fill(start, below);
	fill(above, end);
}

void linux_use_window(const struct config *config, uint64_t base)
{
	uint64_t start = config->pref_address;

	if (config->version < VERSION_2_10)
		return;
	if (config->relocatable) {
		start = base > start ? base : start;
		start = (start + config->alignment - 1) &
			~((uint64_t)config->alignment - 1);
	}
	put_fact("window", start);
	put_fact("window_size", config->init_size);
	fill_around(start, start + config->init_size, base,
		    config->pieces[0].filesz);
}

static void put_initrd(uint64_t zero_page)
{
	uint64_t at = read32(zero_page + ZP_RAMDISK) |
		      (uint64_t)read32(zero_page + ZP_EXT_RAMDISK) << 32;
	uint64_t size = read32(zero_page + ZP_RAMDISK_SIZE) |
			(uint64_t)read32(zero_page + ZP_EXT_SIZE) << 32;

	put_row("initrd", VALUES(at, size, crc32(0, at, size)));
	take_area(AREA_MODULE, at, size);
}

uint64_t linux_cmdline(const struct state *state)
{
	return read32(state->si + ZP_CMDLINE) |
	       (uint64_t)read32(state->si + ZP_EXT_CMDLINE) << 32;
}

static void put_e820(uint64_t at, uint64_t nr_entries)
{
	for (; nr_entries; nr_entries--, at += E820_SIZE)
		put_row("e820",
			VALUES(read64(at), read64(at + 8), read32(at + 16)));
}

static void put_setup_data(uint64_t at)
{
	int patience = MAX_NODES;

	for (; at; at = read64(at)) {
		uint32_t type = read32(at + 8);
		uint32_t len = read32(at + 12);

		check(patience-- > 0, "the setup_data list ends");
		if (patience < 0)
			return;
		put_row_bytes("setup_data", at + SETUP_HEAD,
			      len < SETUP_SHOWN ? len : SETUP_SHOWN,
			      VALUES(at, type, len));
		take_area(AREA_INFO, at, SETUP_HEAD + len);
		if (type == SETUP_E820_EXT)
			put_e820(at + SETUP_HEAD, len / E820_SIZE);
	}
}

/* The rows of the zero page that are not all zero. */
static void put_zero_page(uint64_t zero_page)
{
	for (uint64_t at = 0; at < ZP_SIZE; at += 32) {
		bool empty = true;

		for (uint64_t i = 0; i < 32; i++)
			empty = empty && !read8(zero_page + at + i);
		if (!empty)
			put_row_bytes("zero_page", zero_page + at, 32,
				      VALUES(at));
	}
}

void linux_report(const struct state *state)
{
	uint64_t zero_page = state->si, line = linux_cmdline(state);

	check_common(state);
	if (state->mode == 32)
		check32(state);
	else
		check64(state);
	take_area(AREA_INFO, zero_page, ZP_SIZE);
	take_area(AREA_INFO, line, put_line("cmdline", line));
	put_initrd(zero_page);
	put_zero_page(zero_page);
	put_e820(zero_page + ZP_E820, read8(zero_page + ZP_E820_ENTRIES));
	put_setup_data(read64(zero_page + ZP_SETUP_DATA));
}
