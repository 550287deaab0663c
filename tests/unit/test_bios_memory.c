// SPDX-License-Identifier: BSD-2-Clause
/*
 * boot_info.c: maps that have nothing but RAM, and what the map says of an
 * address.
 */
#include "guest.h"

static struct boot_info info;

static int setup(void **state)
{
	(void)state;
	info_init(&info, "test");
	return 0;
}

static void ram(phys start, phys end)
{
	assert_fine(try_region(&info, start, end - start, REGION_RAM));
}

/* As iPXE tells it. */
static void what_a_map_of_ram_leaves_out_is_reserved(void **state)
{
	(void)state;
	ram(0, 0x9fc00);
	ram(MIB, 512 * MIB);
	info_add_bios_memory(&info);
	assert_true(info.had_ram_only);
	assert_int_equal(info.nr_regions, 3);
	assert_region(&info, 0, 0, 0x9fc00, REGION_RAM);
	assert_region(&info, 1, 0x9fc00, MIB, REGION_RESERVED);
	assert_region(&info, 2, MIB, 512 * MIB, REGION_RAM);
}

static void each_gap_is_filled_and_ram_stays_ram(void **state)
{
	(void)state;
	ram(0, 0x80000);
	ram(0x90000, 0xa0000);
	ram(0xc0000, 0xd0000);
	info_add_bios_memory(&info);
	assert_int_equal(info.nr_regions, 6);
	assert_region(&info, 1, 0x80000, 0x90000, REGION_RESERVED);
	assert_region(&info, 3, 0xa0000, 0xc0000, REGION_RESERVED);
	assert_region(&info, 4, 0xc0000, 0xd0000, REGION_RAM);
	assert_region(&info, 5, 0xd0000, MIB, REGION_RESERVED);
}

static void other_maps_stay_as_they_are(void **state)
{
	(void)state;
	ram(0, 0x9fc00);
	ram(MIB, 2 * MIB);
	assert_fine(try_region(&info, 4 * GIB - MIB, MIB, REGION_RESERVED));
	info_add_bios_memory(&info);
	assert_int_equal(info.nr_regions, 3);
	assert_false(info.had_ram_only);
	setup(NULL);
	info_add_bios_memory(&info); /* there is none */
	assert_int_equal(info.nr_regions, 0);
	ram(MIB, 2 * MIB); /* nothing is known below */
	info_add_bios_memory(&info);
	assert_int_equal(info.nr_regions, 1);
	setup(NULL);
	ram(0, 2 * MIB);
	info_add_bios_memory(&info);
	assert_int_equal(info.nr_regions, 1);
	assert_false(info.had_ram_only);
}

static void assert_type(phys at, u32 type, phys end)
{
	phys found_end = 0;

	assert_int_equal(info_type_at(&info, at, &found_end), type);
	assert_int_equal(found_end, end);
}

static void an_address_has_a_type_or_none(void **state)
{
	(void)state;
	ram(0x1000, 0x2000);
	assert_fine(try_region(&info, 0x3000, 0x1000, REGION_NVS));
	assert_type(0, 0, 0x1000);
	assert_type(0x1000, REGION_RAM, 0x2000);
	assert_type(0x1fff, REGION_RAM, 0x2000);
	assert_type(0x2000, 0, 0x3000);
	assert_type(0x3800, REGION_NVS, 0x4000);
	assert_type(0x4000, 0, ~0ull);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_a_map_of_ram_leaves_out_is_reserved),
		TEST(each_gap_is_filled_and_ram_stays_ram),
		TEST(other_maps_stay_as_they_are),
		TEST(an_address_has_a_type_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
