// SPDX-License-Identifier: BSD-2-Clause
/*
 * door(tell(x)) == x for every kind of kernel: maps of any length, displays,
 * copies of the RSDP; and all that is told lies in memory that was promised.
 */
#include "carriers.h"

#define KERNEL_AT (8 * MIB)
#define ACPI_AT	  (RAM_END + 0x2000) /* where no search looks */

static const struct carrier *carrier;

static int setup(void **state)
{
	u64 len;

	kernel_setup(state);
	put32(&mem, RSDP_AT, 0); /* nothing to be found */
	if (!carrier)
		return 0;
	len = carrier_put(carrier, KERNEL_AT, LINK_AT);
	info_add_module(&info, KERNEL_AT, KERNEL_AT + len, VIEW(""));
	return 0;
}

/* Each kind of kernel in a machine of its own. */
#define EACH(state)                                                            \
	for (carrier = carriers;                                               \
	     carrier < carriers + ARRAY_LEN(carriers) && !setup(state);        \
	     carrier++)

static void every_type_of_memory_arrives(void **state)
{
	static const u32 types[] = { 1, 2, 3, 4, 5, 7, 12, 0xefffffff };

	EACH(state)
	{
		for (u64 i = 0; i < ARRAY_LEN(types); i++)
			guest_map(5 * GIB + i * MIB, 5 * GIB + i * MIB + MIB,
				  types[i]);
		carry(carrier);
		assert_same_map(&info);
	}
}

static void a_map_of_any_length_arrives(void **state)
{
	static const u32 counts[] = { 4, 126, 127, 128, 129, 500, 1056 };

	for (u32 i = 0; i < ARRAY_LEN(counts); i++)
		EACH(state)
		{
			for (phys at = 8 * GIB; info.nr_regions < counts[i];
			     at += GIB)
				guest_map(at, at + 64 * MIB,
					  1 + (u32)(at / GIB) % 4);
			carry(carrier);
			assert_int_equal(told.nr_regions, counts[i]);
			assert_same_map(&info);
		}
}

static void displays_arrive(void **state)
{
	static const struct framebuffer screens[] = {
		{ FRAMEBUFFER_RGB,
		  0xfd000000,
		  5120,
		  1280,
		  1024,
		  32,
		  { 16, 8 },
		  { 8, 8 },
		  { 0, 8 } },
		{ FRAMEBUFFER_RGB,
		  0x12fd000000,
		  1280,
		  640,
		  480,
		  16,
		  { 11, 5 },
		  { 5, 6 },
		  { 0, 5 } },
		{ FRAMEBUFFER_TEXT,
		  0xb8000,
		  160,
		  80,
		  25,
		  16,
		  { 0, 0 },
		  { 0, 0 },
		  { 0, 0 } },
		{ FRAMEBUFFER_INDEXED,
		  0xa0000,
		  320,
		  320,
		  200,
		  8,
		  { 0, 0 },
		  { 0, 0 },
		  { 0, 0 } },
		{ .type = FRAMEBUFFER_NONE },
	};
	struct boot_info left;

	for (u32 i = 0; i < ARRAY_LEN(screens); i++)
		EACH(state)
		{
			info.framebuffer = screens[i];
			carry(carrier);
			left = info;
			forget_what_is_lost(carrier, &left);
			assert_same_screen(&left.framebuffer);
		}
}

/* The RSDP lies where the door cannot have guessed it. */
static void the_rsdp_arrives(void **state)
{
	EACH(state)
	{
		put_rsdp(&mem, ACPI_AT, 2);
		info.rsdp = ACPI_AT;
		carry(carrier);
		if (carrier->door == &mb2_door) {
			assert_int_equal(told.rsdp, 0);
			assert_int_equal(told.rsdp_copy.len, 36);
			assert_memory_equal(told.rsdp_copy.at,
					    guest_at(&mem, ACPI_AT, 36), 36);
		} else if (carrier->door != &mb1_door) {
			assert_int_equal(told.rsdp, ACPI_AT);
		}
	}
}

/* Multiboot 1 has no place for it. */
static void pitfall_86_a_copy_of_the_rsdp_arrives_as_acpi_memory(void **state)
{
	static struct acpi_rsdp rsdp;
	struct view copy;

	for (u8 revision = 0; revision <= 2; revision = (u8)(revision + 2))
		EACH(state)
		{
			rsdp = make_rsdp(revision);
			copy = (struct view){ (u8 *)&rsdp, revision ? 36 : 20 };
			info.rsdp_copy = copy;
			carry(carrier);
			if (carrier->door == &mb2_door) {
				assert_true(view_equal(told.rsdp_copy, copy));
				continue;
			}
			if (carrier->door == &mb1_door)
				continue;
			assert_memory_equal(guest_at(&mem, told.rsdp, copy.len),
					    copy.at, copy.len);
			assert_true(range_within(
				r(told.rsdp, told.rsdp + PAGE_SIZE),
				plan.arena));
			assert_same_map(&info); /* with the page in it */
			for (u32 i = 0; i < told.nr_regions; i++)
				if (told.regions[i].range.start == told.rsdp)
					assert_region(&told, i, told.rsdp,
						      told.rsdp + PAGE_SIZE,
						      REGION_ACPI);
		}
}

/* Xen's toolstacks called ACPI's memory RAM, before 2025. */
static void pitfall_86_the_rsdp_in_ram_makes_its_pages_acpi_memory(void **state)
{
	static const phys places[] = { 6 * MIB, 6 * MIB + 0xff0,
				       RAM_END - 0x24 };

	for (u32 i = 0; i < ARRAY_LEN(places); i++)
		EACH(state)
		{
			phys start = align_down(places[i], PAGE_SIZE);
			phys end = align_up(places[i] + 36, PAGE_SIZE);
			u32 found = 0;

			put_rsdp(&mem, places[i], 2);
			info.rsdp = places[i];
			assert_fine(info_check(&info));
			carry(carrier);
			for (u32 k = 0; k < told.nr_regions; k++)
				if (told.regions[k].range.start == start) {
					assert_region(&told, k, start, end,
						      REGION_ACPI);
					found++;
				}
			assert_int_equal(found, 1);
		}
}

/* Cloud Hypervisor's lies in no entry of the map. */
static void pitfall_76_the_rsdp_may_lie_outside_of_the_map(void **state)
{
	EACH(state)
	{
		put_rsdp(&mem, 0xa0000, 2);
		info.rsdp = 0xa0000;
		assert_fine(info_check(&info));
		carry(carrier);
		assert_same_map(&info);
		if (carrier->door == &mb2_door)
			assert_int_equal(told.rsdp_copy.len, 36);
		else if (carrier->door != &mb1_door)
			assert_int_equal(told.rsdp, 0xa0000);
	}
}

/* By the door's own account of what it points at. */
static void all_that_is_told_lies_in_the_arena(void **state)
{
	static const char text[] = "\3\2......_SM3_ and more";

	EACH(state)
	{
		info.cmdline = VIEW("some words");
		info.smbios = VIEW(text);
		info.nr_setup_data = carrier->has_subarch;
		info.setup_data[0] = (struct setup_node){ 3, VIEW("PCI") };
		guest_module(5 * MIB, 0x1001, "name", "words");
		guest_module(6 * MIB + 3, 0x1001, "name", "words");
		carry(carrier);
		for (u32 i = 0; i < told.holds.nr; i++) {
			struct hold hold = told.holds.list[i];

			if (hold.range.start == GANGWAY)
				continue;
			if (hold.until == UNTIL_TELL)
				assert_true(
					range_within(hold.range, plan.arena));
			else
				assert_false(
					range_overlaps(hold.range, plan.arena));
			assert_false(range_overlaps(hold.range, plan.window));
		}
		assert_held(&told, mem_phys(&mem, told.cmdline),
			    mem_phys(&mem, told.cmdline) + 11);
	}
}

/* Every byte that a kernel is told of was written for it: what its own door
 * reads and holds does not depend on what lay there before. */
static void pitfall_113_old_memory_is_not_handed_over(void **state)
{
	static u8 first[MIB];
	u64 len, nr;

	EACH(state)
	{
		carry_over(carrier, 0xcc);
		len = range_len(plan.arena);
		assert_true(len >= PAGE_SIZE && len <= sizeof(first));
		memcpy(first, guest_at(&mem, plan.arena.start, len), len);
		setup(state);
		carry_over(carrier, 0x33);
		assert_int_equal(range_len(plan.arena), len);
		nr = 0;
		for (u32 i = 0; i < told.holds.nr; i++) {
			struct range held = told.holds.list[i].range;

			if (!range_within(held, plan.arena))
				continue;
			assert_memory_equal(
				guest_at(&mem, held.start, range_len(held)),
				first + (held.start - plan.arena.start),
				range_len(held));
			nr++;
		}
		assert_true(nr);
	}
}

/* What has been passed on once is passed on the same again. */
static void twice_is_as_once(void **state)
{
	static struct boot_info once;
	u64 len;

	EACH(state)
	{
		info.cmdline = VIEW("one two");
		info.pvh_flags = 3;
		info.subarch = 3;
		info.rsdp = RSDP_AT;
		put_rsdp(&mem, RSDP_AT, 2);
		carry(carrier);
		once = info = told;
		len = carrier_put(carrier, KERNEL_AT, LINK_AT);
		info_add_module(&info, KERNEL_AT, KERNEL_AT + len, VIEW(""));
		carry(carrier);
		assert_carried(&once);
		assert_view(told.cmdline, "one two");
		assert_true(view_equal(told.loader, once.loader));
	}
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_type_of_memory_arrives),
		TEST(a_map_of_any_length_arrives),
		TEST(displays_arrive),
		TEST(the_rsdp_arrives),
		TEST(pitfall_86_a_copy_of_the_rsdp_arrives_as_acpi_memory),
		TEST(pitfall_86_the_rsdp_in_ram_makes_its_pages_acpi_memory),
		TEST(pitfall_76_the_rsdp_may_lie_outside_of_the_map),
		TEST(all_that_is_told_lies_in_the_arena),
		TEST(pitfall_113_old_memory_is_not_handed_over),
		TEST(twice_is_as_once),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
