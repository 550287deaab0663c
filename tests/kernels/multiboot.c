/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The common half of the probe's two Multiboot protocols.
 */
#include "multiboot.h"

#include "console.h"
#include "crc32.h"
#include "report.h"
#include "state.h"

#define SHDR32_SIZE  40
#define SHDR64_SIZE  64
#define MAX_SECTIONS 32
#define SHT_NULL     0
#define SHT_NOBITS   8
#define SHF_ALLOC    2
#define COLOURS_SIZE 6

void multiboot_check_state(const struct state *state, uint32_t magic)
{
	check(state->mode == 32, "the kernel is entered in 32-bit mode");
	check(state->ax == magic, "EAX is the magic number");
	check(state->cr0 & CR0_PE, "protected mode is on");
	check(!(state->cr0 & CR0_PG), "paging is off");
	check(!(state->flags & FLAGS_IF), "interrupts are off");
	check(!(state->flags & FLAGS_VM), "virtual 8086 mode is off");
	check_flat(state);
	check_flat_fs_gs(state);
}

uint64_t multiboot_put_module(uint64_t start, uint64_t end, uint64_t string)
{
	uint64_t size = end - start;

	check(start <= end, "a module begins before it ends");
	if (start > end)
		size = 0;
	take_area(AREA_MODULE, start, size);
	return put_row_text("module", string,
			    VALUES(start, size, crc32(0, start, size), string));
}

void multiboot_put_framebuffer(uint64_t at, uint64_t colours)
{
	put_row_bytes("framebuffer", colours, COLOURS_SIZE,
		      VALUES(read64(at), read32(at + 8), read32(at + 12),
			     read32(at + 16), read8(at + 20), read8(at + 21)));
}

static void put_section(uint32_t type, uint64_t flags, uint64_t at,
			uint64_t size)
{
	bool has_content = type != SHT_NULL && type != SHT_NOBITS && at;
	uint32_t crc = has_content ? crc32(0, at, size) : 0;

	put_row("section", VALUES(type, flags, at, size, crc));
	if (has_content && !(flags & SHF_ALLOC))
		take_area(AREA_INFO, at, size);
}

void multiboot_put_sections(uint64_t at, uint32_t nr, uint32_t entry_size)
{
	check(nr <= MAX_SECTIONS, "there are as many sections as in the file");
	if (!nr || nr > MAX_SECTIONS)
		return;
	check(entry_size == SHDR32_SIZE || entry_size == SHDR64_SIZE,
	      "section headers are those of ELF");
	for (; nr; nr--, at += entry_size)
		if (entry_size == SHDR32_SIZE)
			put_section(read32(at + 4), read32(at + 8),
				    read32(at + 12), read32(at + 20));
		else
			put_section(read32(at + 4), read64(at + 8),
				    read64(at + 16), read64(at + 32));
}
