// SPDX-License-Identifier: BSD-2-Clause
/*
 * bzimage_kernel.c, where the kernel goes: what stays, what is moved, and what
 * it costs. The numbers of pitfalls are those of our protocol notes,
 * chapter 6.
 */
#include "layout_guest.h"

#define LEN 14680064ull /* of a kernel */

static const char no_room[] =
	"no free RAM for the kernel and what it unpacks: ";

static void initrd_then_kernel_costs_nothing(void **state)
{
	(void)state;
	for (u64 len = 8 * MIB; len <= 256 * MIB; len *= 2) {
		layout_setup(state);
		layout_module(2 * MIB, 2 * MIB + len);
		layout_kernel(2 * MIB + len, LEN);
		assert_planned();
		assert_int_equal(plan.nr_copies, 0);
		assert_int_equal(plan_copied(&plan), 0);
		assert_int_equal(plan.load, image.start);
		assert_range(plan.initrd, 2 * MIB, 2 * MIB + len);
		assert_int_equal(
			plan.window.start,
			align_up(max_u64(image.start, 16 * MIB), 2 * MIB));
	}
}

static void kernel_then_initrd_costs_the_smaller_of_the_two(void **state)
{
	static const u64 lengths[] = { 4096,	 MIB + 1,  8 * MIB,
				       LEN - 1,	 LEN,	   LEN + 1,
				       32 * MIB, 64 * MIB, 200 * MIB };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(lengths); i++) {
		layout_setup(state);
		layout_kernel(4 * MIB, LEN);
		layout_module(20 * MIB, 20 * MIB + lengths[i]);
		assert_planned();
		assert_int_equal(plan_copied(&plan), min_u64(LEN, lengths[i]));
		if (lengths[i] > LEN)
			assert_range(plan.initrd, 20 * MIB,
				     20 * MIB + lengths[i]);
		if (lengths[i] < LEN)
			assert_int_equal(plan.load, image.start);
	}
}

static void a_kernel_alone_runs_where_it_lies_at_any_alignment(void **state)
{
	(void)state;
	for (u64 at = 2 * MIB; at < 60 * MIB; at += 3 * MIB + 0x1357) {
		layout_setup(state);
		layout_kernel(at, LEN);
		assert_planned();
		assert_int_equal(plan.nr_copies, 0);
		assert_int_equal(plan.load, image.start);
		assert_true(range_empty(plan.initrd));
	}
}

static void pitfall_8_nothing_lies_in_the_window(void **state)
{
	(void)state;
	layout_kernel(4 * MIB, LEN);
	assert_fine(try_hold(&info, 20 * MIB, MIB));
	layout_module(30 * MIB, 31 * MIB);
	assert_planned();
	assert_range(plan.window, 16 * MIB, 16 * MIB + 0x3378000);
	assert_int_equal(plan.load, image.start);
	assert_copy(plan.initrd.start, 30 * MIB, MIB);
}

static void pitfall_9_a_moved_kernel_goes_where_it_prefers(void **state)
{
	(void)state;
	layout_map(80 * MIB, 81 * MIB, REGION_RESERVED);
	layout_kernel(70 * MIB, 6 * MIB);
	assert_planned();
	assert_range(plan.window, 16 * MIB, 16 * MIB + 0x3378000);
	assert_int_equal(plan.load, 16 * MIB);
	assert_copy(16 * MIB, image.start, 6 * MIB);
}

static void pitfall_9_or_to_the_next_aligned_place(void **state)
{
	(void)state;
	layout_map(17 * MIB + 5, 17 * MIB + 6, REGION_NVS);
	layout_map(80 * MIB, 81 * MIB, REGION_RESERVED);
	layout_kernel(72 * MIB, 6 * MIB);
	assert_planned();
	assert_int_equal(plan.load, 18 * MIB);
	assert_int_equal(plan.window.start, 18 * MIB);
	assert_int_equal(plan.alignment, 2 * MIB);
}

static void pitfall_10_the_alignment_is_lowered_only_in_need(void **state)
{
	(void)state;
	layout_no_ram();
	layout_map(MIB, 70 * MIB, REGION_RAM);
	layout_map(16 * MIB, 17 * MIB + 4096, REGION_RESERVED);
	hdr.kernel_alignment = 16 * MIB;
	hdr.init_size = 40 * MIB;
	hdr.min_alignment = 13;
	layout_kernel(4 * MIB, 6 * MIB);
	assert_planned();
	assert_int_equal(plan.load, 24 * MIB);
	assert_int_equal(plan.alignment, 8 * MIB);
	assert_int_equal(plan.window.start, 24 * MIB);
}

static void pitfall_10_and_never_below_the_least(void **state)
{
	(void)state;
	layout_no_ram();
	layout_map(MIB, 56 * MIB + 8 * KIB, REGION_RAM);
	layout_map(16 * MIB, 16 * MIB + 4096, REGION_RESERVED);
	hdr.init_size = 40 * MIB;
	hdr.min_alignment = 13;
	layout_kernel(4 * MIB, 6 * MIB);
	assert_planned();
	assert_int_equal(plan.load, 16 * MIB + 8 * KIB);
	assert_int_equal(plan.alignment, 8 * KIB);
	hdr.min_alignment = 14;
	layout_kernel(4 * MIB, 6 * MIB);
	assert_says(layout_plan(), no_room);
}

static void
pitfall_10_even_if_only_the_lowered_one_ends_below_4_gib(void **state)
{
	(void)state;
	layout_no_ram();
	layout_map(MIB, 4 * GIB, REGION_RAM);
	hdr.kernel_alignment = 16 * MIB;
	hdr.min_alignment = 13;
	hdr.pref_address = 4 * GIB - 41 * MIB;
	hdr.init_size = 40 * MIB;
	hdr.xloadflags = 0;
	layout_kernel(4 * MIB, 6 * MIB);
	assert_planned();
	assert_int_equal(plan.load, 4 * GIB - 40 * MIB);
	assert_int_equal(plan.alignment, 8 * MIB);
}

static void pitfall_13_too_little_ram_for_the_alignment(void **state)
{
	(void)state;
	layout_no_ram();
	layout_map(MIB, 20 * MIB, REGION_RAM);
	hdr = bzimage_header(0x20f);
	hdr.xloadflags = 0;
	hdr.kernel_alignment = 16 * MIB;
	hdr.min_alignment = 0;
	hdr.init_size = 8 * MIB;
	layout_kernel(2 * MIB, 3 * MIB);
	assert_says(layout_plan(), no_room);
}

static void a_fixed_kernel_goes_over_gangway(void **state)
{
	(void)state;
	hdr = bzimage_header(0x204);
	hdr.init_size = 64 * MIB;
	layout_kernel(2 * MIB, 2 * MIB);
	layout_module(8 * MIB, 12 * MIB);
	assert_planned();
	assert_range(plan.window, MIB, 65 * MIB);
	assert_copy(MIB, image.start, 2 * MIB);
	assert_copy(plan.initrd.start, 8 * MIB, 4 * MIB);
	assert_string_equal(plan.entry, "32-bit entry");
}

static void a_fixed_kernel_that_lies_right_stays(void **state)
{
	(void)state;
	hdr.relocatable_kernel = 0;
	layout_kernel(16 * MIB - bzimage_setup_len(&hdr), LEN);
	assert_planned();
	assert_int_equal(plan.load, 16 * MIB);
	assert_int_equal(plan.nr_copies, 0);
}

static void a_fixed_kernel_without_its_place_is_refused(void **state)
{
	(void)state;
	hdr.relocatable_kernel = 0;
	layout_map(60 * MIB, 60 * MIB + 1, REGION_ACPI);
	layout_kernel(100 * MIB, 4 * MIB);
	assert_why(layout_plan(), "the kernel goes to 0x1000000-0x4378000, but "
				  "0x3c00000-0x3c00001 is ACPI: "
				  "gangway.overwrite=acpi puts it there");
	boot.options.overwrites = 1u << REGION_ACPI;
	assert_fine(layout_plan());
	assert_int_equal(plan.load, 16 * MIB);
}

static void a_machine_above_4_gib(void)
{
	layout_map(512 * MIB, 3 * GIB, REGION_RAM);
	layout_map(4 * GIB, 8 * GIB, REGION_RAM);
}

static void pieces_may_stay_above_4_gib_where_allowed(void **state)
{
	(void)state;
	a_machine_above_4_gib();
	layout_kernel(5 * GIB, LEN);
	layout_module(6 * GIB, 6 * GIB + 99 * MIB);
	assert_planned();
	assert_int_equal(plan.nr_copies, 0);
	assert_int_equal(plan.load, image.start);
	assert_int_equal(plan.initrd.start, 6 * GIB);
	assert_string_equal(plan.entry, "64-bit entry");
}

static void pitfall_31_or_else_they_are_moved_below(void **state)
{
	(void)state;
	a_machine_above_4_gib();
	hdr.xloadflags = LINUX_XLF_KERNEL_64;
	layout_kernel(5 * GIB, LEN);
	layout_module(6 * GIB, 6 * GIB + 99 * MIB);
	assert_planned();
	assert_int_equal(plan.load, 16 * MIB);
	assert_true(plan.initrd.end <= 0x80000000);
	assert_int_equal(plan_copied(&plan), LEN + 99 * MIB);
}

static void without_room_below_they_go_above_where_allowed(void **state)
{
	(void)state;
	layout_no_ram();
	layout_map(MIB, 16 * MIB, REGION_RAM);
	layout_map(5 * GIB, 6 * GIB, REGION_RAM);
	layout_kernel(2 * MIB, 8 * MIB);
	layout_module(11 * MIB + 1, 12 * MIB);
	assert_planned();
	assert_int_equal(plan.load, 5 * GIB);
	hdr.xloadflags = LINUX_XLF_KERNEL_64;
	layout_kernel(2 * MIB, 8 * MIB);
	assert_says(layout_plan(), no_room);
}

static void a_32_bit_kernel_stays_with_its_window_below_4_gib(void **state)
{
	(void)state;
	layout_map(3 * GIB, 6 * GIB, REGION_RAM);
	for (u32 above = 0; above < 2; above++) {
		hdr.xloadflags = above ? 3 : 0;
		info.nr_modules = info.holds.nr = 0;
		layout_kernel(4 * GIB - 16 * MIB, 8 * MIB);
		assert_planned();
		if (above)
			assert_int_equal(plan.load, image.start);
		else
			assert_true(plan.window.end <= 4 * GIB);
	}
}

static void a_window_past_the_end_of_memory_is_refused(void **state)
{
	(void)state;
	hdr.pref_address = -(u64)(5 * MIB);
	hdr.init_size = 4 * MIB;
	hdr.xloadflags = LINUX_XLF_KERNEL_64;
	layout_kernel(4 * MIB, MIB);
	assert_says(layout_plan(), no_room);
	hdr.kernel_alignment = 1u << 31;
	layout_kernel(4 * MIB, MIB);
	assert_says(layout_plan(), no_room);
}

static void no_room_for_the_arena_has_its_sentence(void **state)
{
	(void)state;
	layout_no_ram();
	layout_map(16 * MIB, 16 * MIB + 0x3378000, REGION_RAM);
	layout_map(8 * GIB, 9 * GIB, REGION_RAM);
	hdr.relocatable_kernel = 0;
	layout_kernel(8 * GIB, LEN);
	assert_says(layout_plan(), "no free RAM for the kernel's tables: ");
}

static void a_place_that_the_entry_does_not_reach_is_refused(void **state)
{
	(void)state;
	layout_map(4 * GIB, 6 * GIB, REGION_RAM);
	for (u32 is_movable = 0; is_movable < 2; is_movable++) {
		hdr.relocatable_kernel = (u8)is_movable;
		hdr.xloadflags = 0;
		hdr.pref_address = 4 * GIB;
		layout_kernel(70 * MIB, 5 * MIB);
		assert_why(layout_plan(),
			   "the kernel wants memory above 4 GiB, which its "
			   "entry does not reach");
		hdr.xloadflags = LINUX_XLF_KERNEL_64 | LINUX_XLF_ABOVE_4G;
		layout_kernel(70 * MIB, 5 * MIB);
		assert_planned();
		assert_true(plan.window.start >= 4 * GIB);
	}
}

#define TEST(f) cmocka_unit_test_setup(f, layout_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_place_that_the_entry_does_not_reach_is_refused),
		TEST(initrd_then_kernel_costs_nothing),
		TEST(kernel_then_initrd_costs_the_smaller_of_the_two),
		TEST(a_kernel_alone_runs_where_it_lies_at_any_alignment),
		TEST(pitfall_8_nothing_lies_in_the_window),
		TEST(pitfall_9_a_moved_kernel_goes_where_it_prefers),
		TEST(pitfall_9_or_to_the_next_aligned_place),
		TEST(pitfall_10_the_alignment_is_lowered_only_in_need),
		TEST(pitfall_10_and_never_below_the_least),
		TEST(pitfall_10_even_if_only_the_lowered_one_ends_below_4_gib),
		TEST(pitfall_13_too_little_ram_for_the_alignment),
		TEST(a_fixed_kernel_goes_over_gangway),
		TEST(a_fixed_kernel_that_lies_right_stays),
		TEST(a_fixed_kernel_without_its_place_is_refused),
		TEST(pieces_may_stay_above_4_gib_where_allowed),
		TEST(pitfall_31_or_else_they_are_moved_below),
		TEST(without_room_below_they_go_above_where_allowed),
		TEST(a_32_bit_kernel_stays_with_its_window_below_4_gib),
		TEST(a_window_past_the_end_of_memory_is_refused),
		TEST(no_room_for_the_arena_has_its_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, layout_end);
}
