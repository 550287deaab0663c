// SPDX-License-Identifier: BSD-2-Clause
/*
 * plan.c, finding room: an example for each rule. Ordering copies has its own
 * file, and test_plan_model.c compares all of it with a slow model.
 */
#include "guest.h"
#include "plan.h"

#define P PAGE_SIZE

static struct boot_info info;
static struct plan plan;

static struct range r(phys start, phys end)
{
	return (struct range){ start, end };
}

static void ram(phys start, phys end)
{
	assert_fine(try_region(&info, start, end - start, REGION_RAM));
}

static void reserved(phys start, phys end)
{
	assert_fine(try_region(&info, start, end - start, REGION_RESERVED));
}

static void hold(phys start, phys end, enum until until)
{
	assert_true(holds_add(&info.holds, r(start, end), until));
}

static int setup(void **state)
{
	(void)state;
	info_init(&info, "test");
	plan_init(&plan, &info);
	return 0;
}

static void assert_range(struct range range, phys start, phys end)
{
	assert_int_equal(range.start, start);
	assert_int_equal(range.end, end);
}

static void assert_found(struct room want, enum until needed, phys start)
{
	struct range out = r(1, 2);

	assert_true(plan_find(&plan, &want, needed, &out));
	assert_range(out, start, start + want.len);
}

static void assert_none(struct room want, enum until needed)
{
	struct range out = r(1, 2);

	assert_false(plan_find(&plan, &want, needed, &out));
	assert_range(out, 1, 2);
}

static void a_new_plan_promises_nothing(void **state)
{
	(void)state;
	memset(&plan, 0xff, sizeof(plan));
	plan_init(&plan, &info);
	assert_ptr_equal(plan.info, &info);
	assert_fine(plan.bad);
	assert_int_equal(plan.holds.nr, 0);
	assert_int_equal(plan.nr_copies, 0);
	assert_int_equal(plan_copied(&plan), 0);
	assert_true(range_empty(plan.arena));
	assert_true(range_empty(plan.initrd));
	assert_true(range_empty(plan.window));
	assert_true(range_empty(plan.symbols));
	assert_int_equal(plan.wanted.len, 0);
	assert_int_equal(plan.symbols_len, 0);
	assert_int_equal(plan.delta, 0);
	assert_string_equal(plan.entry, "");
	assert_int_equal(plan.arena_end, 4 * GIB);
}

static void only_ram_is_free(void **state)
{
	(void)state;
	ram(1 * P, 8 * P);
	reserved(8 * P, 9 * P);
	ram(10 * P, 12 * P);
	assert_true(plan_is_free(&plan, r(1 * P, 8 * P)));
	assert_false(plan_is_free(&plan, r(1 * P, 8 * P + 1)));
	assert_false(plan_is_free(&plan, r(8 * P, 9 * P)));
	assert_false(plan_is_free(&plan, r(9 * P, 10 * P)));
	assert_false(plan_is_free(&plan, r(10 * P, 12 * P + 1)));
	assert_true(plan_is_free(&plan, r(11 * P, 12 * P)));
}

static void regions_of_ram_that_touch_are_one(void **state)
{
	(void)state;
	ram(1 * P, 3 * P);
	ram(3 * P, 4 * P);
	ram(4 * P, 6 * P);
	assert_int_equal(info.nr_regions, 3);
	assert_true(plan_is_free(&plan, r(2 * P, 5 * P)));
	assert_found((struct room){ .len = 5 * P, .align = P, .end = ANYWHERE },
		     UNTIL_TELL, P);
}

static void page_0_is_never_found_but_can_be_asked_for(void **state)
{
	(void)state;
	ram(0, 4 * P);
	assert_true(plan_is_free(&plan, r(0, P)));
	assert_true(plan_is_free(&plan, r(P - 1, 2 * P)));
	assert_found((struct room){ .len = 1, .align = 1, .end = ANYWHERE },
		     UNTIL_TELL, P);
	assert_none((struct room){ .len = 3 * P + 1,
				   .align = 1,
				   .end = ANYWHERE,
				   .highest = true },
		    UNTIL_TELL);
	assert_range(plan_largest(&plan, 0, ANYWHERE, false), P, 4 * P);
}

static void what_is_needed_before_the_jump_only_is_free_after_it(void **state)
{
	(void)state;
	ram(P, 16 * P);
	hold(2 * P, 3 * P, UNTIL_TELL);
	hold(4 * P, 5 * P, UNTIL_PLACE);
	hold(6 * P, 7 * P, UNTIL_FOREVER);
	assert_true(plan_is_free(&plan, r(P, 6 * P)));
	assert_false(plan_is_free(&plan, r(5 * P, 6 * P + 1)));
	assert_false(plan_is_free(&plan, r(6 * P + 5, 6 * P + 6)));
	assert_true(plan_is_free(&plan, r(7 * P, 16 * P)));
}

static void what_the_plan_has_promised_is_not_free(void **state)
{
	(void)state;
	ram(P, 16 * P);
	assert_null(try_keep(&plan, r(2 * P, 3 * P)));
	assert_null(try_copy(&plan, r(4 * P, 5 * P), 8 * P, P));
	assert_false(plan_is_free(&plan, r(2 * P, 2 * P + 1)));
	assert_false(plan_is_free(&plan, r(5 * P - 1, 6 * P)));
	assert_true(plan_is_free(&plan, r(5 * P, 9 * P)));
}

static void a_range_that_wraps_is_not_free(void **state)
{
	(void)state;
	ram(P, 16 * P);
	assert_false(plan_is_free(&plan, r(-(4 * P), 0)));
	assert_false(plan_is_free(&plan, r(-(4 * P), 4 * P)));
	assert_false(plan_is_free(&plan, r(8 * P, 4 * P)));
}

static void the_lowest_fit_is_found(void **state)
{
	struct room want = { .len = 2 * P, .align = P, .end = ANYWHERE };

	(void)state;
	ram(P, 2 * P);
	ram(4 * P, 16 * P);
	hold(5 * P, 6 * P, UNTIL_FOREVER);
	assert_found(want, UNTIL_TELL, 6 * P);
	want.len = P;
	assert_found(want, UNTIL_TELL, P);
	want.min = P + 1;
	assert_found(want, UNTIL_TELL, 4 * P);
}

static void the_highest_fit_is_found(void **state)
{
	struct room want = {
		.len = 2 * P, .align = P, .end = ANYWHERE, .highest = true
	};

	(void)state;
	ram(P, 8 * P);
	ram(9 * P, 16 * P);
	hold(14 * P, 15 * P, UNTIL_FOREVER);
	assert_found(want, UNTIL_TELL, 12 * P);
	want.len = P;
	assert_found(want, UNTIL_TELL, 15 * P);
	want.len = 6 * P;
	assert_found(want, UNTIL_TELL, 2 * P);
	want.end = 8 * P - 1;
	assert_found(want, UNTIL_TELL, P);
}

static void room_is_aligned_both_ways(void **state)
{
	struct room want = { .len = 3, .align = 4 * P, .end = ANYWHERE };

	(void)state;
	ram(P, 15 * P);
	hold(8 * P + 2, 8 * P + 3, UNTIL_FOREVER);
	assert_found(want, UNTIL_TELL, 4 * P);
	want.min = 4 * P + 1;
	assert_found(want, UNTIL_TELL, 12 * P);
	want.highest = true;
	assert_found(want, UNTIL_TELL, 12 * P);
	want.end = 12 * P + 2;
	want.min = 0;
	assert_found(want, UNTIL_TELL, 4 * P);
	want.align = 1;
	assert_found(want, UNTIL_TELL, 12 * P - 1);
}

static void room_that_fits_to_the_byte_is_taken(void **state)
{
	struct room want = {
		.len = 2 * P, .align = P, .min = 4 * P, .end = 6 * P
	};

	(void)state;
	ram(P, 16 * P);
	hold(3 * P, 4 * P, UNTIL_FOREVER);
	hold(6 * P, 7 * P, UNTIL_FOREVER);
	assert_found(want, UNTIL_TELL, 4 * P);
	want.highest = true;
	assert_found(want, UNTIL_TELL, 4 * P);
	want.len++;
	assert_none(want, UNTIL_TELL);
	want.highest = false;
	assert_none(want, UNTIL_TELL);
	want = (struct room){ .len = P, .align = P, .end = 5 * P - 1 };
	want.min = 4 * P;
	assert_none(want, UNTIL_TELL);
}

static void what_is_needed_at_all_is_avoided_if_possible(void **state)
{
	struct room want = { .len = 4 * P, .align = P, .end = ANYWHERE };

	(void)state;
	ram(P, 6 * P);
	ram(8 * P, 12 * P);
	hold(2 * P, 3 * P, UNTIL_TELL);
	assert_found(want, UNTIL_FOREVER, 8 * P);
	hold(8 * P, 9 * P, UNTIL_PLACE);
	assert_found(want, UNTIL_FOREVER, P);
	assert_found(want, UNTIL_PLACE, P);
	assert_none(want, UNTIL_TELL);
	hold(5 * P - 1, 5 * P, UNTIL_FOREVER);
	assert_found(want, UNTIL_FOREVER, 8 * P);
	assert_none(want, UNTIL_PLACE);
}

static void an_alignment_past_the_end_of_memory_finds_nothing(void **state)
{
	struct room want = { .len = P, .align = GIB, .end = ANYWHERE };

	(void)state;
	ram(PHYS_END - 16 * P, PHYS_END - 4 * P);
	assert_none(want, UNTIL_TELL);
	want.highest = true;
	assert_none(want, UNTIL_TELL);
	want.align = 4 * P;
	assert_found(want, UNTIL_TELL, PHYS_END - 8 * P);
}

static void finding_promises_nothing(void **state)
{
	struct room want = { .len = P, .align = P, .end = ANYWHERE };

	(void)state;
	ram(P, 2 * P);
	assert_found(want, UNTIL_FOREVER, P);
	assert_found(want, UNTIL_FOREVER, P);
	assert_int_equal(plan.holds.nr, 0);
}

static void the_largest_piece_lies_between_holds(void **state)
{
	(void)state;
	assert_true(range_empty(plan_largest(&plan, 0, ANYWHERE, false)));
	ram(P, 10 * P);
	ram(12 * P, 16 * P);
	assert_range(plan_largest(&plan, 0, ANYWHERE, false), P, 10 * P);
	hold(5 * P, 6 * P + 1, UNTIL_TELL);
	assert_range(plan_largest(&plan, 0, ANYWHERE, false), P, 5 * P);
	hold(3 * P, 4 * P, UNTIL_PLACE);
	assert_range(plan_largest(&plan, 0, ANYWHERE, false), 12 * P, 16 * P);
	assert_range(plan_largest(&plan, 0, 13 * P, false), 7 * P, 10 * P);
	assert_null(try_keep(&plan, r(8 * P, 9 * P)));
	assert_range(plan_largest(&plan, 0, 13 * P, false), P, 3 * P);
	assert_range(plan_largest(&plan, 2 * P + 1, 13 * P, false), 4 * P,
		     5 * P);
	assert_range(plan_largest(&plan, 12 * P + 1, ANYWHERE, false), 13 * P,
		     16 * P);
	hold(0, 16 * P, UNTIL_TELL);
	assert_true(range_empty(plan_largest(&plan, 0, ANYWHERE, false)));
}

static void what_there_is_no_room_for_is_said_in_numbers(void **state)
{
	struct room want = { .len = 20 * P + 1, .align = P, .end = ANYWHERE };
	struct range out;

	(void)state;
	ram(P, 10 * P);
	ram(12 * P, 16 * P);
	assert_false(plan_find(&plan, &want, UNTIL_FOREVER, &out));
	assert_why(plan_no_room(&plan, "the cat"),
		   "no free RAM for the cat: 81 KiB are wanted between 0x0 and "
		   "0x10000, where the largest free piece has 36 KiB; give the "
		   "machine more memory");
	want.min = 13 * P;
	want.end = 15 * P;
	assert_false(plan_find(&plan, &want, UNTIL_FOREVER, &out));
	assert_says(plan_no_room(&plan, "it"),
		    "no free RAM for it: 81 KiB are wanted between 0xd000 and "
		    "0xf000, where the largest free piece has 8 KiB;");
	want.min = 20 * P;
	want.end = 4 * GIB;
	assert_false(plan_find(&plan, &want, UNTIL_FOREVER, &out));
	assert_says(plan_no_room(&plan, "it"),
		    "no free RAM for it: 81 KiB are wanted between 0x14000 and "
		    "0x14000, where the largest free piece has 0 KiB;");
}

static void who_has_a_place_is_named(void **state)
{
	(void)state;
	ram(P, 10 * P);
	ram(12 * P, 16 * P);
	info_add_region(&info, 4 * P, P, REGION_NVS);
	assert_why(plan_no_place(&plan, "it", r(0, 2 * P), 0),
		   "it goes to 0x0-0x2000, but there is no RAM at 0x0");
	assert_why(plan_no_place(&plan, "it", r(2 * P, 6 * P), 2 * P),
		   "it goes to 0x2000-0x6000, but 0x4000-0x5000 is ACPI NVS: "
		   "gangway.overwrite=nvs puts it there");
	info_add_region(&info, 18 * P, P, REGION_ACPI);
	assert_why(plan_no_place(&plan, "it", r(18 * P, 19 * P), 18 * P),
		   "it goes to 0x12000-0x13000, but 0x12000-0x13000 is ACPI: "
		   "gangway.overwrite=acpi puts it there");
	assert_why(plan_no_place(&plan, "it", r(9 * P, 20 * P), 9 * P),
		   "it goes to 0x9000-0x14000, but there is no RAM at 0xa000");
	assert_why(plan_no_place(&plan, "it", r(15 * P, 20 * P), 15 * P),
		   "it goes to 0xf000-0x14000, but there is no RAM at 0x10000");
	assert_why(plan_no_place(&plan, "it", r(15 * P, 3 * P), 15 * P),
		   "it passes the end of memory");
	assert_null(try_keep(&plan, r(8 * P, 9 * P)));
	hold(13 * P, 14 * P, UNTIL_FOREVER);
	assert_why(
		plan_no_place(&plan, "it", r(7 * P, 10 * P), 7 * P),
		"it goes to 0x7000-0xa000, but 0x8000-0x9000 has the initrd, "
		"gangway's page tables, or what the loader's setup_data "
		"points at");
	assert_why(
		plan_no_place(&plan, "it", r(13 * P, 14 * P), 13 * P),
		"it goes to 0xd000-0xe000, but 0xd000-0xe000 has the initrd, "
		"gangway's page tables, or what the loader's setup_data "
		"points at");
}

static void the_largest_piece_may_end_inside_a_page(void **state)
{
	(void)state;
	ram(P + 1, 6 * P - 1);
	assert_range(plan_largest(&plan, 0, ANYWHERE, false), 2 * P, 6 * P - 1);
	hold(4 * P + 5, 4 * P + 6, UNTIL_TELL);
	assert_range(plan_largest(&plan, 0, ANYWHERE, false), 2 * P, 4 * P + 5);
	assert_range(plan_largest(&plan, 0, 3 * P + 7, false), 2 * P,
		     3 * P + 7);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_plan_promises_nothing),
		TEST(only_ram_is_free),
		TEST(regions_of_ram_that_touch_are_one),
		TEST(page_0_is_never_found_but_can_be_asked_for),
		TEST(what_is_needed_before_the_jump_only_is_free_after_it),
		TEST(what_the_plan_has_promised_is_not_free),
		TEST(a_range_that_wraps_is_not_free),
		TEST(the_lowest_fit_is_found),
		TEST(the_highest_fit_is_found),
		TEST(room_is_aligned_both_ways),
		TEST(room_that_fits_to_the_byte_is_taken),
		TEST(what_is_needed_at_all_is_avoided_if_possible),
		TEST(an_alignment_past_the_end_of_memory_finds_nothing),
		TEST(finding_promises_nothing),
		TEST(the_largest_piece_lies_between_holds),
		TEST(what_there_is_no_room_for_is_said_in_numbers),
		TEST(who_has_a_place_is_named),
		TEST(the_largest_piece_may_end_inside_a_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
