// SPDX-License-Identifier: BSD-2-Clause
/*
 * paging.c: all RAM of a map is in the window, and in the tables that a kernel
 * is entered with; seen as the CPU sees it.
 */
#include "paging_guest.h"

#define STEP (2 * MIB)

static void ram(phys start, phys end)
{
	assert_fine(try_region(&info, start, end - start, REGION_RAM));
}

/* All of the first 4 GiB, and all RAM behind, at base + its address. */
static void assert_all_mapped(const u64 *root, u64 base, u64 rights)
{
	for (phys at = 0; at < 4 * GIB; at += STEP)
		assert_mapped(root, base + at, at, rights);
	assert_mapped(root, base + 4 * GIB - 1, 4 * GIB - 1, rights);
	for (u32 i = 0; i < info.nr_regions; i++) {
		struct range r = info.regions[i].range;

		if (info.regions[i].type != REGION_RAM)
			continue;
		for (phys at = r.start; at < r.end; at += STEP)
			assert_mapped(root, base + at, at, rights);
		assert_mapped(root, base + r.end - 1, r.end - 1, rights);
	}
}

static void depart_and_check(void)
{
	struct arena arena =
		arena_of(&mem, 12 * MIB, 12 * MIB + PAGING_DEPART_LEN);
	phys root = paging_depart(&arena);

	assert_false(arena.is_full);
	assert_int_equal(root, 12 * MIB);
	/* By then a copy may have overwritten gangway. */
	memset(top_table, 0xff, sizeof(top_table));
	memset(window_pdpt, 0xff, sizeof(window_pdpt));
	memset(window_pds, 0xff, sizeof(window_pds));
	assert_all_mapped(paging_table(root), 0, PTE_WRITABLE);
}

static void assert_reached(void)
{
	for (u32 has_1_gib = 0; has_1_gib < 2; has_1_gib++) {
		paging_start(has_1_gib);
		mem.len = 4 * GIB;
		info.holds.nr = 0;
		assert_fine(paging_extend(&mem, &info, &plan));
		assert_all_mapped(top_table, WINDOW_BASE, PTE_WRITABLE | NX);
		assert_true(mem.len >= info_ram_end(&info));
		mem.len = HOST_RAM;
		depart_and_check();
	}
}

static void four_gib_are_there_from_the_start(void **state)
{
	(void)state;
	ram(0, 512 * MIB);
	assert_reached();
	assert_int_equal(mem.len, HOST_RAM);
	assert_int_equal(info.holds.nr, 0);
	assert_int_equal(plan.nr_copies, 0);
}

static void the_window_is_not_shortened(void **state)
{
	(void)state;
	ram(0, 512 * MIB);
	paging_start(false);
	mem.len = 4 * GIB;
	assert_fine(paging_extend(&mem, &info, &plan));
	assert_int_equal(mem.len, 4 * GIB);
	mem.len = HOST_RAM;
}

static void ram_above_4_gib_is_reached(void **state)
{
	(void)state;
	ram(0, 3 * GIB);
	ram(4 * GIB, 6 * GIB);
	assert_reached();
}

static void ram_across_4_gib_is_reached(void **state)
{
	(void)state;
	ram(MIB, 5 * GIB + 4096);
	assert_reached();
}

static void pieces_need_no_alignment(void **state)
{
	(void)state;
	ram(MIB, 3 * GIB);
	ram(4 * GIB + 123 * KIB, 4 * GIB + 124 * KIB);
	ram(7 * GIB - 1, 7 * GIB + 1);
	ram(9 * GIB + 5, 10 * GIB + 6);
	ram(10 * GIB + 7, 10 * GIB + 8);
	assert_reached();
}

static void ram_above_512_gib_is_reached(void **state)
{
	(void)state;
	ram(MIB, 3 * GIB);
	ram(4 * GIB, 600 * GIB);
	assert_reached();
}

static void ram_that_ends_or_begins_at_512_gib_is_reached(void **state)
{
	(void)state;
	ram(MIB, 3 * GIB);
	ram(511 * GIB, 512 * GIB);
	assert_reached();
	ram(512 * GIB, 513 * GIB);
	assert_reached();
}

static void ram_only_above_512_gib_is_reached(void **state)
{
	(void)state;
	ram(MIB, 3 * GIB);
	ram(513 * GIB, 514 * GIB);
	assert_reached();
}

static void ram_behind_an_empty_512_gib_is_reached(void **state)
{
	(void)state;
	ram(MIB, 3 * GIB);
	ram(4 * GIB, 5 * GIB);
	ram(2048 * GIB - GIB, 2048 * GIB + GIB);
	assert_reached();
}

static void the_highest_ram_is_below_64_tib(void **state)
{
	(void)state;
	ram(MIB, 3 * GIB);
	ram(MAX_MAPPED - GIB, MAX_MAPPED);
	assert_reached();
	ram(MAX_MAPPED, MAX_MAPPED + 1);
	assert_why(paging_extend(&mem, &info, &plan),
		   "RAM lies beyond what can be mapped");
}

/* The window maps RAM above 4 GiB: what else a module lies in there could not
 * be read. */
static void a_module_above_4_gib_lies_in_ram(void **state)
{
	(void)state;
	ram(MIB, 3 * GIB);
	ram(4 * GIB, 5 * GIB);
	assert_fine(try_region(&info, 5 * GIB, GIB, REGION_RESERVED));
	ram(6 * GIB, 7 * GIB);
	paging_start(false);
	mem.len = 4 * GIB;
	assert_fine(try_module(&info, 5 * GIB, 5 * GIB + 9, VIEW("")));
	assert_fine(info_check(&info));
	assert_why(paging_extend(&mem, &info, &plan),
		   "a module above 4 GiB does not lie in RAM");
	mem.len = HOST_RAM;
}

static void tables_are_held_for_ever(void **state)
{
	(void)state;
	ram(MIB, 3 * GIB);
	ram(4 * GIB, 6 * GIB);
	paging_start(false);
	assert_fine(try_hold(&info, MIB, 256 * KIB));
	mem.len = 4 * GIB;
	assert_fine(paging_extend(&mem, &info, &plan));
	mem.len = HOST_RAM;
	for (u64 i = 4; i < 6; i++) {
		phys at = window_pdpt[i] & FRAME;

		assert_true(at >= MIB + 256 * KIB);
		assert_non_null(holds_first(
			&info.holds, (struct range){ at, at + PAGE_SIZE },
			UNTIL_FOREVER));
	}
}

static void without_room_for_tables_it_is_refused(void **state)
{
	(void)state;
	ram(4 * GIB, 6 * GIB);
	paging_start(false);
	assert_why(paging_extend(&mem, &info, &plan),
		   "no free RAM for page tables");
	ram(PAGE_SIZE, 2 * PAGE_SIZE);
	assert_why(paging_extend(&mem, &info, &plan),
		   "no free RAM for page tables");
	ram(2 * PAGE_SIZE, 3 * PAGE_SIZE);
	assert_fine(paging_extend(&mem, &info, &plan));
}

static void pages_of_1_gib_need_no_tables_below_512_gib(void **state)
{
	(void)state;
	ram(4 * GIB, 6 * GIB);
	paging_start(true);
	assert_fine(paging_extend(&mem, &info, &plan));
	assert_int_equal(info.holds.nr, 0);
}

static void an_arena_too_short_for_tables_is_full(void **state)
{
	struct arena arena;

	(void)state;
	ram(MIB, 512 * MIB);
	paging_start(false);
	for (u64 len = 0; len < PAGING_DEPART_LEN; len += PAGE_SIZE) {
		arena = arena_of(&mem, MIB, MIB + len);
		paging_depart(&arena);
		assert_true(arena.is_full);
		assert_true(arena.next <= arena.end);
	}
	paging_start(true);
	arena = arena_of(&mem, MIB, MIB + 2 * PAGE_SIZE);
	assert_int_equal(paging_depart(&arena), MIB);
	assert_false(arena.is_full);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, paging_setup, paging_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(four_gib_are_there_from_the_start),
		TEST(the_window_is_not_shortened),
		TEST(ram_above_4_gib_is_reached),
		TEST(ram_across_4_gib_is_reached),
		TEST(pieces_need_no_alignment),
		TEST(ram_above_512_gib_is_reached),
		TEST(ram_that_ends_or_begins_at_512_gib_is_reached),
		TEST(ram_only_above_512_gib_is_reached),
		TEST(ram_behind_an_empty_512_gib_is_reached),
		TEST(the_highest_ram_is_below_64_tib),
		TEST(a_module_above_4_gib_lies_in_ram),
		TEST(tables_are_held_for_ever),
		TEST(without_room_for_tables_it_is_refused),
		TEST(pages_of_1_gib_need_no_tables_below_512_gib),
		TEST(an_arena_too_short_for_tables_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
