// SPDX-License-Identifier: BSD-2-Clause
/*
 * boot_info.c: the memory map, modules and strings, whatever order they come
 * in and however they overlap.
 */
#include "guest.h"

#define HOLDS_FULL                                                             \
	"the loader's tables and modules lie in more than 1120 places"

static struct boot_info info;

static int setup(void **state)
{
	(void)state;
	info_init(&info, "test");
	return 0;
}

static void add(phys start, phys end, u32 type)
{
	assert_fine(try_region(&info, start, end - start, type));
}

static struct range r(phys start, phys end)
{
	return (struct range){ start, end };
}

static void a_new_info_is_empty(void **state)
{
	(void)state;
	assert_string_equal(info.door, "test");
	assert_int_equal(info.nr_regions, 0);
	assert_int_equal(info.nr_modules, 0);
	assert_int_equal(info.holds.nr, 0);
	assert_view(info.loader, "");
	assert_view(info.name, "");
	assert_view(info.cmdline, "");
	assert_view(info.rsdp_copy, "");
	assert_view(info.smbios, "");
	assert_view(info.devicetree, "");
	assert_view(info.efi.memory_map, "");
	assert_int_equal(info_ram(&info), 0);
	assert_int_equal(info_ram_end(&info), 0);
}

static void pitfall_73_unsorted_maps_are_sorted(void **state)
{
	(void)state;
	add(0x100000, 0x8000000, REGION_RAM);
	add(0, 0x9fc00, REGION_RAM);
	add(0xf0000, 0x100000, REGION_RESERVED);
	add(0x9fc00, 0xa0000, REGION_RESERVED);
	assert_int_equal(info.nr_regions, 4);
	assert_region(&info, 0, 0, 0x9fc00, REGION_RAM);
	assert_region(&info, 1, 0x9fc00, 0xa0000, REGION_RESERVED);
	assert_region(&info, 2, 0xf0000, 0x100000, REGION_RESERVED);
	assert_region(&info, 3, 0x100000, 0x8000000, REGION_RAM);
}

static void pitfall_73_empty_entries_are_dropped(void **state)
{
	(void)state;
	add(0x1000, 0x2000, REGION_RAM);
	add(0, 0, REGION_RAM);
	add(0x1800, 0x1800, REGION_RESERVED);
	assert_int_equal(info.nr_regions, 1);
	assert_region(&info, 0, 0x1000, 0x2000, REGION_RAM);
}

static void the_stricter_type_wins_in_any_order(void **state)
{
	(void)state;
	add(0x1000, 0x5000, REGION_RAM);
	add(0x2000, 0x3000, REGION_NVS);
	add(0x1000, 0x5000, REGION_RAM);
	assert_int_equal(info.nr_regions, 3);
	assert_region(&info, 0, 0x1000, 0x2000, REGION_RAM);
	assert_region(&info, 1, 0x2000, 0x3000, REGION_NVS);
	assert_region(&info, 2, 0x3000, 0x5000, REGION_RAM);
}

static void each_type_is_stricter_than_the_one_before(void **state)
{
	static const u32 order[] = {
		REGION_RAM,	 REGION_SOFT_RESERVED, REGION_PRAM,
		REGION_PMEM,	 REGION_ACPI,	       REGION_NVS,
		REGION_RESERVED, REGION_UNUSABLE,
	};

	(void)state;
	for (u32 a = 0; a < ARRAY_LEN(order); a++) {
		for (u32 b = 0; b < ARRAY_LEN(order); b++) {
			info_init(&info, "test");
			add(0, 0x1000, order[a]);
			add(0, 0x1000, order[b]);
			assert_int_equal(info.nr_regions, 1);
			assert_region(&info, 0, 0, 0x1000,
				      order[a > b ? a : b]);
		}
	}
	assert_int_equal(info.unknown_types, 0);
}

static void a_region_may_bridge_several(void **state)
{
	(void)state;
	add(0x2000, 0x3000, REGION_RAM);
	add(0x4000, 0x5000, REGION_UNUSABLE);
	add(0x1000, 0x6000, REGION_RESERVED);
	assert_int_equal(info.nr_regions, 5);
	assert_region(&info, 0, 0x1000, 0x2000, REGION_RESERVED);
	assert_region(&info, 1, 0x2000, 0x3000, REGION_RESERVED);
	assert_region(&info, 2, 0x3000, 0x4000, REGION_RESERVED);
	assert_region(&info, 3, 0x4000, 0x5000, REGION_UNUSABLE);
	assert_region(&info, 4, 0x5000, 0x6000, REGION_RESERVED);
}

static void unknown_types_become_reserved_and_are_counted(void **state)
{
	(void)state;
	add(0x1000, 0x2000, 0);
	add(0x3000, 0x4000, 6);
	add(0x5000, 0x6000, 0xfffffffe);
	assert_int_equal(info.unknown_types, 3);
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(info.regions[i].type, REGION_RESERVED);
}

static void a_region_past_the_end_of_addresses_is_cut(void **state)
{
	(void)state;
	assert_fine(
		try_region(&info, PHYS_END - 0x1000, ~0ull, REGION_RESERVED));
	assert_fine(try_region(&info, 0x1000, ~0ull, REGION_RAM));
	assert_fine(try_region(&info, ~0ull - 5, 3, REGION_RAM));
	assert_int_equal(info.nr_regions, 2);
	assert_region(&info, 0, 0x1000, PHYS_END - 0x1000, REGION_RAM);
	assert_region(&info, 1, PHYS_END - 0x1000, PHYS_END, REGION_RESERVED);
}

/* Its end, rounded up, would be 0. */
static void a_hold_past_the_end_of_addresses_is_cut(void **state)
{
	static struct plan plan;

	(void)state;
	add(0x1000, 0x8000, REGION_RAM);
	info_keep(&info, 0x5000, ~0ull);
	info_keep(&info, ~0ull - 5, 3);
	assert_null(info.bad);
	plan_init(&plan, &info);
	assert_int_equal(plan_largest(&plan, 0, ANYWHERE, false).end, 0x5000);
}

static void too_many_regions_are_refused(void **state)
{
	(void)state;
	for (u64 i = 0; i < MAX_REGIONS - 1; i++)
		add(i * 0x2000, i * 0x2000 + 0x1000, REGION_RAM);
	/* One more fits, but this one needs two: it splits. */
	assert_why(try_region(&info, 0x400, 0x400, REGION_RESERVED),
		   "the memory map has more than 1056 regions");
	setup(NULL);
	for (u64 i = 0; i < MAX_REGIONS; i++)
		add(i * 0x2000, i * 0x2000 + 0x1000, REGION_RAM);
	/* What is known already or empty takes no room. */
	assert_fine(try_region(&info, 0, 0x1000, REGION_RESERVED));
	assert_fine(try_region(&info, 0x1000, 0, REGION_RAM));
	assert_why(try_region(&info, 0x1000, 0x1000, REGION_RAM),
		   "the memory map has more than 1056 regions");
	assert_int_equal(info.nr_regions, MAX_REGIONS);
}

static void what_a_loader_without_a_map_tells_is_in_kib(void **state)
{
	(void)state;
	info_add_basic_memory(&info, 640, 0x3fffff);
	assert_fine(info.bad);
	assert_int_equal(info.nr_regions, 2);
	assert_region(&info, 0, 0, 640 * KIB, REGION_RAM);
	assert_region(&info, 1, MIB, 4 * GIB + MIB - KIB, REGION_RAM);
}

/* What the map should say, one entry for each byte of a tiny address space. */
#define MODEL 256

static const u32 model_order[] = {
	0 /* nothing */, REGION_RAM,	  REGION_SOFT_RESERVED,
	REGION_PRAM,	 REGION_PMEM,	  REGION_ACPI,
	REGION_NVS,	 REGION_RESERVED, REGION_UNUSABLE,
};

static u32 random_below(u32 limit)
{
	static u32 seed = 1;

	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % limit;
}

static void add_to_both(u8 model[MODEL])
{
	u8 rank = (u8)(1 + random_below(ARRAY_LEN(model_order) - 1));
	u32 start = random_below(MODEL + 1);
	u32 len = random_below(MODEL + 1 - start);

	add(start, start + len, model_order[rank]);
	for (u32 at = start; at < start + len; at++)
		if (rank > model[at])
			model[at] = rank;
}

static u32 type_at(phys at)
{
	for (u32 i = 0; i < info.nr_regions; i++)
		if (range_overlaps(info.regions[i].range, r(at, at + 1)))
			return info.regions[i].type;
	return 0;
}

static void compare(const u8 model[MODEL])
{
	u64 ram = 0, ram_end = 0;

	for (u32 at = 0; at < MODEL; at++) {
		assert_int_equal(type_at(at), model_order[model[at]]);
		assert_int_equal(info_covers(&info, r(at, at + 1)),
				 model[at] != 0);
		if (model[at] == 1) {
			ram++;
			ram_end = at + 1;
		}
	}
	assert_int_equal(info_ram(&info), ram);
	assert_int_equal(info_ram_end(&info), ram_end);
	for (u32 i = 0; i < info.nr_regions; i++) {
		assert_false(range_empty(info.regions[i].range));
		if (i)
			assert_true(info.regions[i - 1].range.end <=
				    info.regions[i].range.start);
	}
}

static void random_maps_equal_a_byte_by_byte_model(void **state)
{
	u8 model[MODEL];

	(void)state;
	for (u32 round = 0; round < 500; round++) {
		setup(NULL);
		memset(model, 0, sizeof(model));
		for (u32 i = random_below(20); i < 20; i++)
			add_to_both(model);
		compare(model);
	}
}

static void covers_needs_every_byte(void **state)
{
	(void)state;
	add(0x1000, 0x2000, REGION_RAM);
	add(0x2000, 0x3000, REGION_RESERVED);
	add(0x4000, 0x5000, REGION_RAM);
	assert_true(info_covers(&info, r(0x1000, 0x3000)));
	assert_true(info_covers(&info, r(0x1fff, 0x2001)));
	assert_true(info_covers(&info, r(0x3800, 0x3800)));
	assert_false(info_covers(&info, r(0xfff, 0x1001)));
	assert_false(info_covers(&info, r(0x2fff, 0x3001)));
	assert_false(info_covers(&info, r(0x1000, 0x5000)));
	assert_false(info_covers(&info, r(0x4000, 0x5001)));
	assert_false(info_covers(&info, r(0x6000, 0x6001)));
}

static void the_first_mib_is_readable_without_a_map(void **state)
{
	(void)state;
	add(MIB, MIB + 0x1000, REGION_RAM);
	assert_true(info_readable(&info, r(0xa0000, 0xa0024)));
	assert_true(info_readable(&info, r(MIB - 8, MIB + 8)));
	assert_true(info_readable(&info, r(MIB, MIB + 0x1000)));
	assert_false(info_readable(&info, r(MIB, MIB + 0x1001)));
	assert_false(info_readable(&info, r(MIB - 8, MIB + 0x1001)));
	assert_false(info_readable(&info, r(2 * MIB, 2 * MIB + 1)));
}

static void modules_are_split_and_held(void **state)
{
	(void)state;
	info.names.modules = true;
	assert_fine(
		try_module(&info, 0x1000, 0x2000, VIEW("kernel quiet splash")));
	info_set_loader(&info, VIEW("Limine"));
	assert_fine(try_module(&info, 0x2000, 0x3000, VIEW("initrd words")));
	assert_int_equal(info.nr_modules, 2);
	assert_view(info.modules[0].name, "kernel");
	assert_view(info.modules[0].line, "quiet splash");
	assert_view(info.modules[1].name, "");
	assert_view(info.modules[1].line, "initrd words");
	assert_view(info.modules[1].string, "initrd words");
	assert_int_equal(info.modules[1].range.start, 0x2000);
	assert_int_equal(info.modules[1].range.end, 0x3000);
	assert_non_null(
		holds_first(&info.holds, r(0x2fff, 0x3000), UNTIL_PLACE));
	assert_null(holds_first(&info.holds, r(0x2fff, 0x3000), UNTIL_FOREVER));
}

static void bad_modules_are_refused_and_empty_ones_count(void **state)
{
	(void)state;
	assert_fine(try_module(&info, 0x1000, 0x1000, VIEW("nothing")));
	assert_int_equal(info.nr_modules, 1);
	assert_int_equal(info.holds.nr, 0);
	assert_why(try_module(&info, 0x2000, 0x1fff, VIEW("")),
		   "a module ends before it starts: number 1, 0x2000-0x1fff");
	setup(NULL);
	for (u64 i = 0; i < MAX_MODULES; i++)
		assert_fine(try_module(&info, i * 16, i * 16 + 8, VIEW("")));
	assert_why(try_module(&info, MIB, 2 * MIB, VIEW("")),
		   "there are more than 512 modules");
	setup(NULL);
	info.holds.nr = MAX_HOLDS;
	assert_why(try_module(&info, MIB, 2 * MIB, VIEW("")), HOLDS_FULL);
	assert_int_equal(info.nr_modules, 0);
}

static void the_command_line_loses_its_name(void **state)
{
	(void)state;
	info.names.line = true;
	info_set_cmdline(&info, VIEW("gangway.elf a b "));
	assert_view(info.name, "gangway.elf");
	assert_view(info.cmdline, "a b ");
	info.names.line = false;
	info_set_cmdline(&info, VIEW("a b"));
	assert_view(info.cmdline, "a b");
}

static void holds_of_tables_are_checked(void **state)
{
	(void)state;
	assert_fine(try_hold(&info, 0x1000, 0x10));
	assert_held(&info, 0x1000, 0x1010);
	assert_null(holds_first(&info.holds, r(0x1000, 0x1010), UNTIL_PLACE));
	assert_why(try_hold(&info, ~0ull, 2),
		   "a table of the loader's passes the end of memory");
	setup(NULL);
	info.holds.nr = MAX_HOLDS;
	assert_why(try_hold(&info, MIB, 1), HOLDS_FULL);
}

static void the_check_wants_ram_and_modules_in_the_map(void **state)
{
	(void)state;
	add(0, 0x1000, REGION_RESERVED);
	assert_why(info_check(&info), "the memory map has no RAM");
	setup(NULL);
	add(0x1000, 0x3000, REGION_RAM);
	assert_fine(info_check(&info));
	assert_fine(try_module(&info, 0x2000, 0x3000, VIEW("")));
	assert_fine(info_check(&info));
	assert_fine(try_module(&info, 0x2000, 0x3001, VIEW("")));
	assert_why(info_check(&info),
		   "module 1 lies at 0x2000-0x3001, outside the memory map, "
		   "whose RAM ends at 0x3000: give the machine more memory");
}

/* Whoever reads on after a refusal neither adds to info nor hides why. */
static void the_first_reason_stays_and_nothing_is_added(void **state)
{
	(void)state;
	add(MIB, 2 * MIB, REGION_RAM);
	info_refuse(&info, NULL);
	assert_fine(info.bad);
	info_refuse(&info, reason_format("%s", "one"));
	assert_string_equal(reason_format("another"), "another");
	info_refuse(&info, "two");
	assert_why(try_region(&info, 4 * MIB, MIB, REGION_RAM), "one");
	assert_why(try_region(&info, MIB, 0x1000, REGION_RESERVED), "one");
	assert_why(try_module(&info, MIB, MIB + 1, VIEW("kernel")), "one");
	assert_why(try_module(&info, MIB, MIB - 1, VIEW("")), "one");
	assert_why(try_hold(&info, ~0ull, 2), "one");
	info.rsdp = MIB;
	assert_why(info_check(&info), "one");
	assert_int_equal(info.nr_regions, 1);
	assert_region(&info, 0, MIB, 2 * MIB, REGION_RAM);
	assert_int_equal(info.nr_modules, 0);
	assert_int_equal(info.holds.nr, 0);
}

/* Only where there would be no room for them. */
static void regions_that_touch_are_joined_at_the_limit(void **state)
{
	(void)state;
	for (u64 i = 0; i < MAX_REGIONS - 1; i++)
		add(i * 0x1000, (i + 1) * 0x1000, REGION_RAM);
	assert_int_equal(info.nr_regions, MAX_REGIONS - 1);
	for (u64 i = MAX_REGIONS - 1; i < 3 * MAX_REGIONS; i++)
		add(i * 0x1000, (i + 1) * 0x1000, REGION_RAM);
	assert_true(info.nr_regions < MAX_REGIONS);
	add(0x800, 0x900, REGION_RESERVED);
	info_join_regions(&info);
	assert_int_equal(info.nr_regions, 3);
	assert_region(&info, 0, 0, 0x800, REGION_RAM);
	assert_region(&info, 1, 0x800, 0x900, REGION_RESERVED);
	assert_region(&info, 2, 0x900, 3 * MAX_REGIONS * 0x1000, REGION_RAM);
}

static void no_device_lies_in_ram(void **state)
{
	(void)state;
	add(0x100000, 0x200000, REGION_RAM);
	add(0x200000, 0x300000, REGION_RESERVED);
	assert_true(info_may_be_device(&info, 0x200000, 8));
	assert_true(info_may_be_device(&info, 0x300000, 8));
	assert_false(info_may_be_device(&info, 0x1ffff9, 8));
	assert_false(info_may_be_device(&info, 0xffff9, 8));
	assert_true(info_may_be_device(&info, 0xffff8, 8));
	assert_false(info_may_be_device(&info, ~0ull - 6, 8));
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(regions_that_touch_are_joined_at_the_limit),
		TEST(a_new_info_is_empty),
		TEST(pitfall_73_unsorted_maps_are_sorted),
		TEST(pitfall_73_empty_entries_are_dropped),
		TEST(the_stricter_type_wins_in_any_order),
		TEST(each_type_is_stricter_than_the_one_before),
		TEST(a_region_may_bridge_several),
		TEST(unknown_types_become_reserved_and_are_counted),
		TEST(a_region_past_the_end_of_addresses_is_cut),
		TEST(a_hold_past_the_end_of_addresses_is_cut),
		TEST(too_many_regions_are_refused),
		TEST(what_a_loader_without_a_map_tells_is_in_kib),
		TEST(random_maps_equal_a_byte_by_byte_model),
		TEST(covers_needs_every_byte),
		TEST(no_device_lies_in_ram),
		TEST(the_first_mib_is_readable_without_a_map),
		TEST(modules_are_split_and_held),
		TEST(bad_modules_are_refused_and_empty_ones_count),
		TEST(the_command_line_loses_its_name),
		TEST(holds_of_tables_are_checked),
		TEST(the_check_wants_ram_and_modules_in_the_map),
		TEST(the_first_reason_stays_and_nothing_is_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
