// SPDX-License-Identifier: BSD-2-Clause
/*
 * nodes.c against libfdt, on trees that it wrote.
 */
#include <libfdt.h>

#include "guest.h"
#include "nodes.h"
#include "tree.h"

static u8 file[4096] __attribute__((aligned(8)));
static struct nodes nodes;
static struct view tree;

static void ok(int result)
{
	if (result < 0)
		fail_msg("libfdt: %s", fdt_strerror(result));
}

static void begin(const char *name)
{
	ok(fdt_begin_node(file, name));
	ok(fdt_property_u32(file, "number", (u32)strlen(name)));
}

/* root { a { bb { } ccc { } } dddd { word } }, and a NOP. */
static int setup(void **state)
{
	(void)state;
	ok(fdt_create(file, sizeof(file)));
	ok(fdt_finish_reservemap(file));
	begin("");
	ok(fdt_property(file, "gone", "x", 2));
	begin("a");
	begin("bb");
	ok(fdt_end_node(file));
	begin("ccc");
	ok(fdt_end_node(file));
	ok(fdt_end_node(file));
	begin("dddd");
	ok(fdt_property(file, "word", "one\0two", 8));
	ok(fdt_property(file, "empty", "", 0));
	ok(fdt_end_node(file));
	ok(fdt_end_node(file));
	ok(fdt_finish(file));
	ok(fdt_nop_property(file, 0, "gone"));
	assert_fine(
		tree_check((struct view){ file, fdt_totalsize(file) }, &tree));
	nodes = nodes_of(tree);
	return 0;
}

static u64 child_of(u64 node, struct view name)
{
	u64 out = 0;

	assert_true(nodes_child(&nodes, node, name, &out));
	return out;
}

static u64 root(void)
{
	u64 out = 0;

	assert_true(nodes_root(&nodes, &out));
	return out;
}

static void children_are_found_by_name(void **state)
{
	u64 a = child_of(root(), VIEW("a")), none = 7;

	(void)state;
	assert_int_equal(nodes_number(&nodes, a, VIEW("number"), 9), 1);
	assert_int_equal(nodes_number(&nodes, child_of(a, VIEW("ccc")),
				      VIEW("number"), 9),
			 3);
	assert_false(nodes_child(&nodes, root(), VIEW("bb"), &none));
	assert_false(nodes_child(&nodes, a, VIEW("dddd"), &none));
	assert_int_equal(none, 7);
}

static void properties_are_those_of_the_node(void **state)
{
	u64 d = child_of(root(), VIEW("dddd"));
	struct view value = VIEW("");

	(void)state;
	assert_view(nodes_string(&nodes, d, VIEW("word")), "one");
	assert_true(nodes_value(&nodes, d, VIEW("word"), &value));
	assert_int_equal(value.len, 8);
	assert_true(nodes_value(&nodes, d, VIEW("empty"), &value));
	assert_int_equal(value.len, 0);
	assert_false(nodes_value(&nodes, root(), VIEW("word"), &value));
	assert_false(nodes_value(&nodes, root(), VIEW("gone"), &value));
	assert_view(nodes_string(&nodes, root(), VIEW("word")), "");
	assert_int_equal(nodes_number(&nodes, d, VIEW("empty"), 5), 5);
}

static void a_walk_sees_all_and_what_they_are_in(void **state)
{
	static const u32 depths[] = { 1, 2, 3, 3, 2 };
	struct node_path path = { .next = 0 };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(depths); i++) {
		assert_true(nodes_walk(&nodes, &path));
		assert_int_equal(path.depth, depths[i]);
		assert_int_equal(nodes_number(&nodes, nodes_above(&path, 0),
					      VIEW("number"), 9),
				 i);
	}
	assert_false(nodes_walk(&nodes, &path));
}

/* What libfdt finds whole is sound, whichever bit of the tags was wrong. */
static void what_libfdt_takes_is_sound(void **state)
{
	static u8 copy[sizeof(file)] __attribute__((aligned(8)));
	u32 from = fdt_off_dt_struct(file), len = fdt_size_dt_struct(file);
	u32 nr_sound = 0;

	(void)state;
	for (u32 i = 0; i < 8 * len; i++) {
		memcpy(copy, file, sizeof(copy));
		copy[from + i / 8] ^= (u8)(1 << i % 8);
		nodes = nodes_of((struct view){ copy, tree.len });
		nr_sound += nodes_are_sound(&nodes);
		if (!fdt_check_full(copy, tree.len))
			assert_true(nodes_are_sound(&nodes));
	}
	assert_true(nr_sound >= 1 && nr_sound < 8 * len);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(children_are_found_by_name),
		TEST(properties_are_those_of_the_node),
		TEST(a_walk_sees_all_and_what_they_are_in),
		TEST(what_libfdt_takes_is_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
