// SPDX-License-Identifier: BSD-2-Clause
/*
 * plan.c and efi_map.c: memory that has been the firmware's is the last resort,
 * although the map of regions calls it RAM.
 */
#include "efi_map.h"
#include "guest.h"
#include "plan.h"

#define NR 8

static struct boot_info info;
static struct plan plan;
static struct efi_descriptor map[NR];
static u32 nr_descriptors;

static void add(u32 type, phys start, phys end)
{
	map[nr_descriptors++] = (struct efi_descriptor){
		.type = type,
		.physical_start = start,
		.number_of_pages = (end - start) >> EFI_MAP_PAGE_SHIFT,
	};
}

/* 1 to 4 MiB free, then 4 of boot services, 8 free in two pieces that touch,
 * 16 of boot services, 1 free. */
static int setup(void **state)
{
	(void)state;
	info_init(&info, "test");
	nr_descriptors = 0;
	add(EFI_MAP_CONVENTIONAL, 32 * MIB, 33 * MIB);
	add(EFI_MAP_CONVENTIONAL, 1 * MIB, 4 * MIB);
	add(EFI_MAP_BS_DATA, 4 * MIB, 8 * MIB);
	add(EFI_MAP_CONVENTIONAL, 8 * MIB, 12 * MIB);
	add(EFI_MAP_LOADER_DATA, 12 * MIB, 16 * MIB);
	add(EFI_MAP_BS_CODE, 16 * MIB, 32 * MIB);
	info.efi.memory_map = (struct view){ (const u8 *)map,
					     nr_descriptors * sizeof(map[0]) };
	info.efi.descriptor_size = sizeof(map[0]);
	efi_map_read(&info);
	assert_fine(info_check(&info));
	plan_init(&plan, &info);
	return 0;
}

static phys found(u64 len, bool highest)
{
	struct room want = {
		.len = len,
		.align = PAGE_SIZE,
		.end = ANYWHERE,
		.highest = highest,
	};
	struct range out;

	assert_true(plan_find(&plan, &want, UNTIL_FOREVER, &out));
	return out.start;
}

static void test_calm_memory_first(void **state)
{
	(void)state;
	assert_int_equal(found(2 * MIB, false), 1 * MIB);
	assert_int_equal(found(4 * MIB, false), 8 * MIB);
	assert_int_equal(found(8 * MIB, false), 8 * MIB);
	assert_int_equal(found(2 * MIB, true), 14 * MIB);
	assert_int_equal(found(MIB, true), 32 * MIB);
}

static void test_the_firmwares_last(void **state)
{
	(void)state;
	assert_int_equal(found(9 * MIB, false), 1 * MIB);
	assert_int_equal(found(9 * MIB, true), 24 * MIB);
}

static void test_what_is_held_is_not_calm(void **state)
{
	(void)state;
	plan_keep(&plan, (struct range){ 8 * MIB, 12 * MIB });
	assert_int_equal(found(4 * MIB, false), 12 * MIB);
	assert_int_equal(found(5 * MIB, false), 1 * MIB);
}

/* The regions know better: what one calls reserved is not free. */
static void test_regions_count_as_well(void **state)
{
	(void)state;
	info_add_region(&info, 8 * MIB, MIB, REGION_RESERVED);
	assert_int_equal(found(4 * MIB, false), 9 * MIB);
}

static void test_predicates(void **state)
{
	struct range calm = { 9 * MIB, 15 * MIB };
	struct range services = { 4 * MIB, 5 * MIB };
	struct range both = { 7 * MIB, 9 * MIB };

	(void)state;
	assert_true(plan_is_calm(&plan, calm));
	assert_false(plan_is_calm(&plan, services));
	assert_true(plan_is_free(&plan, services));
	assert_false(plan_is_calm(&plan, both));
}

static void test_largest(void **state)
{
	(void)state;
	/* 32 MiB touch each other, of which 8 are calm. */
	assert_int_equal(plan_largest(&plan, 0, ANYWHERE, false).start,
			 1 * MIB);
	assert_int_equal(plan_largest(&plan, 0, ANYWHERE, true).start, 8 * MIB);
	assert_int_equal(plan_largest(&plan, 5 * MIB, 9 * MIB, true).start,
			 8 * MIB);
	assert_int_equal(plan_largest(&plan, 5 * MIB, 9 * MIB, true).end,
			 9 * MIB);
	info.nr_calm = 0;
	assert_int_equal(plan_largest(&plan, 0, ANYWHERE, true).start, 1 * MIB);
}

static void test_without_such_a_map(void **state)
{
	(void)state;
	info.efi.memory_map.len = 0;
	assert_fine(info_check(&info));
	assert_int_equal(found(4 * MIB, false), 1 * MIB);
	assert_true(plan_is_calm(&plan, (struct range){ 4 * MIB, 9 * MIB }));
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_calm_memory_first),
		TEST(test_the_firmwares_last),
		TEST(test_what_is_held_is_not_calm),
		TEST(test_regions_count_as_well),
		TEST(test_predicates),
		TEST(test_largest),
		TEST(test_without_such_a_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
