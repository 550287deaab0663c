// SPDX-License-Identifier: BSD-2-Clause
/*
 * hwids.c: IDs as other programs compute them, and the section .hwids.
 */
#include "guest.h"
#include "hwids.h"

/* Computed by Python: uuid.UUID(bytes=sha1(namespace + UTF-16), version=5). */
static const struct {
	u32 type;
	u8 id[16];
} expected[] = {
	{ 3,
	  { 0x20, 0x88, 0xa9, 0xee, 0x55, 0xba, 0x51, 0x55, 0xb9, 0x44, 0x36,
	    0x62, 0xfd, 0x70, 0xca, 0xf1 } },
	{ 6,
	  { 0xe7, 0x60, 0xe1, 0x8e, 0xe9, 0x71, 0x35, 0x50, 0x82, 0xf9, 0x5e,
	    0x49, 0x57, 0x68, 0x43, 0xf7 } },
	{ 8,
	  { 0x5f, 0xd2, 0x01, 0x88, 0x97, 0x76, 0x42, 0x55, 0x9f, 0x13, 0x90,
	    0x78, 0x75, 0x04, 0x7b, 0x29 } },
	{ 10,
	  { 0x12, 0x1f, 0xb7, 0x64, 0x41, 0x43, 0x5c, 0x5e, 0xb7, 0xcd, 0x25,
	    0xb6, 0x50, 0x37, 0x99, 0xe3 } },
	{ 4,
	  { 0x7f, 0x8b, 0x2c, 0x08, 0x92, 0xf3, 0x48, 0x59, 0xb0, 0x9a, 0xd9,
	    0xaf, 0xb8, 0xf6, 0x73, 0x6d } },
	{ 5,
	  { 0x05, 0x60, 0x94, 0xa6, 0x8f, 0x23, 0x11, 0x5d, 0x9a, 0x45, 0x8a,
	    0xd3, 0x06, 0x3c, 0x13, 0x63 } },
	{ 7,
	  { 0x7e, 0xa8, 0xc1, 0x2c, 0x1b, 0x76, 0xe4, 0x52, 0x93, 0x50, 0x23,
	    0x7a, 0x67, 0x4c, 0x34, 0x6c } },
	{ 9,
	  { 0xe3, 0x90, 0xa1, 0x8f, 0x26, 0xde, 0x58, 0x5d, 0x81, 0x06, 0x50,
	    0xe9, 0x80, 0x1b, 0x74, 0xb0 } },
	{ 11,
	  { 0x3d, 0x80, 0x49, 0xf2, 0x95, 0x0d, 0xf3, 0x54, 0xa2, 0x8f, 0xf2,
	    0x6c, 0x14, 0xa0, 0x3f, 0x3b } },
};

static struct view fields[HWIDS_NR_FIELDS];

static int setup(void **state)
{
	(void)state;
	fields[HWIDS_MANUFACTURER] = VIEW("  LENOVO ");
	fields[HWIDS_FAMILY] = VIEW("ThinkPad X13s Gen 1");
	fields[HWIDS_PRODUCT] = VIEW("0021BX");
	fields[HWIDS_SKU] = VIEW("LENOVO_MT_21BX");
	fields[HWIDS_BOARD_MANUFACTURER] = VIEW("LENOVO");
	fields[HWIDS_BOARD_PRODUCT] = VIEW("21BXCTO1WW");
	return 0;
}

static void ids_are_as_others_compute_them(void **state)
{
	u8 id[16];

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(expected); i++) {
		assert_true(hwids_id(fields, expected[i].type, id));
		assert_memory_equal(id, expected[i].id, sizeof(id));
	}
}

static void an_id_needs_all_its_strings(void **state)
{
	static const u8 types[] = HWIDS_TYPES;
	u8 id[16];

	(void)state;
	fields[HWIDS_SKU] = VIEW("");
	fields[HWIDS_BOARD_PRODUCT] = VIEW(" 00 ");
	for (u32 i = 0; i < ARRAY_LEN(types); i++)
		assert_int_equal(hwids_id(fields, types[i], id),
				 types[i] == 5 || types[i] == 9 ||
					 types[i] == 11);
}

/* ---- the section -----------------------------------------------------------
 */

static u8 section[1024];
static u32 nr_devices;

static void device(u32 type, u32 descriptor, const char *compatible)
{
	u32 at = 512 + 64 * nr_devices;
	struct hwids_device new = { .descriptor = descriptor,
				    .compatible = at };

	assert_true(hwids_id(fields, type, new.id));
	memcpy(section + nr_devices++ * sizeof(new), &new, sizeof(new));
	strcpy((char *)section + at, compatible);
}

static void assert_compatible(u64 len, const char *wanted)
{
	struct view found =
		hwids_compatible((struct view){ section, len }, fields);

	assert_true(view_equal(found, view_string(wanted)));
}

static int setup_section(void **state)
{
	memset(section, 0, sizeof(section));
	nr_devices = 0;
	return setup(state);
}

static void the_most_specific_id_wins(void **state)
{
	(void)state;
	device(11, HWIDS_TREE, "by family");
	device(9, HWIDS_TREE, "by product");
	device(3, HWIDS_TREE, "by all");
	assert_compatible(sizeof(section), "by all");
	fields[HWIDS_BOARD_PRODUCT] = VIEW("other");
	assert_compatible(sizeof(section), "by product");
	fields[HWIDS_PRODUCT] = VIEW("other");
	assert_compatible(sizeof(section), "by family");
	fields[HWIDS_FAMILY] = VIEW("other");
	assert_compatible(sizeof(section), "");
}

static void the_first_of_equals_wins(void **state)
{
	(void)state;
	device(9, HWIDS_TREE, "first");
	device(9, HWIDS_TREE, "second");
	assert_compatible(sizeof(section), "first");
}

static void other_resources_are_passed_over(void **state)
{
	(void)state;
	device(9, 2u << 28 | sizeof(struct hwids_device), "firmware");
	device(9, HWIDS_TREE, "tree");
	assert_compatible(sizeof(section), "tree");
}

static void a_damaged_section_has_nothing(void **state)
{
	(void)state;
	assert_compatible(0, "");
	device(9, HWIDS_TREE, "tree");
	for (u64 len = 0; len < 512 + 5; len++)
		assert_compatible(len, "");
	assert_compatible(512 + 5, "tree");
}

#define TEST(f)		cmocka_unit_test_setup(f, setup)
#define TEST_SECTION(f) cmocka_unit_test_setup(f, setup_section)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ids_are_as_others_compute_them),
		TEST(an_id_needs_all_its_strings),
		TEST_SECTION(the_most_specific_id_wins),
		TEST_SECTION(the_first_of_equals_wins),
		TEST_SECTION(other_resources_are_passed_over),
		TEST_SECTION(a_damaged_section_has_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
