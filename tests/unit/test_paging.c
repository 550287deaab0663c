// SPDX-License-Identifier: BSD-2-Clause
/*
 * paging.c: all RAM of a map is in the window, and in the tables that a kernel
 * is entered with; seen as the CPU sees it.
 */
#include "paging_guest.h"

#include <sys/mman.h>

#define STEP (2 * MIB)

/* 4 GiB, of which this machine has only the pages that are written. */
static int setup(void **state)
{
	(void)state;
	mem = (struct mem){ .len = 4 * GIB };
	mem.host = mmap(NULL, mem.len, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_true(mem.host != MAP_FAILED);
	info_init(&info, "test");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	return munmap(mem.host, 4 * GIB);
}

static void piece(phys start, phys end, u32 type)
{
	assert_fine(try_region(&info, start, end - start, type));
}

static void ram(phys start, phys end)
{
	piece(start, end, REGION_RAM);
}

static why extend_only(bool has_1_gib)
{
	paging_start(has_1_gib);
	mem.len = 4 * GIB;
	mem.nr_above = 0;
	info.holds.nr = 0;
	return paging_extend(&stub_paging, &mem, &info, &plan);
}

/* And look at all of it. */
static why extend(bool has_1_gib)
{
	why bad = extend_only(has_1_gib);

	if (!bad)
		assert_true(
			paging_show(&stub_paging, (struct range){ 0, ~0ull }));
	return bad;
}

/* All RAM from an address on, at base + its address, and no more than that. */
static void assert_ram_mapped(const u64 *root, u64 base, phys from, u64 rights)
{
	for (u32 i = 0; i < info.nr_regions; i++) {
		struct range r = info.regions[i].range;

		if (info.regions[i].type != REGION_RAM || r.end <= from)
			continue;
		for (phys at = max_u64(r.start, from); at < r.end; at += STEP)
			assert_mapped(root, base + at, at, rights);
		assert_mapped(root, base + r.end - 1, r.end - 1, rights);
	}
}

static void assert_not_mapped(const u64 *root, u64 at)
{
	phys found;
	u64 rights;

	if (paging_walk(root, at, &found, &rights))
		fail_msg("0x%lx is mapped to 0x%lx", at, found);
}

static const u64 *depart(void)
{
	struct arena arena =
		arena_of(&mem, 12 * MIB, 12 * MIB + PAGING_DEPART_LEN);
	phys root = paging_depart(&stub_paging, &plan, &arena);

	assert_false(arena.is_full);
	assert_int_equal(root, 12 * MIB);
	/* By then a copy may have overwritten gangway. */
	memset(stub_top, 0xff, sizeof(stub_top));
	memset(stub_first, 0xff, sizeof(stub_first));
	memset(stub_pages, 0xff, sizeof(stub_pages));
	return paging_table(root);
}

static void assert_reached(void)
{
	for (u32 has_1_gib = 0; has_1_gib < 2; has_1_gib++) {
		assert_fine(extend(has_1_gib));
		for (phys at = 0; at < 4 * GIB; at += STEP)
			assert_mapped(stub_top, WINDOW_BASE + at, at,
				      PTE_WRITABLE | NX);
		assert_ram_mapped(stub_top, WINDOW_BASE, 4 * GIB,
				  PTE_WRITABLE | NX);
		for (u32 i = 0; i < info.nr_regions; i++)
			assert_true(mem_has(&mem, info.regions[i].range.start,
					    range_len(info.regions[i].range)));
		assert_ram_mapped(depart(), 0, 0, PTE_WRITABLE);
	}
}

static void four_gib_are_there_from_the_start(void **state)
{
	(void)state;
	ram(0, 512 * MIB);
	assert_reached();
	assert_int_equal(mem.len, 4 * GIB);
	assert_int_equal(mem.nr_above, 0);
	assert_int_equal(info.holds.nr, 0);
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
	assert_why(extend(false), "RAM lies beyond what can be mapped");
}

/* The window maps RAM above 4 GiB: what else a module lies in there could not
 * be read. */
static void a_module_above_4_gib_lies_in_ram(void **state)
{
	(void)state;
	ram(MIB, 3 * GIB);
	ram(4 * GIB, 5 * GIB);
	piece(5 * GIB, 6 * GIB, REGION_RESERVED);
	ram(6 * GIB, 7 * GIB);
	assert_fine(try_module(&info, 5 * GIB, 5 * GIB + 9, VIEW("")));
	assert_fine(info_check(&info));
	assert_why(extend(false), "a module above 4 GiB does not lie in RAM");
}

static void tables_are_high_and_held_for_ever(void **state)
{
	(void)state;
	ram(MIB, 3 * GIB);
	ram(4 * GIB, 600 * GIB);
	assert_fine(extend(false));
	assert_int_equal(info.holds.nr, 1);
	assert_int_equal(info.holds.list[0].range.start,
			 3 * GIB - (596 + 1) * PAGE_SIZE);
	assert_int_equal(info.holds.list[0].range.end, 3 * GIB);
	assert_int_equal(info.holds.list[0].until, UNTIL_FOREVER);
}

static void without_room_for_tables_it_is_refused(void **state)
{
	(void)state;
	ram(4 * GIB, 6 * GIB);
	assert_why(extend(false), "no free RAM for page tables");
	ram(PAGE_SIZE, 2 * PAGE_SIZE);
	assert_why(extend(false), "no free RAM for page tables");
	ram(2 * PAGE_SIZE, 3 * PAGE_SIZE);
	assert_fine(extend(false));
}

static void pages_of_1_gib_need_no_tables_below_512_gib(void **state)
{
	(void)state;
	ram(4 * GIB, 6 * GIB);
	assert_fine(extend(true));
	assert_int_equal(info.holds.nr, 0);
	assert_true(stub_first[4] & PTE_LARGE);
}

/* A CPU may read ahead in any page, and some machines do not survive that. */
static void no_page_reaches_from_ram_into_what_is_reserved(void **state)
{
	const u64 *root;

	(void)state;
	ram(0, 0xa0000);
	ram(MIB, 2 * GIB);
	piece(2 * GIB, 3 * GIB, REGION_RESERVED);
	ram(4 * GIB, 5 * GIB + 512 * MIB);
	piece(5 * GIB + 512 * MIB, 6 * GIB, REGION_RESERVED);
	ram(6 * GIB + 256 * MIB, 8 * GIB);
	assert_fine(extend(true));
	assert_false(stub_first[5] & PTE_LARGE);
	assert_false(stub_first[6] & PTE_LARGE);
	assert_true(stub_first[7] & PTE_LARGE);
	assert_ram_mapped(stub_top, WINDOW_BASE, 4 * GIB, PTE_WRITABLE | NX);
	assert_not_mapped(stub_top, WINDOW_BASE + 5 * GIB + 512 * MIB);
	assert_not_mapped(stub_top, WINDOW_BASE + 6 * GIB);
	assert_not_mapped(stub_top, WINDOW_BASE + 6 * GIB + 254 * MIB);
	root = depart();
	assert_ram_mapped(root, 0, 0, PTE_WRITABLE);
	assert_not_mapped(root, 2 * GIB);
	assert_not_mapped(root, 3 * GIB - 1);
	assert_not_mapped(root, 5 * GIB + 512 * MIB);
}

/* EFI's tables may lie in memory that it reserves. */
static void under_efi_reserved_memory_below_4_gib_is_mapped(void **state)
{
	const u64 *root;

	(void)state;
	ram(MIB, 2 * GIB);
	piece(2 * GIB, 3 * GIB, REGION_RESERVED);
	info.efi.system_table = 2 * GIB;
	assert_fine(extend(false));
	root = depart();
	assert_mapped(root, 2 * GIB, 2 * GIB, PTE_WRITABLE);
	assert_not_mapped(root, 3 * GIB);
}

static void a_hole_is_not_seen(void **state)
{
	u8 byte;
	struct view string;

	(void)state;
	ram(MIB, 3 * GIB);
	ram(5 * GIB, 6 * GIB);
	piece(7 * GIB, 7 * GIB + MIB, REGION_ACPI);
	piece(8 * GIB, 9 * GIB, REGION_RESERVED);
	assert_fine(extend(false));
	assert_true(mem_has(&mem, 5 * GIB, GIB));
	assert_false(mem_has(&mem, 5 * GIB, GIB + 1));
	assert_false(mem_has(&mem, 5 * GIB - 1, 2));
	assert_true(mem_has(&mem, 7 * GIB, MIB));
	assert_int_equal(mem_reach(&mem, 7 * GIB + 5), MIB - 5);
	assert_false(mem_read(&mem, 4 * GIB, &byte, 1));
	assert_false(mem_read(&mem, 8 * GIB, &byte, 1));
	assert_false(mem_string(&mem, 6 * GIB, 9, &string));
}

static void what_crosses_4_gib_is_seen_whole(void **state)
{
	(void)state;
	ram(MIB, 5 * GIB);
	ram(6 * GIB, 7 * GIB);
	assert_fine(extend(false));
	assert_true(mem_has(&mem, 4 * GIB - 5, 10));
	assert_true(mem_has(&mem, MIB, 5 * GIB - MIB));
	assert_false(mem_has(&mem, MIB, 5 * GIB - MIB + 1));
}

static void an_arena_too_short_for_tables_is_full(void **state)
{
	struct arena arena;

	(void)state;
	ram(MIB, 512 * MIB);
	paging_start(false);
	for (u64 len = 0; len < PAGING_DEPART_LEN; len += PAGE_SIZE) {
		arena = arena_of(&mem, MIB, MIB + len);
		plan_init(&plan, &info);
		paging_depart(&stub_paging, &plan, &arena);
		assert_true(arena.is_full);
		assert_true(arena.next <= arena.end);
	}
}

/* Firmware of UEFI may have tables where the map says reserved. */
static void a_region_up_to_the_end_of_addresses_unmaps_nothing(void **state)
{
	(void)state;
	ram(0, 512 * MIB);
	piece(PHYS_END - MIB, ~0ull, REGION_RESERVED);
	info.efi.system_table = MIB;
	assert_fine(extend(false));
	assert_ram_mapped(depart(), 0, 0, PTE_WRITABLE);
}

static bool is_mapped(const u64 *root, u64 at)
{
	phys found;
	u64 rights;

	return paging_walk(root, at, &found, &rights);
}

static bool show(struct range range)
{
	return paging_show(&stub_paging, range);
}

static void ram_is_mapped_when_somebody_looks(void **state)
{
	static const u64 base = WINDOW_BASE;
	const phys at = 700 * GIB - 5;
	const u64 *root;

	(void)state;
	for (u32 has_1_gib = 0; has_1_gib < 2; has_1_gib++) {
		teardown(state);
		setup(state);
		ram(MIB, 3 * GIB);
		ram(4 * GIB, 2048 * GIB);
		piece(2049 * GIB, 2050 * GIB, REGION_ACPI);
		assert_fine(extend_only(has_1_gib));
		mem.show = show;
		mem.mapped = 4 * GIB;
		assert_true(mem_has(&mem, 4 * GIB - 9, 9));
		assert_false(is_mapped(stub_top, base + 4 * GIB));
		assert_false(mem_has(&mem, 2048 * GIB, 1));
		assert_true(is_mapped(stub_top, base + 2049 * GIB));
		assert_true(mem_has(&mem, at, 10));
		assert_mapped(stub_top, base + at, at, PTE_WRITABLE | NX);
		assert_mapped(stub_top, base + at + 10, at + 10,
			      PTE_WRITABLE | NX);
		assert_false(is_mapped(stub_top, base + at - GIB));
		assert_true(mem_has(&mem, 4 * GIB - 1, 2));
		assert_true(is_mapped(stub_top, base + 4 * GIB));
		/* A kernel has what its plan holds. */
		plan_keep(&plan, (struct range){ 1000 * GIB - 1, 1001 * GIB });
		root = depart();
		assert_mapped(root, 1000 * GIB - 1, 1000 * GIB - 1,
			      PTE_WRITABLE);
		assert_mapped(root, 1001 * GIB - 1, 1001 * GIB - 1,
			      PTE_WRITABLE);
		assert_false(is_mapped(root, 1002 * GIB));
		assert_true(is_mapped(root, 2049 * GIB));
	}
}

static u64 below(u64 limit)
{
	static u64 state = 1;

	state = state * 6364136223846793005 + 1442695040888963407;
	return (state >> 20) % limit;
}

/* Pieces with sizes of all magnitudes, from 4 GiB on. */
static void random_map(void)
{
	static const u64 units[] = { PAGE_SIZE, STEP, GIB };
	static const u32 types[] = {
		REGION_RAM,  REGION_RAM,      REGION_RAM,
		REGION_ACPI, REGION_NVS,      0,
		0,	     REGION_RESERVED, REGION_PMEM
	};
	phys at = 4 * GIB;

	ram(MIB, 3 * GIB);
	while (at < 12 * GIB) {
		u64 len = (1 + below(600)) * units[below(3)];
		u32 type = types[below(ARRAY_LEN(types))];

		len = min_u64(len, 12 * GIB - at);
		if (type)
			piece(at, at + len, type);
		at += len;
	}
}

/* Is there something in the range that outlives the firmware, or nothing
 * else? */
static void judge(phys at, phys end, bool *some, bool *all)
{
	phys stop;

	*some = false;
	*all = true;
	for (; at < end; at = stop) {
		u32 type = info_type_at(&info, at, &stop);
		bool is_content = type == REGION_RAM || type == REGION_ACPI ||
				  type == REGION_NVS;

		*some |= is_content;
		*all &= is_content;
	}
}

/* In steps of 2 MiB, and of whole pages of 1 GiB. */
static void check_pages(const u64 *root, u64 base)
{
	const u64 *gibs = paging_table(root[base / (SLOTS * GIB) % SLOTS]);
	bool some, all;
	phys found;
	u64 rights;

	for (phys at = 4 * GIB; at < 13 * GIB; at += STEP) {
		judge(at, at + STEP, &some, &all);
		assert_int_equal(paging_walk(root, base + at, &found, &rights),
				 some);
		if (some)
			assert_int_equal(found, at);
		judge(at, align_up(at + 1, GIB), &some, &all);
		if (gibs[at / GIB] & PTE_LARGE)
			assert_true(all);
	}
}

static void tables_are_as_the_map_allows(void **state)
{
	for (u32 world = 0; world < 200; world++) {
		if (world % 20 == 0) {
			teardown(state);
			setup(state);
		}
		info_init(&info, "test");
		random_map();
		assert_fine(extend(below(2)));
		check_pages(stub_top, WINDOW_BASE);
		check_pages(depart(), 0);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(four_gib_are_there_from_the_start),
		TEST(ram_above_4_gib_is_reached),
		TEST(ram_across_4_gib_is_reached),
		TEST(pieces_need_no_alignment),
		TEST(ram_above_512_gib_is_reached),
		TEST(ram_that_ends_or_begins_at_512_gib_is_reached),
		TEST(ram_only_above_512_gib_is_reached),
		TEST(ram_behind_an_empty_512_gib_is_reached),
		TEST(the_highest_ram_is_below_64_tib),
		TEST(a_module_above_4_gib_lies_in_ram),
		TEST(tables_are_high_and_held_for_ever),
		TEST(without_room_for_tables_it_is_refused),
		TEST(pages_of_1_gib_need_no_tables_below_512_gib),
		TEST(no_page_reaches_from_ram_into_what_is_reserved),
		TEST(under_efi_reserved_memory_below_4_gib_is_mapped),
		TEST(a_hole_is_not_seen),
		TEST(what_crosses_4_gib_is_seen_whole),
		TEST(an_arena_too_short_for_tables_is_full),
		TEST(a_region_up_to_the_end_of_addresses_unmaps_nothing),
		TEST(ram_is_mapped_when_somebody_looks),
		TEST(tables_are_as_the_map_allows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
