/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Machines of any size for planning a bzImage: the kernel's file is the only
 * memory there really is, all else is addresses.
 */
#ifndef TESTS_LAYOUT_GUEST_H
#define TESTS_LAYOUT_GUEST_H

#include "bzimage_file.h"
#include "format.h"

#define FILE_MAX (16 * MIB)

static struct mem mem; /* as long as the kernel's file */
static struct boot_info info;
static struct boot boot;
static struct plan plan;
static struct linux_setup_header hdr; /* of the kernel that comes next */
static struct range image;	      /* its protected-mode part */

static inline struct range r(phys start, phys end)
{
	return (struct range){ start, end };
}

static inline void layout_map(phys start, phys end, u32 type)
{
	assert_fine(try_region(&info, start, end - start, type));
}

/* As Debian's cloud kernel has it, in a machine of 512 MiB. */
static inline int layout_setup(void **state)
{
	(void)state;
	if (!mem.host)
		mem.host = malloc(FILE_MAX);
	assert_non_null(mem.host);
	info_init(&info, "test");
	boot_init(&boot, &mem, &info);
	layout_map(0, 0x9fc00, REGION_RAM);
	layout_map(0xf0000, MIB, REGION_RESERVED);
	layout_map(MIB, 512 * MIB, REGION_RAM);
	assert_fine(try_hold(&info, MIB, 256 * KIB)); /* gangway */
	hdr = bzimage_header(0x20f);
	hdr.init_size = 0x3378000;
	return 0;
}

static inline int layout_end(void **state)
{
	(void)state;
	free(mem.host);
	return 0;
}

/* Another map than that of 512 MiB. */
static inline void layout_no_ram(void)
{
	info.nr_regions = 0;
}

static inline void layout_kernel(phys at, u64 kernel_len)
{
	mem.start = at;
	mem.len = bzimage_len(&hdr, kernel_len);
	assert_true(mem.len <= FILE_MAX);
	boot.payload.image = bzimage_put(&mem, at, &hdr, 4096);
	/* Only its length counts from there on. */
	boot.payload.image.len = mem.len;
	put32(&mem, at + 0x1f4, (u32)((kernel_len + 15) / 16));
	boot.payload.format = format_of(boot.payload.image, NULL, CLAIM_INSIDE);
	assert_non_null(boot.payload.format);
	assert_fine(try_module(&info, at, at + mem.len, VIEW("")));
	image = r(at + bzimage_setup_len(&hdr), at + mem.len);
}

static inline void layout_module(phys start, phys end)
{
	assert_fine(try_module(&info, start, end, VIEW("")));
	boot.payload.modules[boot.payload.nr_modules++] =
		info.modules[info.nr_modules - 1];
}

static inline why layout_plan(void)
{
	plan_init(&plan, &info);
	return boot.payload.format->plan(&boot, &plan);
}

static inline void assert_ram(struct range range)
{
	for (u32 i = 0; i < info.nr_regions; i++) {
		struct region region = info.regions[i];

		if (region.type == REGION_RAM &&
		    range_within(range, region.range))
			return;
	}
	fail_msg("0x%lx-0x%lx is not RAM", range.start, range.end);
}

/* What must hold in every layout. */
static inline void assert_sound(void)
{
	struct range load = r(plan.load, plan.load + plan.load_len);
	struct range initrd =
		r(plan.initrd.start, align_up(plan.initrd.end, PAGE_SIZE));

	assert_ram(load);
	assert_ram(plan.window);
	assert_ram(plan.arena);
	assert_true(plan.window.start >= plan.load);
	assert_int_equal(range_len(plan.window), hdr.init_size);
	assert_false(range_overlaps(load, plan.arena));
	assert_false(range_overlaps(plan.window, plan.arena));
	assert_true(plan.arena.end <= 4 * GIB);
	if (range_empty(plan.initrd))
		return;
	assert_ram(initrd);
	assert_int_equal(initrd.start % PAGE_SIZE, 0);
	assert_false(range_overlaps(initrd, load));
	assert_false(range_overlaps(initrd, plan.window));
	assert_false(range_overlaps(initrd, plan.arena));
}

static inline void assert_planned(void)
{
	assert_fine(layout_plan());
	assert_sound();
}

/* The copy whose destination starts there. */
static inline void assert_copy(phys dst, phys src, u64 len)
{
	for (u32 i = 0; i < plan.nr_copies; i++) {
		const struct copy *copy = &plan.copies[i];

		if (copy->dst == dst && copy->len) {
			assert_int_equal(copy->src, src);
			assert_int_equal(copy->len, len);
			return;
		}
	}
	fail_msg("nothing is copied to 0x%lx", dst);
}

static inline void assert_range(struct range range, phys start, phys end)
{
	assert_int_equal(range.start, start);
	assert_int_equal(range.end, end);
}

#endif
