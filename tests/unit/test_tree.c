// SPDX-License-Identifier: BSD-2-Clause
/*
 * tree.c: the header, one field wrong in turn, and the walk's order.
 */
#include "fit_file.h"
#include "tree.h"

#define DAMAGED "the tree's header is damaged"

static u8 file[256] __attribute__((aligned(8)));
static u64 len;

static int setup(void **state)
{
	(void)state;
	len = fit_write_plain_tree(file, sizeof(file));
	return 0;
}

static why check(void)
{
	struct view out;

	return tree_check((struct view){ file, len }, &out);
}

static void each_field_of_the_header_counts(void **state)
{
	static const struct {
		u64 at;
		u32 value;
		why reason;
	} cases[] = {
		{ 0, 0xd00dfeee, DAMAGED },
		{ 4, 39, DAMAGED },
		{ 4, 257, "the tree is cut off: it has 106 bytes of 257" },
		{ 4, ~0u,
		  "the tree is cut off: it has 106 bytes of 4294967295" },
		{ 8, 256, DAMAGED },
		{ 8, ~0u, DAMAGED },
		{ 12, 256, DAMAGED },
		{ 12, ~0u, DAMAGED },
		{ 16, 256, DAMAGED },
		{ 16, ~15u, DAMAGED },
		{ 20, 16, DAMAGED },
		{ 24, 18, DAMAGED },
		{ 32, 256, DAMAGED },
		{ 36, ~0u, DAMAGED },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		u32 value = __builtin_bswap32(cases[i].value);

		setup(NULL);
		assert_fine(check());
		memcpy(file + cases[i].at, &value, sizeof(value));
		assert_why(check(), cases[i].reason);
	}
}

static void a_newer_tree_that_is_compatible_is_read(void **state)
{
	(void)state;
	file[23] = 18;
	assert_fine(check());
}

static void a_number_is_one_cell(void **state)
{
	static u8 room[512];
	struct view tree = { room, 0 };
	u64 value = 7;

	(void)state;
	assert_int_equal(fdt_create_empty_tree(room, sizeof(room)), 0);
	fdt_setprop(room, 0, "short", "\0\0\1", 3);
	fdt_setprop(room, 0, "one", "\1\2\3\4", 4);
	fdt_setprop(room, 0, "word", "abcd", 4);
	tree.len = fdt_totalsize(room);
	assert_false(tree_number(tree, 0, "missing", &value));
	assert_false(tree_number(tree, 0, "short", &value));
	assert_int_equal(value, 7);
	assert_true(tree_number(tree, 0, "one", &value));
	assert_int_equal(value, 0x01020304);
	assert_view(tree_string(tree, 0, "word"), "abcd");
	assert_view(tree_string(tree, 0, "missing"), "");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_field_of_the_header_counts),
		TEST(a_newer_tree_that_is_compatible_is_read),
		TEST(a_number_is_one_cell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
