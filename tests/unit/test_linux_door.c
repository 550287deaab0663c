// SPDX-License-Identifier: BSD-2-Clause
/*
 * bzimage_door.c: boot parameters that are wrong, one field at a time. What is
 * right is in tests/boot/test_round_trip.c. The numbers of pitfalls are those
 * of our protocol notes, chapter 6.
 */
#include "bootparam.h"
#include "doors.h"
#include "guest.h"

#define LEN    (2 * MIB)
#define PARAMS 0x10000
#define NODE   0x20000
#define LINE   0x30000

static struct mem mem;
static struct boot_info info;
static struct linux_boot_params params;

static int setup(void **state)
{
	(void)state;
	mem = guest_new(0, LEN);
	memset(&params, 0, sizeof(params));
	params.e820_entries = 3;
	params.e820_table[0] = (struct linux_e820_entry){ 0, 0x9fc00, 1 };
	params.e820_table[1] = (struct linux_e820_entry){ 0xf0000, 65536, 2 };
	params.e820_table[2] = (struct linux_e820_entry){ MIB, MIB / 2, 1 };
	putstr(&mem, LINE, "a line");
	params.hdr.cmd_line_ptr = LINE;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static why read_at(phys at)
{
	info_init(&info, "linux");
	linux_door.read(&mem, 0x12345678, at, &info);
	return info.bad;
}

static why read_params(void)
{
	put(&mem, PARAMS, &params, sizeof(params));
	return read_at(PARAMS);
}

/* Write a node; len is what it says, not what there is. */
static void node(phys at, u64 next, u32 type, u32 len)
{
	struct linux_setup_data head = { next, type, len };

	put(&mem, at, &head, sizeof(head));
	put(&mem, at + sizeof(head), "0123456789abcdef0123456789abcdef", 32);
	if (!params.hdr.setup_data)
		params.hdr.setup_data = at;
}

static void assert_no_chain(void)
{
	assert_fine(read_params());
	assert_int_equal(info.nr_setup_data, 0);
	assert_true(info.lost_setup_data);
	assert_int_equal(info.nr_regions, 3);
	assert_view(info.cmdline, "a line");
}

static void what_is_right_is_read(void **state)
{
	(void)state;
	node(NODE, NODE + 64, 3, 5);
	node(NODE + 64, 0, 9, 32);
	assert_fine(read_params());
	assert_int_equal(info.nr_setup_data, 2);
	assert_int_equal(info.setup_data[0].type, 3);
	assert_view(info.setup_data[0].data, "01234");
	assert_int_equal(info.setup_data[1].type, 9);
	assert_int_equal(info.nr_modules, 0);
	assert_int_equal(info.rsdp, 0);
}

static void a_page_not_made_from_zeroes_is_refused(void **state)
{
	(void)state;
	params.sentinel = 0xff;
	assert_why(read_params(),
		   "the boot parameters were not made from zeroes");
}

static void parameters_outside_memory_are_refused(void **state)
{
	(void)state;
	assert_says(read_at(LEN - 4095),
		    "the boot parameters lie outside memory");
	assert_says(read_at(~0ull - 10),
		    "the boot parameters lie outside memory");
}

static void too_many_entries_are_refused(void **state)
{
	(void)state;
	params.e820_entries = 129;
	assert_why(read_params(), "the E820 table has more than 128 entries");
}

static void pitfall_19_an_entry_that_wraps_is_cut(void **state)
{
	(void)state;
	params.e820_table[2] =
		(struct linux_e820_entry){ 4 * GIB, ~0ull - MIB, 2 };
	assert_fine(read_params());
	assert_region(&info, 2, 4 * GIB, PHYS_END, 2);
}

static void pitfall_35_a_chain_outside_memory_is_dropped(void **state)
{
	static const u64 places[] = { LEN,   LEN - 8,	 LEN - 17,
				      ~0ull, ~0ull - 15, 0xfed00000 };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		params.hdr.setup_data = places[i];
		assert_no_chain();
		params.hdr.setup_data = 0;
		node(NODE, places[i], 3, 5);
		assert_no_chain();
	}
}

static void pitfall_35_a_chain_outside_the_map_is_dropped(void **state)
{
	(void)state;
	node(MIB + MIB / 2, 0, 3, 5);
	assert_no_chain();
	params.hdr.setup_data = 0;
	node(MIB + MIB / 2 - 20, 0, 3, 5);
	assert_no_chain();
}

static void pitfall_35_a_chain_in_a_circle_is_dropped(void **state)
{
	(void)state;
	node(NODE, NODE, 3, 5);
	assert_no_chain();
	params.hdr.setup_data = 0;
	node(NODE, NODE + 64, 3, 5);
	node(NODE + 64, NODE, 3, 5);
	assert_no_chain();
}

static void pitfall_35_a_node_too_long_drops_the_chain(void **state)
{
	(void)state;
	node(NODE, 0, 3, 0xffffffff);
	assert_no_chain();
	node(NODE, 0, 3, 16 * MIB + 1);
	assert_no_chain();
	node(NODE, 0, 3, LEN - NODE - 15);
	assert_no_chain();
}

static void pitfall_35_a_node_has_16_mib_at_most(void **state)
{
	(void)state;
	guest_free(&mem);
	mem = guest_new(0, 20 * MIB);
	putstr(&mem, LINE, "a line");
	params.e820_table[2].size = 19 * MIB;
	node(NODE, 0, 3, 16 * MIB + 1);
	assert_no_chain();
	node(NODE, 0, 3, 16 * MIB);
	assert_fine(read_params());
	assert_int_equal(info.nr_setup_data, 1);
}

static void pitfall_39_an_indirect_node_is_kept_bit_for_bit(void **state)
{
	(void)state;
	node(NODE, 0, 1u << 31, 24);
	assert_fine(read_params());
	assert_int_equal(info.nr_setup_data, 1);
	assert_int_equal(info.setup_data[0].type, 1u << 31);
	assert_view(info.setup_data[0].data, "0123456789abcdef01234567");
}

static void assert_kept(phys start, phys end)
{
	for (phys at = start; at < end; at += 8)
		assert_non_null(holds_first(&info.holds,
					    (struct range){ at, at + 8 },
					    UNTIL_FOREVER));
	assert_null(holds_first(&info.holds, (struct range){ start - 1, start },
				UNTIL_FOREVER));
	assert_null(holds_first(&info.holds, (struct range){ end, end + 1 },
				UNTIL_FOREVER));
}

/* A node, and an area's address and length at an offset of its data. */
static void pointing(u32 type, u32 len, u64 offset, phys start, u64 size)
{
	params.hdr.setup_data = 0;
	node(NODE, 0, type, len);
	put64(&mem, NODE + 16 + offset, start);
	put64(&mem, NODE + 16 + offset + 8, size);
}

static void what_a_node_points_at_is_kept(void **state)
{
	(void)state;
	pointing(LINUX_SETUP_IMA, 16, 0, 0x5000, 0x200);
	assert_fine(read_params());
	assert_kept(0x5000, 0x5200);
	pointing(LINUX_SETUP_INDIRECT, 24, 8, 0x300, 0x6000);
	assert_fine(read_params());
	assert_kept(0x6000, 0x6300);
	pointing(LINUX_SETUP_IMA, 16, 0, -(u64)0x1000, 0x2000);
	assert_fine(read_params());
	pointing(LINUX_SETUP_IMA, 15, 0, 0x5000, 0x200);
	assert_fine(read_params());
	assert_null(holds_first(&info.holds, (struct range){ 0, LEN },
				UNTIL_FOREVER));
}

static void efi_s_pages_are_kept(void **state)
{
	struct linux_efi_setup_data efi = { .fw_vendor = 0x5000,
					    .tables = 0x7000,
					    .smbios = 0x9010 };

	(void)state;
	params.hdr.setup_data = 0;
	node(NODE, 0, LINUX_SETUP_EFI, sizeof(efi));
	put(&mem, NODE + 16, &efi, sizeof(efi));
	assert_fine(read_params());
	assert_kept(0x5000, 0x6000);
	assert_kept(0x7000, 0x8000);
	assert_kept(0x9010, 0xa010);
	memset(&efi, 0, sizeof(efi));
	put(&mem, NODE + 16, &efi, sizeof(efi));
	assert_fine(read_params());
	assert_null(holds_first(&info.holds, (struct range){ 0, LEN },
				UNTIL_FOREVER));
}

static void a_confidential_guest_s_blob_is_kept(void **state)
{
	struct linux_cc_blob blob = { .secrets_phys = 0x8000,
				      .secrets_len = 64,
				      .cpuid_phys = 0x9000,
				      .cpuid_len = 128 };

	(void)state;
	put(&mem, 0x7000, &blob, sizeof(blob));
	pointing(LINUX_SETUP_CC_BLOB, 4, 0, 0x7000, 0);
	assert_fine(read_params());
	assert_kept(0x7000, 0x7000 + sizeof(blob));
	assert_kept(0x8000, 0x8040);
	assert_kept(0x9000, 0x9080);
}

/* All memory behind the first MiB but the scratch areas. */
static void what_kexec_hands_over_is_kept(void **state)
{
	static const struct linux_area scratch[] = {
		{ 3 * MIB, MIB },
		{ MIB, 0x3000 },
		{ 0x5000, 0x1000 },
	};
	struct linux_kho kho = { { 0x4000, 0x800 },
				 { 0x7000, sizeof(scratch) } };

	(void)state;
	put(&mem, 0x7000, scratch, sizeof(scratch));
	node(NODE, 0, LINUX_SETUP_KHO, sizeof(kho));
	put(&mem, NODE + 16, &kho, sizeof(kho));
	assert_fine(read_params());
	assert_kept(0x4000, 0x4800);
	assert_kept(0x7000, 0x7000 + sizeof(scratch));
	assert_kept(MIB + 0x3000, 3 * MIB);
	assert_non_null(holds_first(&info.holds,
				    (struct range){ 4 * MIB, 4 * MIB + 1 },
				    UNTIL_FOREVER));
	kho.scratch.addr = LEN;
	put(&mem, NODE + 16, &kho, sizeof(kho));
	assert_why(read_params(),
		   "the scratch areas of a kexec handover cannot be read");
}

static void many_nodes_are_passed_on(void **state)
{
	(void)state;
	for (u32 i = MAX_SETUP_DATA; i; i--) {
		params.hdr.setup_data = 0;
		node(NODE + i * 64,
		     i == MAX_SETUP_DATA ? 0 : NODE + i * 64 + 64, 100, 8);
	}
	assert_fine(read_params());
	assert_int_equal(info.nr_setup_data, MAX_SETUP_DATA);
	assert_false(info.lost_setup_data);
	params.hdr.setup_data = 0;
	node(NODE, NODE + 64, 100, 8);
	assert_no_chain();
}

static void more_of_the_map_is_in_its_node(void **state)
{
	struct linux_setup_data head = { 0, LINUX_SETUP_E820_EXT, 40 };
	struct linux_e820_entry more[] = { { GIB, MIB, 1 }, { 2 * GIB, 5, 3 } };

	(void)state;
	put(&mem, NODE, &head, sizeof(head));
	put(&mem, NODE + sizeof(head), more, sizeof(more));
	params.hdr.setup_data = NODE;
	assert_fine(read_params());
	assert_int_equal(info.nr_regions, 5);
	assert_region(&info, 3, GIB, GIB + MIB, 1);
	assert_region(&info, 4, 2 * GIB, 2 * GIB + 5, 3);
	assert_int_equal(info.nr_setup_data, 0);
}

/* Loaders put nodes anywhere in RAM, and not all RAM is in the table. */
static void nodes_may_lie_where_only_that_node_says(void **state)
{
	struct linux_setup_data head = { MIB, LINUX_SETUP_E820_EXT, 20 };

	(void)state;
	params.e820_entries = 2;
	put(&mem, NODE, &head, sizeof(head));
	put(&mem, NODE + sizeof(head), &params.e820_table[2], 20);
	node(MIB, 0, 3, 5);
	params.hdr.setup_data = NODE;
	assert_fine(read_params());
	assert_int_equal(info.nr_regions, 3);
	assert_int_equal(info.nr_setup_data, 1);
	assert_view(info.setup_data[0].data, "01234");
}

static void a_line_outside_memory_is_refused(void **state)
{
	(void)state;
	params.hdr.cmd_line_ptr = LEN;
	assert_says(read_params(), "the command line lies outside memory");
	params.hdr.cmd_line_ptr = LINE;
	params.ext_cmd_line_ptr = 1;
	assert_says(read_params(), "the command line lies outside memory");
	params.ext_cmd_line_ptr = 0;
	memset(guest_at(&mem, LEN - 64, 64), 'x', 64);
	params.hdr.cmd_line_ptr = LEN - 64;
	assert_says(read_params(), "the command line lies outside memory");
	params.hdr.cmd_line_ptr = 0;
	assert_fine(read_params());
	assert_view(info.cmdline, "");
}

static void pitfall_30_an_initrd_without_length_is_none(void **state)
{
	(void)state;
	params.hdr.ramdisk_image = 0x40000;
	assert_fine(read_params());
	assert_int_equal(info.nr_modules, 0);
	params.hdr.ramdisk_size = 5;
	assert_fine(read_params());
	assert_int_equal(info.nr_modules, 1);
	params.ext_ramdisk_image = params.ext_ramdisk_size = 0xffffffff;
	assert_says(read_params(), "a module ends before it starts");
}

static void an_efi_map_outside_memory_is_refused(void **state)
{
	(void)state;
	params.efi_info = (struct linux_efi_info){
		.loader_signature = LINUX_EFI_64,
		.systab = 0x1000,
		.memmap = LEN - 10,
		.memmap_size = 11,
	};
	assert_says(read_params(), "the EFI memory map lies outside memory");
	params.efi_info.loader_signature = 0;
	assert_fine(read_params());
	assert_int_equal(info.efi.system_table, 0);
}

static void nothing_is_added_to_what_was_refused(void **state)
{
	(void)state;
	assert_fine(read_params());
	assert_refusal_stays(&linux_door, &mem, 0, PARAMS);
}

/* By GRUB and by 16-bit code, and as gangway itself writes it. */
static void text_has_two_numbers(void **state)
{
	static const u8 numbers[] = { LINUX_VIDEO_VGA, LINUX_VIDEO_TEXT };

	(void)state;
	for (u32 i = 0; i < sizeof(numbers); i++) {
		params.screen_info.orig_video_isVGA = numbers[i];
		params.screen_info.orig_video_cols = 80;
		params.screen_info.orig_video_lines = 25;
		assert_null(read_params());
		assert_int_equal(info.framebuffer.type, FRAMEBUFFER_TEXT);
		assert_int_equal(info.framebuffer.width, 80);
	}
}

/* It was an endless loop. */
static void an_efi_map_without_a_size_of_descriptors_ends(void **state)
{
	(void)state;
	params.efi_info = (struct linux_efi_info){
		.loader_signature = LINUX_EFI_64,
		.systab = 0x1000,
		.memmap = 0x40000,
		.memmap_size = 480,
	};
	for (u32 size = 0; size < 40; size++) {
		params.efi_info.memdesc_size = size;
		assert_fine(read_params());
		assert_fine(info_check(&info));
		assert_int_equal(info.nr_calm, 0);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_right_is_read),
		TEST(a_page_not_made_from_zeroes_is_refused),
		TEST(parameters_outside_memory_are_refused),
		TEST(too_many_entries_are_refused),
		TEST(pitfall_19_an_entry_that_wraps_is_cut),
		TEST(pitfall_35_a_chain_outside_memory_is_dropped),
		TEST(pitfall_35_a_chain_outside_the_map_is_dropped),
		TEST(pitfall_35_a_chain_in_a_circle_is_dropped),
		TEST(pitfall_35_a_node_too_long_drops_the_chain),
		TEST(pitfall_35_a_node_has_16_mib_at_most),
		TEST(pitfall_39_an_indirect_node_is_kept_bit_for_bit),
		TEST(what_a_node_points_at_is_kept),
		TEST(efi_s_pages_are_kept),
		TEST(a_confidential_guest_s_blob_is_kept),
		TEST(what_kexec_hands_over_is_kept),
		TEST(many_nodes_are_passed_on),
		TEST(more_of_the_map_is_in_its_node),
		TEST(nodes_may_lie_where_only_that_node_says),
		TEST(a_line_outside_memory_is_refused),
		TEST(pitfall_30_an_initrd_without_length_is_none),
		TEST(an_efi_map_outside_memory_is_refused),
		TEST(an_efi_map_without_a_size_of_descriptors_ends),
		TEST(nothing_is_added_to_what_was_refused),
		TEST(text_has_two_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
