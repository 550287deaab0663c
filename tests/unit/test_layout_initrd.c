// SPDX-License-Identifier: BSD-2-Clause
/*
 * bzimage_kernel.c, where the initrd goes and how its parts are joined, and
 * what is refused before anything is placed. The numbers of pitfalls are those
 * of our protocol notes, chapter 6.
 */
#include "layout_guest.h"

#define LEN (4 * MIB) /* of a kernel */

static void pitfall_30_no_modules_are_no_initrd(void **state)
{
	(void)state;
	layout_kernel(4 * MIB, LEN);
	assert_planned();
	assert_true(range_empty(plan.initrd));
}

static void pitfall_27_an_initrd_begins_on_a_page(void **state)
{
	(void)state;
	layout_kernel(70 * MIB, LEN);
	layout_module(200 * MIB + 16, 201 * MIB);
	assert_planned();
	assert_copy(plan.initrd.start, 200 * MIB + 16, MIB - 16);
	assert_int_equal(range_len(plan.initrd), MIB - 16);
}

/* Linux takes an address of 0 for none. */
static void an_initrd_at_address_0_is_moved(void **state)
{
	(void)state;
	layout_kernel(70 * MIB, LEN);
	layout_module(0, 16 * KIB);
	assert_planned();
	assert_int_not_equal(plan.initrd.start, 0);
	assert_copy(plan.initrd.start, 0, 16 * KIB);
}

static void pitfall_27_its_last_page_is_its_own(void **state)
{
	(void)state;
	layout_kernel(70 * MIB, LEN);
	layout_module(200 * MIB, 200 * MIB + 5);
	assert_planned();
	assert_range(plan.initrd, 200 * MIB, 200 * MIB + 5);
	assert_false(plan_is_free(
		&plan, r(200 * MIB + PAGE_SIZE - 1, 200 * MIB + PAGE_SIZE)));
	assert_true(plan_is_free(&plan, r(200 * MIB + PAGE_SIZE, 210 * MIB)));
	layout_map(200 * MIB + 8, 201 * MIB, REGION_ACPI);
	assert_planned();
	assert_int_equal(plan.initrd_from, 200 * MIB);
	assert_int_equal(plan.load_from, plan.load);
	assert_copy(plan.initrd.start, 200 * MIB, 5);
}

/* The kernel's own file may end in the initrd's first page, but then it must
 * not be needed there. */
static void pitfall_27_a_page_shared_with_the_kernel_is_not_shared(void **state)
{
	(void)state;
	layout_module(60 * MIB, 70 * MIB - 0x700);
	layout_kernel(70 * MIB - 0x700, LEN);
	assert_planned();
	assert_int_equal(plan_copied(&plan), LEN);
}

static void pitfall_28_the_limit_is_inclusive(void **state)
{
	(void)state;
	hdr.xloadflags = 0;
	hdr.initrd_addr_max = 200 * MIB - 1;
	layout_kernel(70 * MIB, LEN);
	layout_module(199 * MIB, 200 * MIB);
	assert_planned();
	assert_int_equal(plan.nr_copies, 0);
	hdr.initrd_addr_max--;
	layout_kernel(70 * MIB, LEN);
	assert_planned();
	assert_copy(plan.initrd.start, 199 * MIB, MIB);
	assert_true(plan.initrd.end <= hdr.initrd_addr_max + 1);
}

static void pitfall_28_a_moved_initrd_ends_at_the_limit(void **state)
{
	(void)state;
	hdr.initrd_addr_max = 0x0fffffff;
	layout_kernel(70 * MIB, LEN);
	layout_module(300 * MIB + 1, 310 * MIB);
	assert_planned();
	assert_range(plan.initrd, 246 * MIB, 256 * MIB - 1);
}

static void pitfall_28_an_initrd_longer_than_its_limit_is_refused(void **state)
{
	(void)state;
	hdr.xloadflags = 0;
	hdr.initrd_addr_max = 100 * MIB - 1;
	layout_kernel(4 * MIB, LEN);
	layout_module(200 * MIB, 300 * MIB);
	assert_says(layout_plan(),
		    "no free RAM for the initrd below its limit: ");
	layout_module(300 * MIB, 300 * MIB + 1);
	assert_why(layout_plan(), "the initrd has 102401 KiB, and the kernel "
				  "takes one only below 0x6400000");
}

static void pitfall_29_lengths_are_summed_without_wrapping(void **state)
{
	(void)state;
	layout_no_ram();
	layout_map(0, -(u64)4096, REGION_RAM);
	layout_kernel(4 * MIB, LEN);
	for (u32 i = 0; i < 3; i++)
		layout_module(GIB, GIB + (1ull << 63) - 2 * GIB);
	assert_why(layout_plan(), "the initrds are longer than any memory");
	boot.payload.nr_modules = 2;
	hdr.xloadflags = 0;
	layout_kernel(4 * MIB, LEN);
	assert_says(layout_plan(), "the initrd has ");
}

static void pitfall_31_an_initrd_above_4_gib_is_moved_below(void **state)
{
	(void)state;
	layout_map(4 * GIB, 6 * GIB, REGION_RAM);
	layout_kernel(70 * MIB, LEN);
	layout_module(5 * GIB, 5 * GIB + MIB);
	assert_planned();
	assert_int_equal(plan.nr_copies, 0);
	hdr.xloadflags = LINUX_XLF_KERNEL_64;
	layout_kernel(70 * MIB, LEN);
	assert_planned();
	assert_range(plan.initrd, 511 * MIB, 512 * MIB);
	assert_copy(511 * MIB, 5 * GIB, MIB);
}

static void an_initrd_goes_above_4_gib_only_in_need(void **state)
{
	(void)state;
	layout_map(4 * GIB, 6 * GIB, REGION_RAM);
	layout_kernel(70 * MIB, LEN);
	layout_module(5 * GIB + 1, 5 * GIB + 300 * MIB);
	assert_planned();
	assert_true(plan.initrd.end <= 512 * MIB);
	layout_module(5 * GIB + 300 * MIB + 1, 5 * GIB + 600 * MIB);
	assert_planned();
	assert_range(plan.initrd, 5 * GIB - 600 * MIB, 5 * GIB - 1);
}

/* Where part i must be, and the zeroes behind it. */
static void assert_part(u32 i, phys at, u64 padding)
{
	struct range part = boot.payload.modules[i].range;
	bool found = false;

	if (part.start != at)
		assert_copy(at, part.start, range_len(part));
	for (u32 c = 0; c < plan.nr_copies; c++)
		found |= plan.copies[c].zero == padding && padding &&
			 plan.copies[c].dst + plan.copies[c].len ==
				 at + range_len(part);
	assert_int_equal(found, padding != 0);
}

static void pitfall_32_parts_are_padded_to_4_bytes(void **state)
{
	(void)state;
	layout_kernel(70 * MIB, LEN);
	layout_module(200 * MIB + 5, 200 * MIB + 10);
	layout_module(210 * MIB + 1, 210 * MIB + 9);
	layout_module(220 * MIB + 3, 220 * MIB + 1002);
	assert_planned();
	assert_int_equal(range_len(plan.initrd), 8 + 8 + 999);
	assert_part(0, plan.initrd.start, 3);
	assert_part(1, plan.initrd.start + 8, 0);
	assert_part(2, plan.initrd.start + 16, 0);
	assert_int_equal(plan_copied(&plan), 5 + 8 + 999);
}

static void the_longest_part_stays_and_others_go_around_it(void **state)
{
	(void)state;
	layout_kernel(70 * MIB, LEN);
	layout_module(300 * MIB, 300 * MIB + 4095);
	layout_module(200 * MIB, 203 * MIB + 1);
	layout_module(310 * MIB, 311 * MIB);
	assert_planned();
	assert_int_equal(plan_copied(&plan), 4095 + MIB);
	assert_range(plan.initrd, 200 * MIB - PAGE_SIZE, 204 * MIB + 4);
	assert_part(0, 200 * MIB - PAGE_SIZE, 1);
	assert_part(1, 200 * MIB, 3);
	assert_part(2, 203 * MIB + 4, 0);
}

static void parts_that_lie_right_are_not_touched(void **state)
{
	(void)state;
	layout_kernel(70 * MIB, LEN);
	layout_module(200 * MIB, 201 * MIB);
	layout_module(201 * MIB, 202 * MIB + 3);
	layout_module(202 * MIB + 4, 203 * MIB);
	assert_planned();
	assert_int_equal(plan_copied(&plan), 0);
	assert_range(plan.initrd, 200 * MIB, 203 * MIB);
	assert_int_equal(plan.nr_copies, 1);
	assert_part(1, 201 * MIB, 1);
}

static void as_many_parts_as_there_can_be_are_joined(void **state)
{
	(void)state;
	layout_kernel(70 * MIB, LEN);
	for (u32 i = 0; i < MAX_MODULES - 1; i++)
		layout_module(200 * MIB + i * 8192 + 1,
			      200 * MIB + i * 8192 + 4096);
	assert_planned();
	assert_int_equal(range_len(plan.initrd),
			 (MAX_MODULES - 2) * 4096 + 4095);
	for (u32 i = 0; i < MAX_MODULES - 1; i++)
		assert_part(i, plan.initrd.start + i * 4096,
			    i < MAX_MODULES - 2);
}

static void the_command_line_may_be_as_long_as_the_kernel_says(void **state)
{
	static u8 line[3000];

	(void)state;
	memset(line, 'x', sizeof(line));
	layout_kernel(70 * MIB, LEN);
	info.cmdline = (struct view){ line, 2047 };
	assert_planned();
	info.cmdline.len = 2048;
	assert_why(layout_plan(), "the command line has 2048 characters, and "
				  "the kernel takes 2047");
	boot.payload.line = VIEW("y");
	info.cmdline.len = 2045;
	assert_planned();
	info.cmdline.len = 2046;
	assert_says(layout_plan(), "the command line has ");
	memcpy(line, "gangway.log=quiet ", 18);
	assert_planned();
	hdr = bzimage_header(0x205);
	layout_kernel(70 * MIB, LEN);
	info.cmdline.len = 253 + 18;
	assert_fine(layout_plan());
	info.cmdline.len++;
	assert_says(layout_plan(), "the command line has ");
}

static void wrong_subarchs_are_refused(void **state)
{
	static const char is_guest[] =
		"hardware_subarch 1 and 2 are for guests of lguest and Xen PV, "
		"which this is not";
	static const char too_old[] =
		"the kernel's boot protocol has no hardware_subarch";

	(void)state;
	layout_kernel(70 * MIB, LEN);
	for (u32 i = 1; i <= 2; i++) {
		info.subarch = i;
		boot.options.has_subarch = false;
		assert_why(layout_plan(), is_guest);
		boot.options.has_subarch = true;
		boot.options.subarch = 0;
		assert_planned();
		boot.options.subarch = i;
		assert_why(layout_plan(), is_guest);
	}
	boot.options.subarch = 4;
	assert_planned();
	hdr.version = 0x206;
	layout_kernel(70 * MIB, LEN);
	assert_why(layout_plan(), too_old);
	boot.options.has_subarch = false;
	info.subarch = 0;
	assert_fine(layout_plan());
	boot.options.has_subarch_data = true;
	assert_why(layout_plan(), too_old);
}

static void a_damaged_kernel_is_refused(void **state)
{
	(void)state;
	layout_kernel(70 * MIB, LEN);
	boot.payload.image.len -= LEN / 2;
	assert_says(layout_plan(), "the file is cut off: it has ");
}

#define TEST(f) cmocka_unit_test_setup(f, layout_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pitfall_30_no_modules_are_no_initrd),
		TEST(pitfall_27_an_initrd_begins_on_a_page),
		TEST(an_initrd_at_address_0_is_moved),
		TEST(pitfall_27_its_last_page_is_its_own),
		TEST(pitfall_27_a_page_shared_with_the_kernel_is_not_shared),
		TEST(pitfall_28_the_limit_is_inclusive),
		TEST(pitfall_28_a_moved_initrd_ends_at_the_limit),
		TEST(pitfall_28_an_initrd_longer_than_its_limit_is_refused),
		TEST(pitfall_29_lengths_are_summed_without_wrapping),
		TEST(pitfall_31_an_initrd_above_4_gib_is_moved_below),
		TEST(an_initrd_goes_above_4_gib_only_in_need),
		TEST(pitfall_32_parts_are_padded_to_4_bytes),
		TEST(the_longest_part_stays_and_others_go_around_it),
		TEST(parts_that_lie_right_are_not_touched),
		TEST(as_many_parts_as_there_can_be_are_joined),
		TEST(the_command_line_may_be_as_long_as_the_kernel_says),
		TEST(wrong_subarchs_are_refused),
		TEST(a_damaged_kernel_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, layout_end);
}
