/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine for whole boots: RAM with gangway, modules and what the loader
 * tells in it; main.c's steps without the hardware; and jump.S in C.
 */
#ifndef TESTS_BOOT_MACHINE_H
#define TESTS_BOOT_MACHINE_H

#include "acpi_keep.h"
#include "boot.h"
#include "depart.h"
#include "doors.h"
#include "format.h"
#include "open.h"
#include "paging_guest.h"

#define RAM_LEN	    (24 * MIB)
#define GANGWAY	    MIB
#define GANGWAY_LEN (256 * KIB)
#define INFO_AT	    0x10000 /* where loaders put what they tell, usually */
#define RSDP_AT	    0xe0010

struct piece {
	phys at;
	u64 len;
	const char *string; /* with the file's name */
};

/* What the loader knows. */
static struct machine {
	phys info_at;
	const char *cmdline;
	u32 nr_modules;
	struct piece modules[8];
	u32 nr_regions;
	struct region regions[64];
} machine;

static struct boot boot;
static struct handoff handoff;
static const char *step; /* of the boot, the last one done */

/* RAM to RAM_LEN, with the usual holes. */
static inline void machine_new(void)
{
	static const struct region usual[] = {
		{ { 0, 0x9fc00 }, REGION_RAM },
		{ { 0x9fc00, 0xa0000 }, REGION_RESERVED },
		{ { 0xf0000, MIB }, REGION_RESERVED },
		{ { MIB, RAM_LEN - 128 * KIB }, REGION_RAM },
		{ { RAM_LEN - 128 * KIB, RAM_LEN }, REGION_NVS },
		{ { 0xfffc0000, 4 * GIB }, REGION_RESERVED },
	};
	struct acpi_rsdp rsdp = make_rsdp(2);

	if (!mem.host)
		mem.host = malloc(RAM_LEN);
	assert_non_null(mem.host);
	mem = (struct mem){ .host = mem.host, .len = RAM_LEN };
	memset(mem.host, 0xcc, RAM_LEN);
	put(&mem, RSDP_AT, &rsdp, sizeof(rsdp));
	put16(&mem, 0x40e, 0x9fc0); /* segment of the EBDA */
	memset(&machine, 0, sizeof(machine));
	machine.info_at = INFO_AT;
	machine.cmdline = "gangway.elf outer words";
	machine.nr_regions = ARRAY_LEN(usual);
	memcpy(machine.regions, usual, sizeof(usual));
}

static inline int machine_setup(void **state)
{
	(void)state;
	machine_new();
	return 0;
}

static inline int machine_end(void **state)
{
	(void)state;
	free(mem.host);
	mem.host = NULL;
	return 0;
}

static inline void machine_put(phys at, const u8 *bytes, u64 len,
			       const char *string)
{
	put(&mem, at, bytes, len);
	machine.modules[machine.nr_modules++] =
		(struct piece){ at, len, string };
}

static inline why enter(const struct door *door, u32 magic, phys at)
{
	why bad;

	step = "door";
	info_init(&info, door->name);
	boot_init(&boot, &mem, &info);
	info_hold(&info, GANGWAY, GANGWAY_LEN);
	door->read(&mem, magic, at, &info);
	bad = info.bad;
	boot_options(&boot);
	acpi_keep(&mem, &info);
	if (!bad)
		bad = info_check(&info);
	if (!bad)
		bad = paging_extend(&stub_paging, &mem, &info, &plan);
	memset(info.seed, 0x5e, 32);
	info.seed_len = 32;
	return bad;
}

/* The steps of main.c; on failure, step tells which. */
static inline why machine_boot(const struct door *door, u32 magic, phys at)
{
	phys handoff_at = 0;
	why bad;

	paging_start(false);
	bad = enter(door, magic, at);
	if (bad)
		return bad;
	step = "open";
	bad = boot_open(&boot, &plan);
	boot_options(&boot);
	if (!bad)
		bad = options_judge(&boot.options);
	if (bad)
		return bad;
	step = "plan";
	plan_init(&plan, &info);
	bad = boot.payload.format->plan(&boot, &plan);
	if (bad)
		return bad;
	step = "tell";
	bad = boot_tell(&boot, &plan, &stub_departure, &handoff_at);
	if (!bad && !mem_read(&mem, handoff_at, &handoff, sizeof(handoff)))
		bad = "the handoff lies outside memory";
	return bad;
}

/* What jump.S does. Its copies must not reach what it runs from. */
static inline void machine_leave(void)
{
	struct range arena = plan.arena;
	u64 len = range_len(arena);
	u8 *before = malloc(len);

	assert_non_null(before);
	memcpy(before, guest_at(&mem, arena.start, len), len);
	assert_true(handoff.nr_copies <= MAX_COPIES);
	depart_copies(&mem, plan.copies, handoff.nr_copies);
	assert_memory_equal(guest_at(&mem, arena.start, len), before, len);
	assert_memory_equal(
		guest_at(&mem, handoff.copies, handoff.nr_copies * COPY_SIZE),
		plan.copies, handoff.nr_copies * COPY_SIZE);
	free(before);
}

#endif
