/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A machine for kernels: RAM with gangway, a kernel's file and modules in it,
 * and the steps from the plan to the kernel's first instruction.
 */
#ifndef TESTS_KERNEL_GUEST_H
#define TESTS_KERNEL_GUEST_H

#include "boot.h"
#include "depart.h"
#include "format.h"
#include "kernel_file.h"
#include "paging_guest.h"
#include "tell.h"

#define GANGWAY	    MIB
#define GANGWAY_LEN (256 * KIB)
#define RAM_END	    (HOST_RAM - 64 * KIB)
#define FILE_AT	    (8 * MIB) /* where the kernel's file usually lies */
#define LINK_AT	    (4 * MIB) /* where kernels are usually linked to */
#define RSDP_AT	    0xe0010

static struct boot boot;
static struct handoff handoff;

static inline struct range r(phys start, phys end)
{
	return (struct range){ start, end };
}

static inline void guest_map(phys start, phys end, u32 type)
{
	info_add_region(&info, start, end - start, type);
	assert_fine(info.bad);
}

/* 16 MiB of RAM with the usual holes, and no kernel. */
static inline int kernel_setup(void **state)
{
	(void)state;
	if (!mem.host)
		mem = guest_new(0, HOST_RAM);
	memset(mem.host, 0xcc, HOST_RAM);
	info_init(&info, "test");
	boot_init(&boot, &mem, &info);
	paging_start(false);
	guest_map(0, 0x9fc00, REGION_RAM);
	guest_map(0xf0000, MIB, REGION_RESERVED);
	guest_map(MIB, RAM_END, REGION_RAM);
	guest_map(RAM_END, HOST_RAM, REGION_NVS);
	info_hold(&info, GANGWAY, GANGWAY_LEN);
	put_rsdp(&mem, RSDP_AT, 2);
	return 0;
}

static inline int kernel_end(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

/* Another map than the usual one. */
static inline void guest_no_ram(void)
{
	info.nr_regions = 0;
}

/* The kernel's file is what lies there; says which format claims it. */
static inline const char *guest_kernel(phys at, u64 len)
{
	struct view file = { guest_at(&mem, at, len), len };

	info_add_module(&info, at, at + len, VIEW(""));
	assert_fine(info.bad);
	boot.payload.image = file;
	boot.payload.format =
		format_of(file, boot.options.format, CLAIM_INSIDE);
	return boot.payload.format ? boot.payload.format->name : "none";
}

static inline const char *guest_elf(const struct kernel_file *file, phys at)
{
	kernel_write(file, guest_at(&mem, at, FILE_LEN));
	return guest_kernel(at, FILE_LEN);
}

static inline u8 module_byte(u32 module, u64 i)
{
	return (u8)(i * 5 + i / 253 + module * 77 + 3);
}

/* Another module, with bytes of its own if it lies in the host's memory. */
static inline void guest_module(phys at, u64 len, const char *name,
				const char *line)
{
	u32 nr = boot.payload.nr_modules++;

	boot.payload.modules[nr] = (struct module){
		.range = r(at, at + len),
		.name = { (const u8 *)name, strlen(name) },
		.line = { (const u8 *)line, strlen(line) },
		.string = VIEW(""),
	};
	info_add_module(&info, at, at + len, VIEW(""));
	assert_fine(info.bad);
	for (u64 i = 0; i < len && mem_has(&mem, at, len); i++)
		*guest_at(&mem, at + i, 1) = module_byte(nr, i);
}

static inline why guest_plan(void)
{
	plan_init(&plan, &info);
	return boot.payload.format->plan(&boot, &plan);
}

static inline void assert_in_ram(struct range range)
{
	struct range left = range;

	for (u32 i = 0; i < info.nr_regions; i++)
		if (info.regions[i].type == REGION_RAM &&
		    info.regions[i].range.start <= left.start)
			left.start =
				max_u64(left.start, info.regions[i].range.end);
	if (left.start < left.end)
		fail_msg("0x%lx-0x%lx is not RAM", range.start, range.end);
}

static inline struct range written(const struct copy *copy)
{
	return r(copy->dst, copy->dst + copy->len + copy->zero);
}

static inline struct range module_pages(u32 i)
{
	phys at = plan.module_at[i];

	return r(at, align_up(at + range_len(boot.payload.modules[i].range),
			      PAGE_SIZE));
}

/* What every plan of an image promises. */
static inline void assert_promises(void)
{
	assert_in_ram(plan.arena);
	assert_int_equal(plan.arena.start % PAGE_SIZE, 0);
	assert_true(plan.arena.start);
	assert_null(holds_first(&info.holds, plan.arena, UNTIL_TELL));
	for (u32 i = 0; i < plan.nr_copies; i++) {
		struct range dst = written(&plan.copies[i]);

		assert_in_ram(dst);
		assert_false(range_overlaps(dst, plan.arena));
		for (u32 j = 0; j < i; j++)
			assert_false(
				range_overlaps(dst, written(&plan.copies[j])));
	}
	for (u32 i = 0; i < boot.payload.nr_modules; i++) {
		struct range pages = module_pages(i);

		if (range_empty(boot.payload.modules[i].range))
			continue;
		assert_in_ram(pages);
		assert_true(pages.start);
		assert_int_equal(pages.start % PAGE_SIZE, 0);
		assert_true(pages.end <= 4 * GIB);
		assert_false(range_overlaps(pages, plan.arena));
		for (u32 j = 0; j < i; j++)
			assert_false(range_overlaps(pages, module_pages(j)));
	}
}

static inline void assert_planned(void)
{
	assert_fine(guest_plan());
	assert_promises();
}

/* Tell, which must not fail, and do what jump.S does. */
static inline void guest_leave(void)
{
	u64 len = range_len(plan.arena);
	phys at = 0;
	u8 *before = malloc(len);

	assert_non_null(before);
	assert_fine(boot_tell(&boot, &plan, &stub_departure, &at));
	assert_true(mem_read(&mem, at, &handoff, sizeof(handoff)));
	memcpy(before, guest_at(&mem, plan.arena.start, len), len);
	depart_copies(&mem, plan.copies, plan.nr_copies);
	assert_memory_equal(guest_at(&mem, plan.arena.start, len), before, len);
	free(before);
	for (u32 i = 0; i < boot.payload.nr_modules; i++) {
		len = range_len(boot.payload.modules[i].range);
		for (u64 k = 0; k < len; k++)
			assert_int_equal(
				*guest_at(&mem, plan.module_at[i] + k, 1),
				module_byte(i, k));
	}
}

static inline void guest_boot(void)
{
	assert_planned();
	guest_leave();
}

/* What the segments of a kernel file must have left in memory. */
static inline void assert_loaded(phys at)
{
	const u8 *text = guest_at(&mem, at, SPAN_LEN);

	assert_file_bytes(text, FILE_TEXT, TEXT_LEN);
	assert_file_bytes(text + DATA_AT, FILE_DATA, DATA_LEN);
	assert_all(text + DATA_AT + DATA_LEN, 0, DATA_MEMSZ - DATA_LEN);
}

/* The gap between the segments is as the machine was. */
static inline void assert_gap(phys at)
{
	assert_all(guest_at(&mem, at + TEXT_LEN, DATA_AT - TEXT_LEN), 0xcc,
		   DATA_AT - TEXT_LEN);
}

/* A string that was told lies in the arena. */
static inline void assert_told_string(phys at, const char *expected)
{
	struct view v;

	assert_true(at >= plan.arena.start && at < plan.arena.end);
	assert_true(mem_string(&mem, at, plan.arena.end - at, &v));
	assert_view(v, expected);
}

static inline u32 get32(phys at)
{
	u32 value = 0;

	assert_true(mem_read(&mem, at, &value, sizeof(value)));
	return value;
}

static inline u64 get64(phys at)
{
	u64 value = 0;

	assert_true(mem_read(&mem, at, &value, sizeof(value)));
	return value;
}

#endif
