/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe as a PVH kernel (Xen, docs/misc/pvh.pandoc and
 * public/arch-x86/hvm/start_info.h).
 */
#include "console.h"
#include "crc32.h"
#include "protocols.h"
#include "report.h"
#include "state.h"

#define MAGIC	     0x336ec578
#define SIZE_0	     40
#define SIZE_1	     56
#define MODULE_SIZE  32
#define MAP_SIZE     24
#define MAX_ENTRIES  4096
#define TSS_LIMIT    0x67
#define TYPE_MASK    0xff
#define TSS_BUSY     0x8b
#define EFER_RUNNING (EFER_LME | EFER_LMA)

#define INFO_VERSION 4
#define INFO_FLAGS   8
#define INFO_NR_MODS 12
#define INFO_MODULES 16
#define INFO_CMDLINE 24
#define INFO_RSDP    32
#define INFO_MAP     40
#define INFO_NR_MAP  48

static void check_state(const struct state *state)
{
	uint64_t tss = descriptor(state, state->tr);

	check(state->mode == 32, "the kernel is entered in 32-bit mode");
	check((state->cr0 & ~(uint64_t)CR0_ET) == CR0_PE,
	      "CR0 has PE and nothing else");
	check(state->cr4 == 0, "CR4 is 0");
	check(!(state->efer & EFER_RUNNING), "long mode is not enabled");
	check(!(state->flags & FLAGS_IF), "interrupts are off");
	check(!(state->flags & FLAGS_TF), "single steps are off");
	check(!(state->flags & FLAGS_VM), "virtual 8086 mode is off");
	check_flat(state);
	check((descriptor_type(tss) & TYPE_MASK) == TSS_BUSY &&
		      descriptor_limit(tss) == TSS_LIMIT,
	      "TR is a busy 32-bit TSS with limit 0x67");
}

static void take_low(uint64_t at, uint64_t size, const char *promise)
{
	check(at && at + size <= GIB, promise);
	take_area(AREA_INFO, at, size);
}

/* Strings are the one thing that may be absent. */
static void take_text(uint64_t at, uint64_t size)
{
	take_area(AREA_INFO, at, size);
	check(at + size <= 4ull * GIB, "a string is below 4 GiB");
}

static void put_modules(uint64_t info)
{
	uint32_t nr = read32(info + INFO_NR_MODS);
	uint64_t at = read64(info + INFO_MODULES);

	put_fact("nr_modules", nr);
	put_fact("modules_at", at);
	check(nr <= MAX_ENTRIES, "the number of modules is sane");
	if (!nr || nr > MAX_ENTRIES)
		return;
	take_low(at, nr * MODULE_SIZE, "the module list is below 1 GiB");
	for (; nr; nr--, at += MODULE_SIZE) {
		uint64_t start = read64(at), size = read64(at + 8);
		uint64_t text = read64(at + 16);

		take_area(AREA_MODULE, start, size);
		take_text(text,
			  put_row_text("module", text,
				       VALUES(start, size,
					      crc32(0, start, size), text)));
	}
}

static void put_map(uint64_t info)
{
	uint32_t nr = read32(info + INFO_NR_MAP);
	uint64_t at = read64(info + INFO_MAP);

	put_fact("map_at", at);
	put_fact("nr_map", nr);
	check(nr <= MAX_ENTRIES, "the length of the map is sane");
	if (!nr || nr > MAX_ENTRIES)
		return;
	take_low(at, nr * MAP_SIZE, "the memory map is below 1 GiB");
	for (; nr; nr--, at += MAP_SIZE)
		put_row("e820",
			VALUES(read64(at), read64(at + 8), read32(at + 16)));
}

uint64_t pvh_cmdline(const struct state *state)
{
	return read64(state->bx + INFO_CMDLINE);
}

void pvh_report(const struct state *state)
{
	uint64_t info = state->bx, line = pvh_cmdline(state);
	uint32_t version = read32(info + INFO_VERSION);

	check_state(state);
	check(read32(info) == MAGIC, "EBX leads to the magic number");
	put_fact("info_version", version);
	put_fact("info_flags", read32(info + INFO_FLAGS));
	take_low(info, version ? SIZE_1 : SIZE_0, "start_info is below 1 GiB");
	take_text(line, put_line("cmdline", line));
	put_modules(info);
	put_rsdp(read64(info + INFO_RSDP));
	if (version)
		put_map(info);
}
