/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe as a Multiboot1 kernel (Multiboot Specification 0.6.96, 3.2 and
 * 3.3).
 */
#include "console.h"
#include "multiboot.h"
#include "protocols.h"
#include "report.h"

#define MAGIC	    0x2badb002
#define INFO_SIZE   88 /* without the framebuffer's fields */
#define INFO_WHOLE  116
#define MODULE_SIZE 16
#define MMAP_SIZE   20 /* what an entry's size says at least */
#define MAX_ENTRIES 4096

#define HAS_MEMORY	(1u << 0)
#define HAS_BOOT_DEVICE (1u << 1)
#define HAS_CMDLINE	(1u << 2)
#define HAS_MODULES	(1u << 3)
#define HAS_SYMBOLS	(1u << 4)
#define HAS_SECTIONS	(1u << 5)
#define HAS_MAP		(1u << 6)
#define HAS_DRIVES	(1u << 7)
#define HAS_CONFIG	(1u << 8)
#define HAS_LOADER	(1u << 9)
#define HAS_APM		(1u << 10)
#define HAS_VBE		(1u << 11)
#define HAS_FRAMEBUFFER (1u << 12)

#define INFO_MEMORY	 4
#define INFO_BOOT_DEVICE 12
#define INFO_CMDLINE	 16
#define INFO_MODULES	 20
#define INFO_SYMBOLS	 28
#define INFO_MAP	 44
#define INFO_DRIVES	 52
#define INFO_CONFIG	 60
#define INFO_LOADER	 64
#define INFO_APM	 68
#define INFO_VBE	 72
#define INFO_FRAMEBUFFER 88
#define INFO_COLOURS	 110

static bool has(uint64_t info, uint32_t flag)
{
	return read32(info) & flag;
}

static void take_text(uint64_t at, uint64_t size)
{
	check(at, "a string is not at address 0");
	take_area(AREA_INFO, at, size);
}

static void put_text_of(const char *name, uint64_t at)
{
	take_text(at, put_line(name, at));
}

static void put_modules(uint64_t info)
{
	uint32_t nr = read32(info + INFO_MODULES);
	uint64_t at = read32(info + INFO_MODULES + 4);

	put_fact("nr_modules", nr);
	put_fact("modules_at", at);
	check(nr <= MAX_ENTRIES, "the number of modules is sane");
	if (!nr || nr > MAX_ENTRIES)
		return;
	take_area(AREA_INFO, at, nr * MODULE_SIZE);
	for (; nr; nr--, at += MODULE_SIZE) {
		uint64_t text = read32(at + 8);

		take_text(text, multiboot_put_module(read32(at), read32(at + 4),
						     text));
		check(!read32(at + 12), "a module's last word is 0");
	}
}

static void put_map(uint64_t info)
{
	uint64_t len = read32(info + INFO_MAP);
	uint64_t at = read32(info + INFO_MAP + 4), end = at + len;

	put_fact("map_at", at);
	put_fact("map_len", len);
	take_area(AREA_INFO, at, len);
	while (at < end) {
		uint32_t size = read32(at);

		check(size >= MMAP_SIZE, "an entry of the map is whole");
		if (size < MMAP_SIZE)
			return;
		put_row("e820", VALUES(read64(at + 4), read64(at + 12),
				       read32(at + 20)));
		at += 4 + size;
	}
	check(at == end, "the map ends behind its last entry");
}

static void put_elf(uint64_t info)
{
	uint64_t at = info + INFO_SYMBOLS;
	uint32_t nr = read32(at), size = read32(at + 4);
	uint32_t table = read32(at + 8);

	put_row("sections", VALUES(nr, size, table, read32(at + 12)));
	take_area(AREA_INFO, table, nr * size);
	multiboot_put_sections(table, nr, size);
}

/* What gangway has nothing to fill in for. */
static void put_rest(uint64_t info)
{
	if (has(info, HAS_BOOT_DEVICE))
		put_fact("boot_device", read32(info + INFO_BOOT_DEVICE));
	if (has(info, HAS_SYMBOLS))
		put_row_bytes("symbols", info + INFO_SYMBOLS, 16, VALUES(16));
	if (has(info, HAS_DRIVES))
		put_row("drives", VALUES(read32(info + INFO_DRIVES),
					 read32(info + INFO_DRIVES + 4)));
	if (has(info, HAS_CONFIG))
		put_fact("config", read32(info + INFO_CONFIG));
	if (has(info, HAS_APM))
		put_fact("apm", read32(info + INFO_APM));
	if (has(info, HAS_VBE))
		put_row_bytes("vbe", info + INFO_VBE, 16, VALUES(16));
}

uint64_t multiboot1_cmdline(const struct state *state)
{
	return has(state->bx, HAS_CMDLINE) ? read32(state->bx + INFO_CMDLINE)
					   : 0;
}

static void check_flags(uint64_t info)
{
	put_fact("info_flags", read32(info));
	check(!(has(info, HAS_SYMBOLS) && has(info, HAS_SECTIONS)),
	      "there are a.out symbols or ELF sections, not both");
	take_area(AREA_INFO, info,
		  has(info, HAS_FRAMEBUFFER) ? INFO_WHOLE : INFO_SIZE);
}

void multiboot1_report(const struct state *state)
{
	uint64_t info = state->bx;

	multiboot_check_state(state, MAGIC);
	check_flags(info);
	if (has(info, HAS_MEMORY)) {
		put_fact("mem_lower", read32(info + INFO_MEMORY));
		put_fact("mem_upper", read32(info + INFO_MEMORY + 4));
	}
	if (has(info, HAS_CMDLINE))
		put_text_of("cmdline", read32(info + INFO_CMDLINE));
	if (has(info, HAS_LOADER))
		put_text_of("loader", read32(info + INFO_LOADER));
	if (has(info, HAS_MODULES))
		put_modules(info);
	if (has(info, HAS_SECTIONS))
		put_elf(info);
	if (has(info, HAS_MAP))
		put_map(info);
	if (has(info, HAS_FRAMEBUFFER))
		multiboot_put_framebuffer(info + INFO_FRAMEBUFFER,
					  info + INFO_COLOURS);
	put_rest(info);
}
