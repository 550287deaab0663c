// SPDX-License-Identifier: BSD-2-Clause
/*
 * setup_data.c: the chain of nodes and the E820 table, which continues in it.
 * The numbers of pitfalls are those of our protocol notes, chapter 6.
 */
#include "setup_targets.h"
#include "zero_page_guest.h"

static struct linux_e820_entry entries[LINUX_E820_MAX + MAX_REGIONS];
static u32 nr_entries;

static void add_entries(const u8 *at, u64 nr)
{
	memcpy(&entries[nr_entries], at, nr * sizeof(entries[0]));
	nr_entries += (u32)nr;
}

/* What the kernel reads: the table, then the node. */
static void read_entries(void)
{
	struct linux_setup_data node;
	struct view data;

	nr_entries = 0;
	assert_true(params.e820_entries <= LINUX_E820_MAX);
	add_entries((const u8 *)params.e820_table, params.e820_entries);
	for (u32 i = 0; guest_node(i, &node, &data); i++) {
		if (node.type != LINUX_SETUP_E820_EXT)
			continue;
		assert_int_equal(node.len % sizeof(entries[0]), 0);
		add_entries(data.at, node.len / sizeof(entries[0]));
	}
}

static void put_entries(void)
{
	struct arena arena = arena_of(&mem, ARENA, ARENA + e820_ext_len(&info));

	memset(&params, 0, sizeof(params));
	e820_put(&info, &params, &arena);
	assert_false(arena.is_full);
	read_entries();
}

/* Each region is there once, in the table or behind it. */
static void assert_all_regions(void)
{
	assert_int_equal(nr_entries, info.nr_regions);
	for (u32 i = 0; i < info.nr_regions; i++) {
		const struct region *r = &info.regions[i];
		u32 found = 0;

		for (u32 j = 0; j < nr_entries; j++)
			found += entries[j].addr == r->range.start &&
				 entries[j].size == range_len(r->range) &&
				 entries[j].type == r->type;
		assert_int_equal(found, 1);
	}
}

/* Low RAM, many small regions, and the largest RAM last of all. */
static void many_regions(u32 nr)
{
	info.nr_regions = 0;
	guest_add(0, 0x9fc00, REGION_RAM);
	for (u32 i = 1; i < nr - 1; i++)
		guest_add(i * 2 * MIB, i % 3 ? MIB : 64 * KIB,
			  i % 3 ? REGION_RESERVED : REGION_RAM);
	guest_add(64 * GIB, 900 * GIB, REGION_RAM);
	assert_int_equal(info.nr_regions, nr);
}

static void pitfall_20_more_than_128_regions_continue_in_a_node(void **state)
{
	static const u32 counts[] = { 2,   3,	127,  128,
				      129, 200, 1024, MAX_REGIONS };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(counts); i++) {
		many_regions(counts[i]);
		put_entries();
		assert_all_regions();
		assert_int_equal(params.e820_entries,
				 min_u64(counts[i], LINUX_E820_MAX));
		if (counts[i] > LINUX_E820_MAX)
			assert_chain_ends(1);
		else
			assert_chain_ends(0);
	}
}

static void pitfall_20_low_and_largest_ram_come_first(void **state)
{
	(void)state;
	for (u32 nr = 129; nr <= MAX_REGIONS; nr += 97) {
		many_regions(nr);
		put_entries();
		assert_int_equal(entries[0].addr, 0);
		assert_int_equal(entries[0].size, 0x9fc00);
		assert_int_equal(entries[127].addr, 64 * GIB);
		for (u32 i = 1; i < LINUX_E820_MAX; i++)
			assert_true(entries[i - 1].addr < entries[i].addr);
	}
}

static void ram_goes_before_all_else_into_the_table(void **state)
{
	u32 outside = 0;

	(void)state;
	many_regions(300);
	put_entries();
	for (u32 i = LINUX_E820_MAX; i < nr_entries; i++)
		outside += entries[i].type == REGION_RAM;
	assert_int_equal(outside, 0);
	info.nr_regions = 0;
	for (u32 i = 0; i < 200; i++)
		guest_add((1 + 2 * i) * MIB, (i + 1) * KIB, REGION_RAM);
	put_entries();
	for (u32 i = 0; i < LINUX_E820_MAX; i++)
		assert_true(params.e820_table[i].size >= 72 * KIB);
}

static void pitfall_18_one_region_becomes_two_entries(void **state)
{
	static const u64 lengths[] = { 2,	 4096,	  4097,	    8192,
				       63 * MIB, GIB + 1, 4096 * 3, 1 };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(lengths); i++) {
		info.nr_regions = 0;
		guest_add(MIB, lengths[i], REGION_RAM);
		put_entries();
		assert_int_equal(nr_entries, 2);
		assert_int_equal(entries[0].addr, MIB);
		assert_int_equal(entries[0].addr + entries[0].size,
				 entries[1].addr);
		assert_int_equal(entries[1].addr + entries[1].size,
				 MIB + lengths[i]);
		assert_true(entries[0].size <= lengths[i]);
		assert_int_equal(entries[0].type, REGION_RAM);
		assert_int_equal(entries[1].type, REGION_RAM);
		assert_chain_ends(0);
	}
}

static void pitfall_22_types_arrive_as_they_are(void **state)
{
	static const u32 types[] = { 1, 2, 3, 4, 5, 7, 12, 0xefffffff };

	(void)state;
	info.nr_regions = 0;
	for (u32 i = 0; i < ARRAY_LEN(types); i++)
		guest_add(i * MIB, MIB, types[i]);
	put_entries();
	assert_all_regions();
}

static void an_arena_too_short_for_the_map_is_full(void **state)
{
	struct arena arena = arena_of(&mem, ARENA, ARENA + 16 + 72 * 20 - 1);

	(void)state;
	many_regions(200);
	params.hdr.setup_data = 0x1234;
	e820_put(&info, &params, &arena);
	assert_true(arena.is_full);
	assert_int_equal(params.hdr.setup_data, 0x1234);
	arena = arena_of(&mem, ARENA, ARENA + 16 + 72 * 20);
	e820_put(&info, &params, &arena);
	assert_false(arena.is_full);
	assert_int_equal(params.hdr.setup_data, ARENA);
}

static void the_newest_node_is_first(void **state)
{
	struct arena arena = arena_of(&mem, ARENA + 3, ARENA + 4096);

	(void)state;
	params.hdr.setup_data = 0;
	setup_data_put(&params, &arena, 5, VIEW("first"));
	setup_data_put(&params, &arena, 9, VIEW(""));
	setup_data_put(&params, &arena, 77, VIEW("third"));
	assert_false(arena.is_full);
	assert_node(0, 77, VIEW("third"));
	assert_node(1, 9, VIEW(""));
	assert_node(2, 5, VIEW("first"));
	assert_chain_ends(3);
}

static u8 long_data[256 * KIB];

static void an_arena_too_short_for_a_node_is_full(void **state)
{
	struct view data = { long_data, 200 };
	struct arena arena = arena_of(&mem, ARENA, ARENA + 16 + 200 - 1);

	(void)state;
	params.hdr.setup_data = 0x1234;
	setup_data_put(&params, &arena, 2, data);
	assert_true(arena.is_full);
	assert_int_equal(params.hdr.setup_data, 0x1234);
	arena = arena_of(&mem, ARENA, ARENA + 16 + 200);
	params.hdr.setup_data = 0;
	setup_data_put(&params, &arena, 2, data);
	assert_false(arena.is_full);
	assert_node(0, 2, data);
	assert_chain_ends(1);
}

/* The door's or a module's, but only for a kernel that gets it. */
static void pitfall_37_a_node_has_256_kib_at_most(void **state)
{
	struct view data = { long_data, sizeof(long_data) - 16 };
	struct view more = { long_data, sizeof(long_data) - 15 };

	(void)state;
	info.nr_setup_data = 2;
	info.setup_data[0] = (struct setup_node){ 3, data };
	info.setup_data[1] = (struct setup_node){ 5, data };
	boot.payload.devicetree = data;
	guest_tell();
	assert_fine(zero_page_check(&boot, &bz));
	assert_node(0, 2, data);
	assert_node(1, 3, data);
	assert_node(2, 5, data);
	boot.payload.devicetree = more;
	assert_why(zero_page_check(&boot, &bz),
		   "a setup_data node is longer than 256 KiB");
	boot.payload.devicetree = data;
	info.setup_data[0].data = more;
	assert_why(zero_page_check(&boot, &bz),
		   "a setup_data node is longer than 256 KiB");
	bz.hdr.version = 0x208;
	assert_fine(zero_page_check(&boot, &bz));
	assert_true(setup_data_fits(data));
	assert_false(setup_data_fits(more));
}

static void pitfall_33_the_doors_nodes_are_kept_behind_ours(void **state)
{
	static const u8 tree[] = "a device tree";

	(void)state;
	info.nr_setup_data = 3;
	info.setup_data[0] = (struct setup_node){ 3, VIEW("a PCI ROM") };
	info.setup_data[1] = (struct setup_node){ 0x8000000b, VIEW("?") };
	/* A module's tree replaces the door's. */
	info.setup_data[2] = (struct setup_node){ 2, VIEW("old tree") };
	boot.payload.devicetree = (struct view){ tree, sizeof(tree) };
	memset(info.seed, 0x5a, 32);
	info.seed_len = 32;
	many_regions(130);
	guest_tell();
	read_entries();
	assert_int_equal(nr_entries, 130);
	assert_node(1, LINUX_SETUP_RNG_SEED, (struct view){ info.seed, 32 });
	assert_node(2, LINUX_SETUP_DTB, boot.payload.devicetree);
	assert_node(3, 3, VIEW("a PCI ROM"));
	assert_node(4, 0x8000000b, VIEW("?"));
	assert_chain_ends(5);
}

static void pitfall_36_a_device_tree_is_8_byte_aligned(void **state)
{
	static const u8 tree[] = "a tree of 16 and more bytes";
	struct linux_setup_data node;
	struct view data;

	(void)state;
	info.nr_setup_data = 1;
	boot.payload.devicetree = (struct view){ tree, sizeof(tree) };
	for (u64 len = 0; len < 16; len++) {
		info.setup_data[0] = (struct setup_node){ 6, { tree, len } };
		guest_tell();
		assert_true(guest_node(0, &node, &data));
		assert_int_equal(node.type, LINUX_SETUP_DTB);
		assert_int_equal(mem_phys(&mem, data) % 8, 0);
	}
}

static void protocols_before_2_09_have_no_chain(void **state)
{
	(void)state;
	info.seed_len = 32;
	hdr = bzimage_header(0x208);
	guest_tell();
	assert_int_equal(params.hdr.setup_data, 0);
	hdr = bzimage_header(0x209);
	guest_tell();
	assert_chain_ends(1);
}

static void nodes_that_are_too_short_point_at_nothing(void **state)
{
	static const u32 types[] = { LINUX_SETUP_INDIRECT, LINUX_SETUP_EFI,
				     LINUX_SETUP_IMA, LINUX_SETUP_CC_BLOB,
				     LINUX_SETUP_KHO };
	u32 nr = info.holds.nr;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(types); i++)
		setup_targets_keep(&mem, &info, types[i], VIEW("abc"));
	assert_fine(info.bad);
	assert_int_equal(info.holds.nr, nr);
}

static void a_blob_out_of_sight_is_kept_itself(void **state)
{
	u32 at = 0xfffff000;

	(void)state;
	setup_targets_keep(&mem, &info, LINUX_SETUP_CC_BLOB,
			   (struct view){ (u8 *)&at, sizeof(at) });
	assert_fine(info.bad);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, guest_setup, guest_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pitfall_20_more_than_128_regions_continue_in_a_node),
		TEST(pitfall_20_low_and_largest_ram_come_first),
		TEST(ram_goes_before_all_else_into_the_table),
		TEST(pitfall_18_one_region_becomes_two_entries),
		TEST(pitfall_22_types_arrive_as_they_are),
		TEST(an_arena_too_short_for_the_map_is_full),
		TEST(the_newest_node_is_first),
		TEST(an_arena_too_short_for_a_node_is_full),
		TEST(pitfall_37_a_node_has_256_kib_at_most),
		TEST(pitfall_33_the_doors_nodes_are_kept_behind_ours),
		TEST(pitfall_36_a_device_tree_is_8_byte_aligned),
		TEST(protocols_before_2_09_have_no_chain),
		TEST(nodes_that_are_too_short_point_at_nothing),
		TEST(a_blob_out_of_sight_is_kept_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
