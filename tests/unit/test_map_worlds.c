// SPDX-License-Identifier: BSD-2-Clause
/*
 * Holds and memory maps of every small world: all ways to add some ranges one
 * after the other, and to look for what is there. A model knows each address.
 */
#include "guest.h"

#define MOST 8 /* addresses */

static u8 model[MOST]; /* 0: nothing; holds: until + 1; maps: strictness */
static u64 len, nr_worlds;

static struct holds holds;
static struct boot_info info;

#define check(fact)                                                            \
	do {                                                                   \
		if (!(fact))                                                   \
			fail_msg("world %lu: %s", nr_worlds, #fact);           \
	} while (0)

static void note(struct range range, u8 level)
{
	for (phys at = range.start; at < range.end; at++)
		if (model[at] < level)
			model[at] = level;
}

static int setup(void **state)
{
	(void)state;
	memset(&holds, 0, sizeof(holds));
	info_init(&info, "test");
	memset(model, 0, sizeof(model));
	nr_worlds = 0;
	return 0;
}

/* The first hold, or the last, that has an address of the range that is needed
 * for so long. */
static void check_look(struct range range, enum until until)
{
	const struct hold *first = holds_first(&holds, range, until);
	const struct hold *last = holds_last(&holds, range, until);
	phys low = range.start, high = range.end;

	while (low < high && model[low] <= until)
		low++;
	while (low < high && model[high - 1] <= until)
		high--;
	check(!first == (low == high) && !last == (low == high));
	if (!first)
		return;
	check(first->until + 1 == model[low] && first->range.start <= low &&
	      low < first->range.end);
	check(last->until + 1 == model[high - 1] && last->range.start < high &&
	      high <= last->range.end);
}

static void check_holds(void)
{
	phys at = 0;

	for (u32 i = 0; i < holds.nr; i++) {
		struct hold hold = holds.list[i];

		check(hold.range.start >= at && !range_empty(hold.range));
		check(!i || holds.list[i - 1].until != hold.until ||
		      hold.range.start > at);
		for (; at < hold.range.start; at++)
			check(!model[at]);
		for (; at < hold.range.end; at++)
			check(model[at] == hold.until + 1);
	}
	for (; at < len; at++)
		check(!model[at]);
	for (phys start = 0; start < len; start++)
		for (phys end = start; end <= len; end++)
			for (u32 u = UNTIL_TELL; u <= UNTIL_FOREVER; u++)
				check_look((struct range){ start, end },
					   (enum until)u);
	nr_worlds++;
}

static void add_holds(u32 nr)
{
	struct hold before[MOST];
	u32 nr_before = holds.nr;
	u8 known[MOST];

	if (!nr) {
		check_holds();
		return;
	}
	memcpy(before, holds.list, nr_before * sizeof(before[0]));
	memcpy(known, model, sizeof(model));
	for (phys start = 0; start < len; start++)
		for (phys end = start + 1; end <= len; end++)
			for (u32 u = UNTIL_TELL; u <= UNTIL_FOREVER; u++) {
				struct range range = { start, end };

				check(holds_add(&holds, range, (enum until)u));
				note(range, (u8)(u + 1));
				add_holds(nr - 1);
				holds.nr = nr_before;
				memcpy(holds.list, before,
				       nr_before * sizeof(before[0]));
				memcpy(model, known, sizeof(model));
			}
}

static void three_holds_of_eight_addresses(void **state)
{
	(void)state;
	len = 8;
	add_holds(3);
	assert_int_equal(nr_worlds, 1259712);
}

static const u32 types[] = { REGION_RAM, REGION_ACPI, REGION_RESERVED };

static void check_map(void)
{
	phys at = 0;

	for (u32 i = 0; i < info.nr_regions; i++) {
		struct region region = info.regions[i];

		check(region.range.start >= at && !range_empty(region.range));
		for (; at < region.range.start; at++)
			check(!model[at]);
		for (; at < region.range.end; at++)
			check(region.type == types[model[at] - 1]);
	}
	for (; at < len; at++)
		check(!model[at]);
	for (at = 0; at < len; at++) {
		phys end;

		check(info_type_at(&info, at, &end) ==
		      (model[at] ? types[model[at] - 1] : 0));
		check(end > at);
		for (; at + 1 < min_u64(end, len); at++)
			check(model[at] == model[at + 1]);
	}
	nr_worlds++;
}

static void add_regions(u32 nr)
{
	struct region before[MOST];
	u32 nr_before = info.nr_regions;
	u8 known[MOST];

	if (!nr) {
		check_map();
		return;
	}
	memcpy(before, info.regions, nr_before * sizeof(before[0]));
	memcpy(known, model, sizeof(model));
	for (phys start = 0; start < len; start++)
		for (phys end = start + 1; end <= len; end++)
			for (u8 t = 0; t < ARRAY_LEN(types); t++) {
				info_add_region(&info, start, end - start,
						types[t]);
				check(!info.bad);
				note((struct range){ start, end }, t + 1);
				add_regions(nr - 1);
				info.nr_regions = nr_before;
				memcpy(info.regions, before,
				       nr_before * sizeof(before[0]));
				memcpy(model, known, sizeof(model));
			}
}

static void four_regions_of_five_addresses(void **state)
{
	(void)state;
	len = 5;
	add_regions(4);
	assert_int_equal(nr_worlds, 4100625);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(three_holds_of_eight_addresses),
		TEST(four_regions_of_five_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
