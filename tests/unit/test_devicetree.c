// SPDX-License-Identifier: BSD-2-Clause
/*
 * core/devicetree.c: /chosen is right, all else as it was, and damage
 * of any kind is refused or does no harm.
 */
#include "guest.h"

#include <libfdt.h>

#include "devicetree.h"

#define BUFFER	4096
#define GUARD	64
#define NO_SEED ((struct view){ (const u8 *)"", 0 })

static u8 source[BUFFER] __attribute__((aligned(8)));
static u64 source_len;
static u8 *room; /* guarded: libfdt knows of no sanitizer */
static u64 room_len;
static struct view fixed;

/* A machine with memory and a reservation; with an old /chosen or none. */
static void make_tree(bool has_chosen)
{
	assert_int_equal(fdt_create(source, BUFFER), 0);
	assert_int_equal(fdt_add_reservemap_entry(source, 0x1000, 0x2000), 0);
	assert_int_equal(fdt_finish_reservemap(source), 0);
	assert_int_equal(fdt_begin_node(source, ""), 0);
	fdt_property_string(source, "compatible", "test,machine");
	fdt_begin_node(source, "memory@0");
	fdt_property_u64(source, "reg", 0x123456789);
	fdt_end_node(source);
	if (has_chosen) {
		fdt_begin_node(source, "chosen");
		fdt_property_string(source, "bootargs", "the old line");
		fdt_property_string(source, "stdout-path", "serial0");
		fdt_property_u64(source, "linux,initrd-start", 1);
		fdt_property_u64(source, "linux,initrd-end", 2);
		fdt_property_u32(source, "rng-seed", 3);
		fdt_end_node(source);
	}
	fdt_end_node(source);
	assert_int_equal(fdt_finish(source), 0);
	source_len = fdt_totalsize(source);
}

static int set_up(void **state)
{
	(void)state;
	room = NULL;
	make_tree(true);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	free(room);
	return 0;
}

static why fix(struct chosen chosen)
{
	struct view tree = { source, source_len };
	why bad;

	free(room);
	room_len = devicetree_room(tree, &chosen);
	room = malloc(room_len + GUARD);
	assert_non_null(room);
	memset(room, 0xcc, room_len + GUARD);
	bad = devicetree_fix(tree, &chosen, room, &fixed);
	for (u64 i = room_len; i < room_len + GUARD; i++)
		assert_int_equal(room[i], 0xcc);
	return bad;
}

static struct view property(const char *path, const char *name)
{
	int len, node = fdt_path_offset(fixed.at, path);
	const void *value = fdt_getprop(fixed.at, node, name, &len);

	if (!value)
		return NO_SEED;
	return (struct view){ value, (u64)len };
}

static void assert_string(struct view v, const char *string)
{
	assert_int_equal(v.len, strlen(string) + 1);
	assert_string_equal((const char *)v.at, string);
}

/* What fixing leaves alone. */
static void assert_rest(void)
{
	u64 at, size;

	assert_ptr_equal(fixed.at, room);
	assert_true(fixed.len <= room_len);
	assert_int_equal(fdt_check_full(fixed.at, fixed.len), 0);
	assert_int_equal(fdt_num_mem_rsv(fixed.at), 1);
	assert_int_equal(fdt_get_mem_rsv(fixed.at, 0, &at, &size), 0);
	assert_int_equal(at, 0x1000);
	assert_int_equal(size, 0x2000);
	assert_string(property("/", "compatible"), "test,machine");
	assert_true(view_equal(property("/memory@0", "reg"),
			       VIEW("\0\0\0\1\x23\x45\x67\x89")));
}

static void chosen_is_filled(void **state)
{
	(void)state;
	for (u32 has_chosen = 0; has_chosen < 2; has_chosen++) {
		make_tree(has_chosen);
		assert_fine(fix(
			(struct chosen){ VIEW("a line"), VIEW("seed"), true }));
		assert_rest();
		assert_string(property("/chosen", "bootargs"), "a line");
		assert_view(property("/chosen", "rng-seed"), "seed");
		devicetree_set_initrd(
			room, (struct range){ 0x12345678, 0x223456789 });
		assert_true(
			view_equal(property("/chosen", "linux,initrd-start"),
				   VIEW("\0\0\0\0\x12\x34\x56\x78")));
		assert_true(view_equal(property("/chosen", "linux,initrd-end"),
				       VIEW("\0\0\0\2\x23\x45\x67\x89")));
	}
	assert_string(property("/chosen", "stdout-path"), "serial0");
}

static void what_no_longer_holds_is_gone(void **state)
{
	(void)state;
	assert_fine(fix((struct chosen){ VIEW(""), NO_SEED, false }));
	assert_rest();
	assert_string(property("/chosen", "bootargs"), "");
	assert_int_equal(property("/chosen", "rng-seed").len, 0);
	assert_int_equal(property("/chosen", "linux,initrd-start").len, 0);
	assert_int_equal(property("/chosen", "linux,initrd-end").len, 0);
	assert_string(property("/chosen", "stdout-path"), "serial0");
}

static void a_long_line_has_room(void **state)
{
	static u8 line[65536];

	(void)state;
	memset(line, 'x', sizeof(line));
	make_tree(false);
	for (u64 len = sizeof(line) - 5; len <= sizeof(line); len++) {
		assert_fine(fix((struct chosen){ { line, len },
						 VIEW("0123456789abcdef"
						      "0123456789abcdef"),
						 true }));
		assert_int_equal(property("/chosen", "bootargs").len, len + 1);
	}
}

static void the_smallest_tree_has_room(void **state)
{
	(void)state;
	assert_int_equal(fdt_create_empty_tree(source, BUFFER), 0);
	fdt_pack(source);
	source_len = fdt_totalsize(source);
	assert_fine(fix((struct chosen){ VIEW("x"), VIEW("y"), true }));
	assert_string(property("/chosen", "bootargs"), "x");
}

static void a_tree_that_is_cut_is_refused(void **state)
{
	u64 whole = source_len;

	(void)state;
	for (source_len = 0; source_len < whole; source_len++)
		assert_non_null(
			fix((struct chosen){ VIEW("x"), VIEW("y"), true }));
}

/* libfdt 1.6.1 follows NULL in one. */
static void a_tree_of_an_old_version_is_refused(void **state)
{
	(void)state;
	for (u32 version = 0; version < 17; version++) {
		fdt_set_version(source, version);
		fdt_set_last_comp_version(source, version);
		assert_non_null(
			fix((struct chosen){ VIEW("x"), VIEW("y"), true }));
	}
}

/* Any byte may have any value: never a step beyond the room, and what is not
 * refused is a tree again. */
static void damage_does_no_harm(void **state)
{
	static u8 good[BUFFER];
	u32 refused = 0, random = 1;

	(void)state;
	memcpy(good, source, source_len);
	for (u32 i = 0; i < 20000; i++) {
		memcpy(source, good, source_len);
		for (u32 nr = 0; nr <= i % 3; nr++) {
			random = random * 1664525 + 1013904223;
			source[(random >> 8) % source_len] = (u8)(random >> 24);
		}
		if (fix((struct chosen){ VIEW("x"), VIEW("y"), true })) {
			refused++;
			continue;
		}
		assert_true(fixed.len <= room_len);
		assert_int_equal(fdt_check_full(fixed.at, fixed.len), 0);
		devicetree_set_initrd(room, (struct range){ 1, 2 });
	}
	assert_between(refused, 100, 19900);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(chosen_is_filled),
		TEST(what_no_longer_holds_is_gone),
		TEST(a_long_line_has_room),
		TEST(the_smallest_tree_has_room),
		TEST(a_tree_that_is_cut_is_refused),
		TEST(a_tree_of_an_old_version_is_refused),
		TEST(damage_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
