// SPDX-License-Identifier: BSD-2-Clause
/*
 * ranges.h and ranges.c: half-open ranges, and the list of holds.
 */
#include "guest.h"

static struct holds holds;

static struct range r(phys start, phys end)
{
	return (struct range){ start, end };
}

static int setup(void **state)
{
	(void)state;
	memset(&holds, 0, sizeof(holds));
	return 0;
}

static void range_of_refuses_to_wrap(void **state)
{
	struct range out = r(1, 2);

	(void)state;
	assert_false(range_of(~0ull, 2, &out));
	assert_false(range_of(2, ~0ull, &out));
	assert_int_equal(out.start, 1);
	assert_int_equal(out.end, 2);
	assert_true(range_of(~0ull, 0, &out));
	assert_true(range_of(0x1000, 0x234, &out));
	assert_int_equal(out.start, 0x1000);
	assert_int_equal(out.end, 0x1234);
	assert_int_equal(range_len(out), 0x234);
}

static void overlap_is_symmetric_and_sees_enclosure(void **state)
{
	static const struct {
		struct range a, b;
		bool overlaps;
	} cases[] = {
		{ { 0, 100 }, { 10, 20 }, true },
		{ { 0, 10 }, { 5, 15 }, true },
		{ { 0, 10 }, { 9, 10 }, true },
		{ { 0, 10 }, { 0, 10 }, true },
		{ { 0, 10 }, { 10, 20 }, false },
		{ { 0, 10 }, { 5, 5 }, false },
		{ { 5, 5 }, { 5, 5 }, false },
		{ { 9, 3 }, { 0, 10 }, false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(range_overlaps(cases[i].a, cases[i].b),
				 cases[i].overlaps);
		assert_int_equal(range_overlaps(cases[i].b, cases[i].a),
				 cases[i].overlaps);
	}
}

static void within_includes_the_whole(void **state)
{
	(void)state;
	assert_true(range_within(r(0, 10), r(0, 10)));
	assert_true(range_within(r(3, 4), r(0, 10)));
	assert_true(range_within(r(10, 10), r(0, 10)));
	assert_false(range_within(r(0, 11), r(0, 10)));
	assert_false(range_within(r(4, 6), r(5, 10)));
	assert_true(range_empty(r(5, 5)));
	assert_true(range_empty(r(6, 5)));
	assert_false(range_empty(r(5, 6)));
}

static void holds_are_found_where_they_overlap(void **state)
{
	(void)state;
	assert_true(holds_add(&holds, r(0x1000, 0x2000), UNTIL_TELL));
	assert_true(holds_add(&holds, r(0x8000, 0x9000), UNTIL_FOREVER));
	assert_null(holds_first(&holds, r(0, 0x1000), UNTIL_TELL));
	assert_null(holds_first(&holds, r(0x2000, 0x8000), UNTIL_TELL));
	assert_null(holds_first(&holds, r(0x1800, 0x1800), UNTIL_TELL));
	assert_ptr_equal(holds_first(&holds, r(0x1fff, 0x3000), UNTIL_TELL),
			 &holds.list[0]);
	assert_ptr_equal(holds_first(&holds, r(0x7000, 0xa000), UNTIL_TELL),
			 &holds.list[1]);
}

static void holds_end_with_their_step(void **state)
{
	(void)state;
	assert_true(holds_add(&holds, r(0, 1), UNTIL_TELL));
	assert_true(holds_add(&holds, r(2, 3), UNTIL_PLACE));
	assert_true(holds_add(&holds, r(4, 5), UNTIL_FOREVER));
	assert_non_null(holds_first(&holds, r(0, 1), UNTIL_TELL));
	assert_null(holds_first(&holds, r(0, 1), UNTIL_PLACE));
	assert_non_null(holds_first(&holds, r(2, 3), UNTIL_PLACE));
	assert_null(holds_first(&holds, r(2, 3), UNTIL_FOREVER));
	assert_non_null(holds_first(&holds, r(4, 5), UNTIL_TELL));
	assert_non_null(holds_first(&holds, r(4, 5), UNTIL_FOREVER));
}

static void touching_holds_are_joined(void **state)
{
	(void)state;
	assert_true(holds_add(&holds, r(0x1000, 0x2000), UNTIL_TELL));
	assert_true(holds_add(&holds, r(0x2000, 0x3000), UNTIL_TELL));
	assert_true(holds_add(&holds, r(0x1800, 0x1900), UNTIL_TELL));
	assert_int_equal(holds.nr, 1);
	assert_int_equal(holds.list[0].range.end, 0x3000);
}

static void only_equal_touching_holds_are_joined(void **state)
{
	(void)state;
	assert_true(holds_add(&holds, r(0x1000, 0x2000), UNTIL_TELL));
	assert_true(holds_add(&holds, r(0x2000, 0x3000), UNTIL_PLACE));
	assert_int_equal(holds.nr, 2);
	assert_true(holds_add(&holds, r(0x3001, 0x4000), UNTIL_PLACE));
	assert_int_equal(holds.nr, 3);
	assert_true(holds_add(&holds, r(0, 0x3001), UNTIL_PLACE));
	assert_int_equal(holds.nr, 1);
	assert_int_equal(holds.list[0].range.start, 0);
	assert_int_equal(holds.list[0].range.end, 0x4000);
	assert_null(holds_first(&holds, r(0x1000, 0x2000), UNTIL_FOREVER));
}

static void the_longer_of_two_holds_counts(void **state)
{
	(void)state;
	assert_true(holds_add(&holds, r(0x1000, 0x5000), UNTIL_PLACE));
	assert_true(holds_add(&holds, r(0x2000, 0x3000), UNTIL_FOREVER));
	assert_true(holds_add(&holds, r(0x0800, 0x6000), UNTIL_TELL));
	assert_int_equal(holds.nr, 5);
	assert_null(holds_first(&holds, r(0, 0x2000), UNTIL_FOREVER));
	assert_non_null(holds_first(&holds, r(0x2fff, 0x3000), UNTIL_FOREVER));
	assert_null(holds_first(&holds, r(0x3000, 0x8000), UNTIL_FOREVER));
	assert_non_null(holds_first(&holds, r(0x4fff, 0x5000), UNTIL_PLACE));
	assert_null(holds_first(&holds, r(0x5000, 0x8000), UNTIL_PLACE));
	assert_non_null(holds_first(&holds, r(0x0800, 0x0801), UNTIL_TELL));
	assert_null(holds_first(&holds, r(0, 0x0800), UNTIL_TELL));
}

/* Random holds on 64 addresses, against an array of what is held. */
static void holds_are_what_a_model_says(void **state)
{
	u64 random = 1;

	for (u32 world = 0; world < 2000; world++) {
		u32 level[64] = { 0 };

		setup(state);
		for (u32 i = 0; i < 20; i++) {
			u32 start, end, until;

			random = random * 6364136223846793005 + 1;
			start = (u32)(random >> 33) % 64;
			end = start + (u32)(random >> 41) % (65 - start);
			until = (u32)(random >> 50) % 3;
			assert_true(holds_add(&holds, r(start, end), until));
			for (u32 at = start; at < end; at++)
				level[at] = (u32)max_u64(level[at], until + 1);
		}
		for (u32 at = 0; at < 64; at++)
			for (u32 until = 0; until < 3; until++)
				assert_int_equal(!!holds_first(&holds,
							       r(at, at + 1),
							       until),
						 level[at] > until);
		for (u32 i = 1; i < holds.nr; i++) {
			const struct hold *two = &holds.list[i - 1];

			assert_false(range_empty(two[1].range));
			assert_true(two[0].range.end <= two[1].range.start);
			assert_true(two[0].range.end < two[1].range.start ||
				    two[0].until != two[1].until);
		}
	}
}

static void an_empty_hold_is_not_kept(void **state)
{
	(void)state;
	assert_true(holds_add(&holds, r(0x1000, 0x1000), UNTIL_FOREVER));
	assert_int_equal(holds.nr, 0);
}

static void a_full_list_is_refused(void **state)
{
	(void)state;
	for (u64 i = 0; i < MAX_HOLDS; i++)
		assert_true(
			holds_add(&holds, r(i * 16, i * 16 + 8), UNTIL_TELL));
	assert_false(holds_add(&holds, r(MIB, MIB + 1), UNTIL_TELL));
	assert_int_equal(holds.nr, MAX_HOLDS);
	assert_true(holds_add(&holds, r(MIB, MIB), UNTIL_TELL));
	assert_true(holds_add(&holds, r(MAX_HOLDS * 16 - 8, MAX_HOLDS * 16 + 8),
			      UNTIL_TELL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(range_of_refuses_to_wrap),
		cmocka_unit_test(overlap_is_symmetric_and_sees_enclosure),
		cmocka_unit_test(within_includes_the_whole),
		cmocka_unit_test_setup(holds_are_found_where_they_overlap,
				       setup),
		cmocka_unit_test_setup(holds_end_with_their_step, setup),
		cmocka_unit_test_setup(touching_holds_are_joined, setup),
		cmocka_unit_test_setup(only_equal_touching_holds_are_joined,
				       setup),
		cmocka_unit_test_setup(the_longer_of_two_holds_counts, setup),
		cmocka_unit_test_setup(holds_are_what_a_model_says, setup),
		cmocka_unit_test_setup(an_empty_hold_is_not_kept, setup),
		cmocka_unit_test_setup(a_full_list_is_refused, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
