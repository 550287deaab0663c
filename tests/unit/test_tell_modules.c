// SPDX-License-Identifier: BSD-2-Clause
/*
 * tell_modules.c, and image.c's two tries with it: where a kernel finds the
 * modules that it gets one by one.
 */
#include "image.h"
#include "kernel_guest.h"

#define KERNEL_END (LINK_AT + SPAN_LEN)
#define NO_ROOM	   "no free RAM for a module below 4 GiB: "

static struct kernel_file file;
static struct image image;

static int setup(void **state)
{
	kernel_setup(state);
	file = kernel_file(false, LINK_AT, 0);
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	boot.payload.image =
		(struct view){ guest_at(&mem, FILE_AT, FILE_LEN), FILE_LEN };
	assert_fine(image_open_elf(boot.payload.image, &image));
	return 0;
}

static void module_at(phys at, u64 len)
{
	guest_module(at, len, "", "");
}

static why plan_image(void)
{
	plan_init(&plan, &info);
	return image_plan(&boot, &image, &plan);
}

/* Plan, do the copies, and see the modules' bytes. */
static void assert_placed(void)
{
	assert_fine(plan_image());
	assert_promises();
	depart_copies(&mem, plan.copies, plan.nr_copies);
	assert_loaded(LINK_AT);
	for (u32 i = 0; i < boot.payload.nr_modules; i++) {
		struct range pages = module_pages(i);
		u64 len = range_len(boot.payload.modules[i].range);

		assert_false(
			range_overlaps(pages, r(LINK_AT, LINK_AT + SPAN_LEN)));
		for (u64 k = 0; k < len; k++)
			assert_int_equal(*guest_at(&mem, pages.start + k, 1),
					 module_byte(i, k));
	}
}

static void a_module_on_free_pages_stays(void **state)
{
	(void)state;
	module_at(6 * MIB, 5000);
	module_at(2 * MIB, 4096);
	module_at(6 * MIB + 0x2000, 1);
	assert_placed();
	assert_int_equal(plan.module_at[0], 6 * MIB);
	assert_int_equal(plan.module_at[1], 2 * MIB);
	assert_int_equal(plan.module_at[2], 6 * MIB + 0x2000);
	assert_int_equal(plan_copied(&plan), TEXT_LEN + DATA_LEN);
}

static void one_off_a_page_goes_above_the_kernel(void **state)
{
	(void)state;
	module_at(6 * MIB + 1, 5000);
	module_at(2 * MIB + 16, 1);
	assert_placed();
	assert_int_equal(plan.module_at[0], align_up(KERNEL_END, PAGE_SIZE));
	assert_int_equal(plan.module_at[1],
			 align_up(KERNEL_END, PAGE_SIZE) + 0x2000);
}

/* Address 0 is none. */
static void one_at_0_is_moved(void **state)
{
	(void)state;
	module_at(0, 100);
	assert_placed();
	assert_int_equal(plan.module_at[0], align_up(KERNEL_END, PAGE_SIZE));
}

static void one_in_the_kernels_place_is_moved(void **state)
{
	static const phys places[] = { LINK_AT - 0x1000, LINK_AT,
				       LINK_AT + DATA_AT, LINK_AT + 0x3000 };

	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		setup(state);
		module_at(places[i], 0x1001);
		assert_placed();
		assert_true(plan.module_at[0] >= KERNEL_END);
	}
}

static void two_on_one_page_do_not_stay_on_it(void **state)
{
	(void)state;
	module_at(6 * MIB, 0x1800);
	module_at(6 * MIB + 0x1800, 0x800);
	assert_placed();
	assert_int_equal(plan.module_at[0], 6 * MIB);
	assert_int_equal(plan.module_at[1], align_up(KERNEL_END, PAGE_SIZE));
}

static void one_whose_last_page_is_not_all_ram_is_moved(void **state)
{
	(void)state;
	guest_map(6 * MIB + 0x1900, 6 * MIB + 0x1a00, REGION_RESERVED);
	module_at(6 * MIB, 0x1800);
	assert_placed();
	assert_int_equal(plan.module_at[0], align_up(KERNEL_END, PAGE_SIZE));
}

static void one_over_gangway_may_stay(void **state)
{
	(void)state;
	info.holds.nr = 0;
	info_hold(&info, 2 * MIB, 64 * KIB); /* tables end with telling */
	module_at(2 * MIB, 64 * KIB);
	assert_placed();
	assert_int_equal(plan.module_at[0], 2 * MIB);
}

static void one_above_4_gib_comes_down(void **state)
{
	static const phys places[] = { 4 * GIB - 0x1000, 4 * GIB, 1ull << 40 };

	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		setup(state);
		guest_map(3 * GIB, 8 * GIB, REGION_RAM);
		guest_map(1ull << 40, (1ull << 40) + MIB, REGION_RAM);
		module_at(places[i], 0x1001);
		assert_fine(plan_image());
		assert_promises();
		assert_int_equal(plan.module_at[0],
				 align_up(KERNEL_END, PAGE_SIZE));
		assert_int_equal(plan.copies[plan.nr_copies - 1].src,
				 places[i]);
	}
	setup(state);
	guest_map(3 * GIB, 8 * GIB, REGION_RAM);
	module_at(4 * GIB - 0x2000, 0x1001);
	assert_fine(plan_image());
	assert_int_equal(plan.module_at[0], 4 * GIB - 0x2000);
}

static void the_kernels_gap_is_as_good_as_any(void **state)
{
	struct elf64_phdr *data = &file.segments[SEGMENT_DATA];

	(void)state;
	data->p_vaddr = data->p_paddr = LINK_AT + 3 * MIB;
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	assert_fine(image_open_elf(boot.payload.image, &image));
	module_at(LINK_AT + MIB, 0x1000);
	assert_fine(plan_image());
	assert_promises();
	assert_int_equal(plan.module_at[0], LINK_AT + MIB);
}

static void with_no_room_above_the_kernel_they_go_below(void **state)
{
	(void)state;
	guest_no_ram();
	guest_map(0, 0x9f000, REGION_RAM);
	guest_map(2 * MIB, KERNEL_END, REGION_RAM);
	guest_map(5 * MIB, 16 * MIB, REGION_ACPI);
	module_at(6 * MIB, 0x2001);
	assert_placed();
	assert_int_equal(plan.module_at[0] % PAGE_SIZE, 0);
	assert_true(plan.module_at[0] < LINK_AT);
}

static void without_any_room_the_boot_ends(void **state)
{
	(void)state;
	/* The file is not to be written over by the module's bytes. */
	memmove(guest_at(&mem, 15 * MIB, FILE_LEN), boot.payload.image.at,
		FILE_LEN);
	boot.payload.image.at = guest_at(&mem, 15 * MIB, FILE_LEN);
	assert_fine(image_open_elf(boot.payload.image, &image));
	module_at(2 * MIB + 1, 12 * MIB);
	assert_says(plan_image(), NO_ROOM);
	assert_int_equal(plan.wanted.len, 12 * MIB);
	assert_int_equal(plan.wanted.end, 4 * GIB);
}

/* What stays may leave no room for the rest: then nothing stays. */
static void all_move_if_what_stays_is_in_the_way(void **state)
{
	(void)state;
	guest_no_ram();
	guest_map(0, 0x20000, REGION_RAM);
	guest_map(LINK_AT, LINK_AT + 0x40000, REGION_RAM);
	guest_map(6 * MIB, 7 * MIB, REGION_ACPI);
	module_at(LINK_AT + 0x20000, 0x1000);
	module_at(6 * MIB, 0x30000);
	plan_init(&plan, &info);
	plan.entry = "kept";
	plan.arena_end = 0x18000;
	plan.arena_len = 0x8765;
	assert_fine(image_plan(&boot, &image, &plan));
	assert_promises();
	assert_string_equal(plan.entry, "kept");
	assert_int_equal(plan.module_at[0], LINK_AT + 0x4000);
	assert_int_equal(plan.module_at[1], LINK_AT + 0x5000);
	assert_true(plan.arena.end <= 0x18000);
	assert_true(range_len(plan.arena) >= 0x8765);
}

static void as_many_as_there_may_be_are_placed(void **state)
{
	(void)state;
	for (u32 i = 0; i < MAX_MODULES - 1; i++)
		module_at(9 * MIB + i * 0x2001, 0x1777);
	assert_placed();
	setup(state);
	for (u32 i = 0; i < MAX_MODULES; i++)
		module_at(9 * MIB + i * 0x2000, 0x1777);
	assert_placed();
	assert_int_equal(plan.module_at[MAX_MODULES - 1],
			 9 * MIB + (MAX_MODULES - 1) * 0x2000);
}

/* Each lies where another goes. */
static void modules_change_places(void **state)
{
	(void)state;
	guest_no_ram();
	guest_map(0x1000, 0x9f000, REGION_RAM);
	guest_map(LINK_AT, LINK_AT + 0x40000, REGION_RAM);
	for (u32 i = 0; i < 8; i++)
		module_at(LINK_AT + 0x123 + i * 0x4000, 0x4000);
	boot.payload.image.at = guest_at(&mem, FILE_AT, FILE_LEN);
	assert_placed();
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_module_on_free_pages_stays),
		TEST(one_off_a_page_goes_above_the_kernel),
		TEST(one_at_0_is_moved),
		TEST(one_in_the_kernels_place_is_moved),
		TEST(two_on_one_page_do_not_stay_on_it),
		TEST(one_whose_last_page_is_not_all_ram_is_moved),
		TEST(one_over_gangway_may_stay),
		TEST(one_above_4_gib_comes_down),
		TEST(the_kernels_gap_is_as_good_as_any),
		TEST(with_no_room_above_the_kernel_they_go_below),
		TEST(without_any_room_the_boot_ends),
		TEST(all_move_if_what_stays_is_in_the_way),
		TEST(as_many_as_there_may_be_are_placed),
		TEST(modules_change_places),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
