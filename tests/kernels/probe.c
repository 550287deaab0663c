/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe kernel: prints all that a loader gave it on COM1 as name=value
 * lines, says "probe: FAIL what" for each promise of the Linux boot protocol
 * that was not kept, and leaves by isa-debug-exit. Before it looks at anything
 * it overwrites the whole of its run-time window, as Linux's decompressor
 * does: what a loader left there by mistake is then seen to be lost.
 */
#include <stdbool.h>

#include "console.h"
#include "crc32.h"
#include "probe.h"

#define CODE_SELECTOR 0x10
#define DATA_SELECTOR 0x18
#define FLAGS_IF      0x200
#define FLAGS_DF      0x400
#define CR0_PE	      0x1
#define CR4_LA57      0x1000
#define CR4_PCIDE     0x20000
#define EFER_LMA      0x400
#define VERSION_2_10  0x20a
#define DEBUG_EXIT    0x501
#define EXIT_OK	      0x10
#define EXIT_BAD      0x11
#define FILL	      0xcc
#define MAX_NODES     64

/* Zero page, Documentation/arch/x86/zero-page.rst */
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
#define SETUP_SHOWN	256 /* bytes of a node's data that are printed */

static bool failed;

static uint32_t read32(uint64_t at)
{
	return *(const volatile uint32_t *)at;
}

static uint64_t read64(uint64_t at)
{
	return *(const volatile uint64_t *)at;
}

static void check(bool kept, const char *promise)
{
	if (kept)
		return;
	failed = true;
	put_text("probe: FAIL ");
	put_text(promise);
	put_text("\n");
}

static uint64_t descriptor(const struct state *state, uint64_t selector)
{
	if (selector + 7 > state->gdtr.limit)
		return 0;
	return read64(state->gdtr.base + selector);
}

static void put_state(const struct state *state, uint64_t base)
{
	put_text("entry=");
	put_number(state->mode);
	put_text("\n");
	put_fact("load", base);
	put_fact("tsc", state->tsc);
	put_fact("cr0", state->cr0);
	put_fact("cr3", state->cr3);
	put_fact("cr4", state->cr4);
	put_fact("efer", state->efer);
	put_fact("flags", state->flags);
	put_fact("cs", state->cs);
	put_fact("ds", state->ds);
	put_fact("es", state->es);
	put_fact("ss", state->ss);
	put_fact("rsi", state->si);
	put_fact("rsp", state->sp);
	put_fact("gdt", state->gdtr.base);
	put_fact("gdt_limit", state->gdtr.limit);
	put_fact("code_segment", descriptor(state, CODE_SELECTOR));
	put_fact("data_segment", descriptor(state, DATA_SELECTOR));
}

/* Base 0, limit 4 GiB, present, accessed; bits 40..54 as wanted. */
static bool is_flat(uint64_t descriptor, uint64_t wanted)
{
	uint64_t base =
		(descriptor >> 16 & 0xffffff) | (descriptor >> 56 & 0xff) << 24;
	uint64_t limit = (descriptor & 0xffff) | (descriptor >> 48 & 0xf) << 16;

	return base == 0 && limit == 0xfffff &&
	       (descriptor >> 40 & 0xf0ff) == wanted;
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
	check(is_flat(descriptor(state, DATA_SELECTOR), 0xc093),
	      "selector 0x18 is a flat data segment");
}

static void check32(const struct state *state)
{
	check(!(state->cr0 & CR0_PG), "paging is off");
	check(!(state->efer & EFER_LME), "long mode is not enabled");
	check(state->cr4 == 0, "CR4 is 0");
	check(state->bx == 0 && state->bp == 0 && state->di == 0,
	      "EBX, EBP and EDI are 0");
	check(is_flat(descriptor(state, CODE_SELECTOR), 0xc09b),
	      "selector 0x10 is a flat 32-bit code segment");
}

static void check64(const struct state *state)
{
	check(state->cr0 & CR0_PG, "paging is on");
	check(state->efer & EFER_LMA, "long mode is active");
	check(state->cr4 & CR4_PAE, "CR4.PAE is set");
	check(!(state->cr4 & (CR4_LA57 | CR4_PCIDE)),
	      "CR4.LA57 and CR4.PCIDE are clear");
	check((descriptor(state, CODE_SELECTOR) >> 40 & 0xf0ff) == 0xa09b ||
		      (descriptor(state, CODE_SELECTOR) >> 40 & 0xf0ff) ==
			      0x209b,
	      "selector 0x10 is a 64-bit code segment");
}

static void fill(uint64_t start, uint64_t end)
{
	if (start >= end)
		return;
	end -= start;
	__asm__ volatile("rep stosb"
			 : "+D"(start), "+c"(end)
			 : "a"(FILL)
			 : "memory");
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

static void use_window(const struct config *config, uint64_t base)
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
	fill_around(start, start + config->init_size, base, config->size);
}

static void put_range(const char *name, uint64_t at, uint64_t size,
		      uint32_t crc)
{
	put_text(name);
	put_text("=");
	put_hex(at);
	put_text(" ");
	put_hex(size);
	put_text(" ");
	put_hex(crc);
	put_text("\n");
}

static void put_image(const struct config *config, uint64_t base)
{
	uint32_t crc = crc32(0, base, config->mutable_start);

	crc = crc32(crc, base + config->mutable_end,
		    config->size - config->mutable_end);
	put_range("image", base, config->size, crc);
}

static void put_initrd(uint64_t zero_page)
{
	uint64_t at = read32(zero_page + ZP_RAMDISK) |
		      (uint64_t)read32(zero_page + ZP_EXT_RAMDISK) << 32;
	uint64_t size = read32(zero_page + ZP_RAMDISK_SIZE) |
			(uint64_t)read32(zero_page + ZP_EXT_SIZE) << 32;

	put_range("initrd", at, size, crc32(0, at, size));
}

static uint64_t cmdline_at(uint64_t zero_page)
{
	return read32(zero_page + ZP_CMDLINE) |
	       (uint64_t)read32(zero_page + ZP_EXT_CMDLINE) << 32;
}

static void put_cmdline(uint64_t at)
{
	put_fact("cmdline_at", at);
	put_text("cmdline=[");
	if (at)
		put_text((const char *)at);
	put_text("]\n");
}

static void put_e820(uint64_t at, uint64_t nr_entries)
{
	for (; nr_entries; nr_entries--, at += E820_SIZE) {
		put_text("e820=");
		put_hex(read64(at));
		put_text(" ");
		put_hex(read64(at + 8));
		put_text(" ");
		put_hex(read32(at + 16));
		put_text("\n");
	}
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
		put_text("setup_data=");
		put_hex(at);
		put_text(" ");
		put_hex(type);
		put_text(" ");
		put_hex(len);
		put_text(" ");
		put_bytes((const uint8_t *)(at + 16),
			  len < SETUP_SHOWN ? len : SETUP_SHOWN);
		put_text("\n");
		if (type == SETUP_E820_EXT)
			put_e820(at + 16, len / E820_SIZE);
	}
}

/* The rows of the zero page that are not all zero. */
static void put_zero_page(uint64_t zero_page)
{
	for (uint64_t at = 0; at < ZP_SIZE; at += 32) {
		const uint8_t *row = (const uint8_t *)(zero_page + at);
		bool empty = true;

		for (int i = 0; i < 32; i++)
			empty = empty && !row[i];
		if (empty)
			continue;
		put_text("zero_page=");
		put_hex(at);
		put_text(" ");
		put_bytes(row, 32);
		put_text("\n");
	}
}

static bool has_word(const char *line, const char *word)
{
	while (line && *line) {
		const char *w = word;

		while (*w && *line == *w) {
			line++;
			w++;
		}
		if (!*w && (!*line || *line == ' '))
			return true;
		while (*line && *line != ' ')
			line++;
		while (*line == ' ')
			line++;
	}
	return false;
}

static void report(const struct state *state, const struct config *config,
		   uint64_t base)
{
	uint64_t zero_page = state->si;

	use_window(config, base);
	check_common(state);
	if (state->mode == 32)
		check32(state);
	else
		check64(state);
	put_image(config, base);
	put_cmdline(cmdline_at(zero_page));
	put_initrd(zero_page);
	put_zero_page(zero_page);
	put_e820(zero_page + ZP_E820,
		 *(const uint8_t *)(zero_page + ZP_E820_ENTRIES));
	put_setup_data(read64(zero_page + ZP_SETUP_DATA));
}

void probe_main(const struct state *state, const struct config *config,
		uint64_t base);

void probe_main(const struct state *state, const struct config *config,
		uint64_t base)
{
	uint64_t zero_page = state->si;
	uint64_t cmdline = cmdline_at(zero_page);
	bool brief = has_word((const char *)cmdline, "probe.brief");

	put_text("probe: begin\n");
	put_state(state, base);
	if (!brief)
		report(state, config, base);
	put_text(failed ? "probe: bad\n" : "probe: ok\n");
	port_write(DEBUG_EXIT, failed ? EXIT_BAD : EXIT_OK);
}
