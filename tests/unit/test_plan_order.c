// SPDX-License-Identifier: BSD-2-Clause
/*
 * plan.c, copies: an example for each way in which they can be in each other's
 * way. Every one is done in a fake memory and compared with what was there.
 */
#include "depart.h"
#include "plan.h"

#define P     PAGE_SIZE
#define PAGES 64

static struct boot_info info;
static struct plan plan;
static struct mem mem;
static u8 before[PAGES * P];

/* What was asked for, to be compared with what was done. */
static struct copy asked[MAX_COPIES];
static u32 nr_asked;

static struct range r(phys start, phys end)
{
	return (struct range){ start, end };
}

static int setup(void **state)
{
	(void)state;
	info_init(&info, "test");
	assert_fine(try_region(&info, 0, PAGES * P, REGION_RAM));
	plan_init(&plan, &info);
	nr_asked = 0;
	mem = guest_new(0, PAGES * P);
	for (u64 i = 0; i < mem.len; i++)
		mem.host[i] = before[i] = (u8)(i / 512 + i * 7);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static void hold(phys start, phys end, enum until until)
{
	assert_true(holds_add(&info.holds, r(start, end), until));
}

static void copy(phys dst, phys src, u64 len, u64 zero)
{
	asked[nr_asked++] = (struct copy){ dst, src, len, zero };
	assert_fine(try_copy(&plan, r(dst, dst + len + zero), src, len));
}

static void do_it(void)
{
	assert_fine(plan_seal(&plan));
	assert_true(plan.arena_len <= range_len(plan.arena));
	depart_copies(&mem, plan.copies, plan.nr_copies);
	for (u32 i = 0; i < nr_asked; i++) {
		const struct copy *c = &asked[i];

		assert_memory_equal(mem.host + c->dst, before + c->src, c->len);
		for (u64 z = 0; z < c->zero; z++)
			assert_int_equal(mem.host[c->dst + c->len + z], 0);
	}
}

static void a_piece_in_its_place_is_not_copied(void **state)
{
	(void)state;
	copy(8 * P, 8 * P, 2 * P, 0);
	assert_int_equal(plan.nr_copies, 0);
	assert_false(plan_is_free(&plan, r(9 * P, 10 * P)));
	do_it();
}

static void nothing_is_copied_to_an_empty_place(void **state)
{
	(void)state;
	copy(8 * P, 4 * P, 0, 0);
	assert_int_equal(plan.nr_copies, 0);
	assert_int_equal(plan.holds.nr, 0);
}

static void a_tail_of_zeroes_follows_a_piece_in_its_place(void **state)
{
	(void)state;
	copy(8 * P, 8 * P, 100, P - 100);
	assert_int_equal(plan.nr_copies, 1);
	do_it();
}

static void copied_bytes_are_counted_without_zeroes(void **state)
{
	(void)state;
	copy(8 * P, 4 * P, 100, P - 100);
	copy(9 * P, 5 * P, 17, 0);
	copy(10 * P, 0, 0, 50);
	assert_int_equal(plan_copied(&plan), 117);
	do_it();
}

static void a_piece_may_move_by_less_than_its_length(void **state)
{
	(void)state;
	copy(8 * P + 3, 8 * P, 2 * P, 5);
	copy(16 * P, 16 * P + 1, 2 * P, 0);
	do_it();
	assert_int_equal(plan.nr_copies, 2);
}

static void a_source_is_read_before_it_is_overwritten(void **state)
{
	(void)state;
	copy(8 * P, 16 * P, 4 * P, 0);
	copy(16 * P, 24 * P, 4 * P, 0);
	copy(4 * P, 8 * P, 4 * P, 0);
	do_it();
	assert_int_equal(plan.nr_copies, 3);
}

static void zeroes_wait_for_a_source_too(void **state)
{
	(void)state;
	copy(8 * P, 0, 0, 3);
	copy(16 * P, 8 * P, P, 2 * P);
	copy(32 * P, 17 * P, P, 0);
	do_it();
	assert_int_equal(plan.nr_copies, 3);
}

static void one_source_may_be_copied_twice(void **state)
{
	(void)state;
	copy(8 * P, 16 * P, P, 0);
	copy(16 * P, 16 * P + 5, P, 0);
	copy(9 * P, 16 * P + 9, P, 0);
	do_it();
}

static void two_that_change_places_need_one_spare(void **state)
{
	(void)state;
	copy(8 * P, 16 * P, 4 * P, 0);
	copy(16 * P, 8 * P, 3 * P, 7);
	do_it();
	assert_int_equal(plan.nr_copies, 3);
	assert_int_equal(plan_copied(&plan), 10 * P);
}

static void longer_circles_need_one_spare_each(void **state)
{
	(void)state;
	for (u64 n = 2; n < 12; n++) {
		teardown(state);
		setup(state);
		for (u64 i = 0; i < n; i++)
			copy((8 + i) * P, (8 + (i + 1) % n) * P, P, 0);
		copy(40 * P, 50 * P, P, 0);
		copy(50 * P, 40 * P, 9, 0);
		do_it();
		assert_int_equal(plan.nr_copies, n + 4);
	}
}

static void who_waits_for_a_circle_is_not_in_it(void **state)
{
	(void)state;
	copy(8 * P, 17 * P, 4 * P, 0);
	copy(16 * P, 8 * P, 4 * P, 0);
	copy(20 * P, 32 * P, 5, 0);
	do_it();
	assert_int_equal(plan.nr_copies, 4);
	assert_int_equal(plan_copied(&plan), 12 * P + 5);
}

static void zeroes_that_wait_for_a_circle_are_not_in_it(void **state)
{
	(void)state;
	copy(8 * P, 16 * P, 3 * P, 0);
	copy(16 * P, 8 * P, 4 * P, 0);
	copy(11 * P, 0, 0, 3);
	do_it();
	assert_int_equal(plan.nr_copies, 4);
}

static void a_circle_without_spare_ram_is_refused(void **state)
{
	(void)state;
	hold(0, 8 * P, UNTIL_FOREVER);
	hold(28 * P, 44 * P, UNTIL_FOREVER);
	copy(8 * P, 18 * P, 10 * P, 0);
	copy(18 * P, 8 * P, 10 * P, 0);
	hold(44 * P, 46 * P, UNTIL_FOREVER);
	hold(54 * P + 1, 64 * P, UNTIL_FOREVER);
	plan.arena_len = 1;
	assert_why(plan_seal(&plan), "no spare RAM to exchange pieces that lie "
				     "in each other's place");
}

static void spare_ram_is_used_to_the_last_page(void **state)
{
	(void)state;
	hold(0, 8 * P, UNTIL_FOREVER);
	copy(8 * P, 16 * P, 8 * P, 0);
	copy(16 * P, 8 * P, 8 * P, 0);
	hold(24 * P, 50 * P, UNTIL_FOREVER);
	hold(59 * P, 64 * P, UNTIL_FOREVER);
	plan.arena_len = 1;
	do_it();
	assert_int_equal(range_len(plan.arena), P);
}

static void gangway_itself_may_be_spare_ram(void **state)
{
	(void)state;
	hold(0, 8 * P, UNTIL_TELL);
	copy(8 * P, 16 * P, 4 * P, 0);
	copy(16 * P, 8 * P, 4 * P, 0);
	hold(20 * P, 50 * P, UNTIL_FOREVER);
	hold(12 * P, 16 * P, UNTIL_FOREVER);
	hold(51 * P, 64 * P, UNTIL_FOREVER);
	plan.arena_len = 1;
	do_it();
	assert_between(plan.copies[0].dst, P, 4 * P);
	assert_int_equal(plan.arena.start, 50 * P);
}

static void a_destination_may_cover_gangway(void **state)
{
	(void)state;
	hold(4 * P, 20 * P, UNTIL_TELL);
	copy(6 * P, 24 * P, 4 * P, 0);
	copy(19 * P, 6 * P, 4 * P, 0);
	do_it();
	assert_false(range_overlaps(plan.arena, r(4 * P, 28 * P)));
}

static void the_arena_is_nobodys(void **state)
{
	(void)state;
	hold(P, 4 * P, UNTIL_TELL);
	hold(4 * P, 5 * P, UNTIL_PLACE);
	copy(5 * P, 6 * P, P, 0);
	assert_fine(try_keep(&plan, r(7 * P, 8 * P)));
	copy(40 * P, 8 * P, 2 * P + 1, 0);
	plan.arena_len = 5;
	do_it();
	assert_int_equal(plan.arena.start, 11 * P);
	assert_int_equal(plan.arena.end, 12 * P);
}

static void the_arena_has_room_for_all_copies(void **state)
{
	u64 len = plan.arena_len;

	(void)state;
	copy(8 * P, 16 * P, P, 0);
	copy(16 * P, 8 * P, P, 0);
	do_it();
	assert_true(plan.arena_len >= len + plan.nr_copies * COPY_SIZE);
	assert_int_equal(range_len(plan.arena) % P, 0);
}

static void the_arena_lies_below_4_gib(void **state)
{
	(void)state;
	info_init(&info, "test");
	assert_fine(try_region(&info, 4 * GIB - 2 * P, GIB, REGION_RAM));
	plan.arena_len = 2 * P;
	assert_fine(plan_seal(&plan));
	assert_int_equal(plan.arena.end, 4 * GIB);
	plan_init(&plan, &info);
	plan.arena_len = 2 * P + 1;
	assert_says(plan_seal(&plan), "no free RAM for the kernel's tables: ");
}

static void the_arena_lies_below_its_end(void **state)
{
	(void)state;
	hold(P, 30 * P, UNTIL_FOREVER);
	plan.arena_len = 2 * P;
	plan.arena_end = 32 * P;
	do_it();
	assert_int_equal(plan.arena.end, 32 * P);
	plan_init(&plan, &info);
	plan.arena_len = 2 * P;
	plan.arena_end = 32 * P - 1;
	assert_says(plan_seal(&plan), "no free RAM for the kernel's tables: ");
}

/* Each overwrites a part of the next one's source, or of the last one's. */
static void hundreds_move_by_less_than_their_length(void **state)
{
	for (u64 up = 0; up < 2; up++) {
		teardown(state);
		setup(state);
		for (u64 i = 0; i < MAX_MODULES; i++)
			copy(8 * P + i * 64 + up * 80, 8 * P + i * 64 + 40, 64,
			     0);
		do_it();
		assert_int_equal(plan.nr_copies, MAX_MODULES);
	}
}

static void hundreds_of_pairs_change_places(void **state)
{
	(void)state;
	for (u64 i = 0; i < MAX_MODULES; i++)
		copy(8 * P + i * 16, 8 * P + (i ^ 1) * 16, 16, 0);
	do_it();
	assert_int_equal(plan.nr_copies, MAX_MODULES + MAX_MODULES / 2);
}

static void one_circle_of_hundreds_needs_one_spare(void **state)
{
	(void)state;
	for (u64 i = 0; i < MAX_MODULES; i++)
		copy(8 * P + i * 16, 8 * P + (i * 5 + 1) % MAX_MODULES * 16, 16,
		     0);
	do_it();
	assert_int_equal(plan.nr_copies, MAX_MODULES + 1);
}

/* Nothing is left of a plan that was refused, as an image's first try is. */
static void a_second_try_knows_nothing_of_the_first(void **state)
{
	(void)state;
	hold(0, 8 * P, UNTIL_FOREVER);
	for (u64 i = 0; i < 4; i++)
		copy((8 + i) * P, (8 + (i + 1) % 4) * P, P, 0);
	hold(13 * P, PAGES * P, UNTIL_FOREVER);
	plan.arena_len = 1;
	assert_why(plan_seal(&plan), "no spare RAM to exchange pieces that lie "
				     "in each other's place");
	info.holds.nr = 0;
	plan_init(&plan, &info);
	nr_asked = 0;
	copy(8 * P, 16 * P, 2 * P, 0);
	copy(16 * P, 8 * P, P, 0);
	copy(17 * P, 9 * P, P, 0);
	do_it();
	assert_int_equal(plan.nr_copies, 5);
}

static void too_many_copies_are_refused(void **state)
{
	(void)state;
	for (u64 i = 0; i < MAX_COPIES; i++)
		assert_null(try_copy(&plan, r(P + i, P + i + 1), 9 * P + i, 1));
	assert_why(try_copy(&plan, r(8 * P, 9 * P), 4 * P, P),
		   "the plan has more than 1088 copies");
	assert_int_equal(plan.nr_copies, MAX_COPIES);
	assert_why(plan_seal(&plan), "the plan has more than 1088 copies");
}

static void too_many_copies_for_a_circle_are_refused(void **state)
{
	(void)state;
	copy(8 * P, 16 * P, P, 0);
	copy(16 * P, 8 * P, P, 0);
	for (u64 i = 0; nr_asked < MAX_COPIES; i++)
		copy(32 * P + i, 30 * P + i, 1, 0);
	assert_why(plan_seal(&plan), "the plan has more than 1088 copies");
	assert_int_equal(plan.nr_copies, MAX_COPIES);
}

static void too_many_pieces_are_refused(void **state)
{
	(void)state;
	for (u64 i = 0; i < MAX_HOLDS; i++)
		assert_null(try_keep(&plan, r(i * 2, i * 2 + 1)));
	assert_why(try_keep(&plan, r(9 * P, 10 * P)),
		   "the plan has more than 1120 pieces of memory");
	assert_why(try_copy(&plan, r(9 * P, 10 * P), 4 * P, P),
		   "the plan has more than 1120 pieces of memory");
	assert_why(plan_seal(&plan),
		   "the plan has more than 1120 pieces of memory");
	plan_init(&plan, &info);
	assert_fine(plan_seal(&plan));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_piece_in_its_place_is_not_copied),
		TEST(nothing_is_copied_to_an_empty_place),
		TEST(a_tail_of_zeroes_follows_a_piece_in_its_place),
		TEST(copied_bytes_are_counted_without_zeroes),
		TEST(a_piece_may_move_by_less_than_its_length),
		TEST(a_source_is_read_before_it_is_overwritten),
		TEST(zeroes_wait_for_a_source_too),
		TEST(one_source_may_be_copied_twice),
		TEST(two_that_change_places_need_one_spare),
		TEST(longer_circles_need_one_spare_each),
		TEST(who_waits_for_a_circle_is_not_in_it),
		TEST(zeroes_that_wait_for_a_circle_are_not_in_it),
		TEST(a_circle_without_spare_ram_is_refused),
		TEST(spare_ram_is_used_to_the_last_page),
		TEST(gangway_itself_may_be_spare_ram),
		TEST(a_destination_may_cover_gangway),
		TEST(the_arena_is_nobodys),
		TEST(the_arena_has_room_for_all_copies),
		TEST(the_arena_lies_below_4_gib),
		TEST(the_arena_lies_below_its_end),
		TEST(hundreds_move_by_less_than_their_length),
		TEST(hundreds_of_pairs_change_places),
		TEST(one_circle_of_hundreds_needs_one_spare),
		TEST(a_second_try_knows_nothing_of_the_first),
		TEST(too_many_copies_are_refused),
		TEST(too_many_copies_for_a_circle_are_refused),
		TEST(too_many_pieces_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
