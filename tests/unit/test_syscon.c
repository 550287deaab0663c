// SPDX-License-Identifier: BSD-2-Clause
/*
 * syscon.c against trees that libfdt wrote.
 */
#include <libfdt.h>

#include "guest.h"
#include "syscon.h"

#define ROOM	 4096
#define POWEROFF "syscon-poweroff"
#define REBOOT	 "syscon-reboot"

static u8 file[ROOM] __attribute__((aligned(8)));
static struct syscon found;

static void ok(int result)
{
	if (result < 0)
		fail_msg("libfdt: %s", fdt_strerror(result));
}

static int at(const char *path)
{
	int node = fdt_path_offset(file, path);

	ok(node);
	return node;
}

static void set(const char *path, const char *name, u32 value)
{
	ok(fdt_setprop_u32(file, at(path), name, value));
}

static void set_cells(const char *path, const char *name, const u32 *cells,
		      u32 nr)
{
	fdt_delprop(file, at(path), name);
	for (u32 i = 0; i < nr; i++)
		ok(fdt_appendprop_u32(file, at(path), name, cells[i]));
}

static void set_text(const char *path, const char *name, const char *text)
{
	ok(fdt_setprop(file, at(path), name, text, (int)strlen(text) + 1));
}

static void unset(const char *path, const char *name)
{
	ok(fdt_delprop(file, at(path), name));
}

static void add(const char *path, const char *name)
{
	ok(fdt_add_subnode(file, at(path), name));
}

/*
 * A controller at 0xfea00200 on a bus, the node for poweroff in it, and one for
 * reboot beside it that names it.
 */
static int setup(void **state)
{
	static const u32 reg[] = { 0xfea00200, 16 };

	(void)state;
	memset(file, 0, sizeof(file));
	ok(fdt_create_empty_tree(file, ROOM));
	set("/", "#address-cells", 2);
	set("/", "#size-cells", 2);
	add("/", "soc");
	set("/soc", "#address-cells", 1);
	set("/soc", "#size-cells", 1);
	ok(fdt_setprop(file, at("/soc"), "ranges", "", 0));
	add("/soc", "ged");
	set_cells("/soc/ged", "reg", reg, 2);
	set("/soc/ged", "phandle", 7);
	add("/soc/ged", "poweroff");
	set_text("/soc/ged/poweroff", "compatible", "syscon-poweroff");
	set("/soc/ged/poweroff", "offset", 4);
	set("/soc/ged/poweroff", "value", 0x34);
	add("/", "reboot");
	set_text("/reboot", "compatible", "syscon-reboot");
	set("/reboot", "regmap", 7);
	set("/reboot", "offset", 8);
	set("/reboot", "value", 0x42);
	set("/reboot", "mask", 0xff);
	return 0;
}

/* In memory that ends with the tree. */
static bool find(const char *compatible)
{
	u8 *copy;
	bool is_there;

	ok(fdt_pack(file));
	copy = malloc(fdt_totalsize(file));
	assert_non_null(copy);
	memcpy(copy, file, fdt_totalsize(file));
	is_there = syscon_find((struct view){ copy, fdt_totalsize(file) },
			       compatible, &found);
	free(copy);
	ok(fdt_open_into(file, file, ROOM));
	return is_there;
}

static void assert_found(phys where, u32 width, u32 value, u32 mask)
{
	assert_int_equal(found.at, where);
	assert_int_equal(found.width, width);
	assert_int_equal(found.value, value);
	assert_int_equal(found.mask, mask);
}

static void both_nodes_are_found(void **state)
{
	(void)state;
	assert_true(find(POWEROFF));
	assert_found(0xfea00204, 4, 0x34, ~0u);
	assert_true(find(REBOOT));
	assert_found(0xfea00208, 4, 0x42, 0xff);
}

static void value_or_mask_may_be_missing(void **state)
{
	(void)state;
	set("/soc/ged/poweroff", "mask", 0xf0);
	assert_true(find(POWEROFF));
	assert_found(0xfea00204, 4, 0x34, 0xf0);
	unset("/soc/ged/poweroff", "value");
	assert_true(find(POWEROFF));
	assert_found(0xfea00204, 4, 0xf0, ~0u);
	unset("/soc/ged/poweroff", "mask");
	assert_false(find(POWEROFF));
}

static void the_offset_may_be_a_reg(void **state)
{
	(void)state;
	set("/soc/ged/poweroff", "reg", 12);
	assert_true(find(POWEROFF));
	assert_found(0xfea0020c, 4, 0x34, ~0u);
	unset("/soc/ged/poweroff", "reg");
	unset("/soc/ged/poweroff", "offset");
	assert_false(find(POWEROFF));
}

static void registers_have_a_width(void **state)
{
	static const struct {
		u32 width, offset;
		bool good;
	} cases[] = {
		{ 1, 0, true },	   { 1, 15, true },  { 1, 16, false },
		{ 2, 14, true },   { 2, 15, false }, { 2, 16, false },
		{ 4, 12, true },   { 4, 13, false }, { 4, 14, false },
		{ 4, ~3u, false }, { 4, 16, false }, { 0, 0, false },
		{ 3, 0, false },   { 8, 0, false },  { ~0u, 0, false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		set("/soc/ged", "reg-io-width", cases[i].width);
		set("/soc/ged/poweroff", "offset", cases[i].offset);
		assert_int_equal(find(POWEROFF), cases[i].good);
		if (cases[i].good)
			assert_found(0xfea00200 + cases[i].offset,
				     cases[i].width, 0x34, ~0u);
	}
}

static void a_controller_lies_where_its_bus_says(void **state)
{
	static const u32 high[] = { 1, 0x1000, 0, 16 };
	static const u32 far[] = { ~0u, 0xfffffff8, 0, 16 };

	(void)state;
	set("/soc", "#address-cells", 2);
	set("/soc", "#size-cells", 2);
	set_cells("/soc/ged", "reg", high, 4);
	assert_true(find(POWEROFF));
	assert_found(0x100001004, 4, 0x34, ~0u);
	set_cells("/soc/ged", "reg", high, 3);
	assert_false(find(POWEROFF));
	set_cells("/soc/ged", "reg", far, 4);
	assert_false(find(POWEROFF));
	unset("/soc", "#address-cells");
	unset("/soc", "#size-cells");
	set_cells("/soc/ged", "reg", high, 3);
	assert_false(find(POWEROFF)); /* 0 bytes long */
	set_cells("/soc/ged", "reg", high + 1, 3);
	assert_true(find(POWEROFF));
	assert_int_equal(found.at, 0x100000000004);
	set("/soc", "#address-cells", 3);
	assert_false(find(POWEROFF));
	set("/soc", "#address-cells", ~0u);
	assert_false(find(POWEROFF));
	unset("/soc/ged", "reg");
	assert_false(find(POWEROFF));
	assert_false(find(REBOOT));
}

static void a_bus_with_addresses_of_its_own_is_not_followed(void **state)
{
	static const u32 ranges[] = { 0, 0, 0xf0000000, 0x1000 };

	(void)state;
	set_cells("/soc", "ranges", ranges, 4);
	assert_false(find(POWEROFF));
	assert_false(find(REBOOT));
	unset("/soc", "ranges");
	assert_false(find(POWEROFF));
	assert_false(find(REBOOT));
}

static void what_is_disabled_is_not_used(void **state)
{
	(void)state;
	set_text("/reboot", "status", "disabled");
	assert_false(find(REBOOT));
	set_text("/reboot", "status", "okay");
	assert_true(find(REBOOT));
	set_text("/soc/ged", "status", "disabled");
	assert_false(find(REBOOT));
	assert_false(find(POWEROFF));
	set_text("/soc/ged", "status", "ok");
	assert_true(find(POWEROFF));
	ok(fdt_setprop(file, at("/soc/ged"), "big-endian", "", 0));
	assert_false(find(POWEROFF));
}

static void a_node_is_compatible_by_any_of_its_strings(void **state)
{
	static const struct {
		const char *list;
		u32 len;
		bool good;
	} cases[] = {
		{ "a\0syscon-reboot", 16, true },
		{ "syscon-reboot\0a", 16, true },
		{ "syscon-reboot", 13, true },
		{ "a\0\0syscon-reboot", 17, true },
		{ "syscon-reboot-mode", 19, false },
		{ "syscon-reboo", 13, false },
		{ "", 1, false },
		{ "", 0, false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		ok(fdt_setprop(file, at("/reboot"), "compatible", cases[i].list,
			       (int)cases[i].len));
		assert_int_equal(find(REBOOT), cases[i].good);
	}
}

static void the_highest_priority_wins(void **state)
{
	static const struct {
		u32 first, second, value;
	} cases[] = {
		{ 192, 192, 0x42 }, { 191, 192, 0x43 }, { 193, 192, 0x42 },
		{ 0, 1, 0x43 },	    { ~0u, 5, 0x42 },	{ 5, ~0u, 0x43 },
	};

	(void)state;
	ok(fdt_pack(file));
	ok(fdt_open_into(file, file, ROOM));
	add("/", "other"); /* libfdt adds it in front */
	set_text("/other", "compatible", "syscon-reboot");
	set("/other", "regmap", 7);
	set("/other", "offset", 0);
	set("/other", "value", 0x42);
	set("/reboot", "value", 0x43);
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		set("/other", "priority", cases[i].first);
		set("/reboot", "priority", cases[i].second);
		assert_true(find(REBOOT));
		assert_int_equal(found.value, cases[i].value);
	}
	unset("/other", "priority");
	set("/reboot", "priority", 193);
	assert_true(find(REBOOT));
	assert_int_equal(found.value, 0x43);
}

static void what_is_not_there_is_not_found(void **state)
{
	(void)state;
	set("/reboot", "regmap", 8);
	assert_false(find(REBOOT));
	ok(fdt_del_node(file, at("/reboot")));
	assert_false(find(REBOOT));
	assert_true(find(POWEROFF));
	/* In the root there is no controller. */
	add("/", "poweroff");
	set_text("/poweroff", "compatible", "syscon-poweroff");
	set("/poweroff", "value", 1);
	set("/poweroff", "offset", 0);
	set("/poweroff", "priority", 200);
	assert_false(find(POWEROFF));
	assert_false(syscon_find(VIEW(""), POWEROFF, &found));
	assert_false(syscon_find(VIEW("\xd0\x0d\xfe\xed"), POWEROFF, &found));
}

static void deep_nodes_are_seen(void **state)
{
	char path[64] = "/soc";

	(void)state;
	for (u32 depth = 3; depth <= 12; depth++) {
		add(path, "n");
		strcat(path, "/n");
		set_text(path, "compatible", "syscon-reboot");
		set(path, "priority", 200 + depth);
		set(path, "regmap", 7);
		set(path, "offset", 0);
		set(path, "value", depth);
		assert_true(find(REBOOT));
		assert_int_equal(found.value, depth);
	}
}

/* Found or not: a register of the controller, and no read outside. */
static void a_damaged_tree_is_survived(void **state)
{
	static const u8 values[] = { 0, 1, 0x7f, 0xff };
	u32 len;

	(void)state;
	ok(fdt_pack(file));
	len = fdt_totalsize(file);
	for (u32 i = 0; i < len * ARRAY_LEN(values); i++) {
		struct view tree = { file, len };
		u8 *byte = file + i / ARRAY_LEN(values), was = *byte;

		*byte = values[i % ARRAY_LEN(values)];
		if (syscon_find(tree, REBOOT, &found))
			assert_true(is_power_of_two(found.width) &&
				    found.width <= 4 &&
				    found.at % found.width == 0);
		*byte = was;
	}
	assert_true(syscon_find((struct view){ file, len }, REBOOT, &found));
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_nodes_are_found),
		TEST(value_or_mask_may_be_missing),
		TEST(the_offset_may_be_a_reg),
		TEST(registers_have_a_width),
		TEST(a_controller_lies_where_its_bus_says),
		TEST(a_bus_with_addresses_of_its_own_is_not_followed),
		TEST(what_is_disabled_is_not_used),
		TEST(a_node_is_compatible_by_any_of_its_strings),
		TEST(the_highest_priority_wins),
		TEST(what_is_not_there_is_not_found),
		TEST(deep_nodes_are_seen),
		TEST(a_damaged_tree_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
