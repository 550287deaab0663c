// SPDX-License-Identifier: BSD-2-Clause
/*
 * zero_page.c: each field of the zero page, and nothing else in it. The
 * numbers of pitfalls are those of our protocol notes, chapter 6.
 */
#include "zero_page_guest.h"

/* What the page must be, byte by byte, when there is nothing to tell. */
static void pitfall_4_every_byte_that_is_not_set_is_zero(void **state)
{
	for (u16 version = 0x203; version <= 0x20f; version++) {
		struct linux_boot_params expected = { .sentinel = 0 };
		u64 header_len = bzimage_header_end(version) - LINUX_HEADER_AT;

		guest_teardown(state);
		guest_setup(state);
		hdr = bzimage_header(version);
		hdr.root_flags = 1;
		hdr.setup_data = 0x1234567;
		hdr.ramdisk_image = hdr.ramdisk_size = 99;
		hdr.ext_loader_type = hdr.ext_loader_ver = 7;
		guest_tell();
		hdr.syssize = (5000 + 15) / 16;
		hdr.vid_mode = 0xffff;
		hdr.type_of_loader = 0xff;
		hdr.ext_loader_type = hdr.ext_loader_ver = 0;
		hdr.code32_start = 16 * MIB;
		hdr.ramdisk_image = hdr.ramdisk_size = 0;
		hdr.cmd_line_ptr = params.hdr.cmd_line_ptr;
		hdr.setup_data = 0;
		memcpy(&expected.hdr, &hdr, header_len);
		expected.alt_mem_k = 63 * 1024;
		expected.screen_info.ext_mem_k = 63 * 1024;
		expected.e820_entries = 2;
		expected.e820_table[0] =
			(struct linux_e820_entry){ 0, 0x9fc00, 1 };
		expected.e820_table[1] =
			(struct linux_e820_entry){ MIB, 63 * MIB, 1 };
		assert_memory_equal(&params, &expected, sizeof(params));
	}
}

static void pitfall_1_no_byte_behind_the_header_is_copied(void **state)
{
	(void)state;
	hdr.jump = 0x4eeb; /* ends with hardware_subarch_data half told */
	hdr.version = 0x207;
	guest_tell();
	for (u64 i = 0x250; i < 0x2d0; i++)
		assert_int_equal(((u8 *)&params)[i], 0);
	hdr.jump = 0x8eeb;
	guest_tell();
	assert_int_equal(((u8 *)&params)[0x28f], 0xff);
	assert_int_equal(((u8 *)&params)[0x290], 0);
}

static void pitfall_5_the_loader_is_known_as_unregistered(void **state)
{
	(void)state;
	hdr.type_of_loader = 0;
	hdr.loadflags = 0xff;
	hdr.heap_end_ptr = 0xabcd;
	guest_tell();
	assert_int_equal(params.hdr.type_of_loader, 0xff);
	assert_int_equal(params.hdr.loadflags, 0x7d);
	assert_int_equal(params.sentinel, 0);
}

static void pitfall_12_code32_start_is_where_the_kernel_is(void **state)
{
	(void)state;
	plan.load = 0x1234000;
	guest_tell();
	assert_int_equal(params.hdr.code32_start, 0x1234000);
}

static void only_a_lowered_alignment_is_written(void **state)
{
	(void)state;
	hdr.kernel_alignment = 4 * MIB;
	plan.alignment = 4 * MIB;
	guest_tell();
	assert_int_equal(params.hdr.kernel_alignment, 4 * MIB);
	plan.alignment = 8 * KIB;
	guest_tell();
	assert_int_equal(params.hdr.kernel_alignment, 8 * KIB);
}

static void an_initrd_above_4_gib_has_high_halves(void **state)
{
	(void)state;
	plan.initrd = (struct range){ 0x512345000, 0x789abcdef };
	guest_tell();
	assert_int_equal(params.hdr.ramdisk_image, 0x12345000);
	assert_int_equal(params.ext_ramdisk_image, 5);
	assert_int_equal(params.hdr.ramdisk_size, 0x77777def);
	assert_int_equal(params.ext_ramdisk_size, 2);
}

static void pitfall_15_the_line_has_2048_readable_bytes(void **state)
{
	const char *line;
	phys at;

	(void)state;
	info.cmdline = VIEW("  root=/dev/vda\tgangway.log=quiet  ro ");
	boot.payload.line = VIEW("from module");
	boot.payload.bundle_line = VIEW("from bundle");
	guest_tell();
	at = params.hdr.cmd_line_ptr;
	line = (const char *)guest_at(&mem, at, 2048);
	assert_string_equal(line,
			    "from bundle from module  root=/dev/vda  ro ");
	for (u64 i = strlen(line); i < 2048; i++)
		assert_int_equal(line[i], 0);
	assert_int_equal(params.ext_cmd_line_ptr, 0);
}

static void pitfall_16_no_line_is_an_empty_one(void **state)
{
	(void)state;
	guest_tell();
	assert_between(params.hdr.cmd_line_ptr, ARENA + PAGE_SIZE, MIB);
	assert_int_equal(*guest_at(&mem, params.hdr.cmd_line_ptr, 2048), 0);
}

static void a_long_line_is_whole(void **state)
{
	static char line[5001];
	const char *told;

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	hdr.cmdline_size = 5000;
	info.cmdline = (struct view){ (const u8 *)line, 5000 };
	guest_tell();
	told = (const char *)guest_at(&mem, params.hdr.cmd_line_ptr, 5001);
	assert_string_equal(told, line);
}

static void pitfall_17_a_vga_word_sets_the_video_mode(void **state)
{
	(void)state;
	info.cmdline = VIEW("quiet vga=0x317");
	guest_tell();
	assert_int_equal(params.hdr.vid_mode, 0x317);
	info.cmdline = VIEW("quiet");
	guest_tell();
	assert_int_equal(params.hdr.vid_mode, 0xffff);
}

static void pitfall_23_the_rsdp_is_told_to_every_protocol(void **state)
{
	(void)state;
	info.rsdp = 0x7fe00a0;
	for (u16 version = 0x203; version <= 0x20f; version++) {
		hdr = bzimage_header(version);
		guest_tell();
		assert_int_equal(params.acpi_rsdp_addr, 0x7fe00a0);
	}
	assert_int_equal(info.nr_regions, 2);
}

static void a_copy_of_the_rsdp_gets_a_page_that_is_acpi_s(void **state)
{
	struct acpi_rsdp rsdp = make_rsdp(2);
	bool found = false;
	phys at;

	(void)state;
	info.rsdp_copy = (struct view){ (const u8 *)&rsdp, sizeof(rsdp) };
	guest_add(0x9fc00, 0x400, REGION_RESERVED);
	guest_tell();
	at = params.acpi_rsdp_addr;
	assert_int_equal(at % PAGE_SIZE, 0);
	assert_memory_equal(guest_at(&mem, at, PAGE_SIZE), &rsdp, sizeof(rsdp));
	for (u64 i = sizeof(rsdp); i < PAGE_SIZE; i++)
		assert_int_equal(*guest_at(&mem, at + i, 1), 0);
	for (u32 i = 0; i < params.e820_entries; i++)
		found |= params.e820_table[i].addr == at &&
			 params.e820_table[i].size == PAGE_SIZE &&
			 params.e820_table[i].type == REGION_ACPI;
	assert_true(found);
	assert_int_equal(params.e820_entries, 5);
}

static void memory_above_1_mib_is_counted_to_the_first_hole(void **state)
{
	(void)state;
	guest_add(65 * MIB, GIB, REGION_RAM);
	guest_tell();
	assert_int_equal(params.alt_mem_k, 63 * 1024);
	guest_add(64 * MIB, 1, REGION_RESERVED);
	info.nr_regions = 0;
	guest_add(0, 8192 * GIB, REGION_RAM);
	guest_tell();
	assert_int_equal(params.alt_mem_k, 0xffffffff);
	assert_int_equal(params.screen_info.ext_mem_k, 0xffff);
	info.nr_regions = 0;
	guest_add(0, MIB, REGION_RAM);
	guest_tell();
	assert_int_equal(params.alt_mem_k, 0);
}

static void assert_subarch(u32 subarch, u64 data)
{
	guest_tell();
	assert_int_equal(params.hdr.hardware_subarch, subarch);
	assert_int_equal(params.hdr.hardware_subarch_data, data);
}

static void the_subarch_is_the_users_then_the_doors_then_none(void **state)
{
	(void)state;
	hdr.hardware_subarch = 77;
	hdr.hardware_subarch_data = 78;
	assert_subarch(0, 0);
	info.subarch = 3;
	info.subarch_data = 0x123456789ab;
	assert_subarch(3, 0x123456789ab);
	boot.options.has_subarch = true;
	assert_subarch(0, 0x123456789ab);
	boot.options.subarch = 4;
	boot.options.has_subarch_data = true;
	boot.options.subarch_data = ~0ull;
	assert_subarch(4, ~0ull);
	hdr = bzimage_header(0x206);
	assert_subarch(0, 0);
}

static void an_arena_too_short_is_never_passed(void **state)
{
	struct acpi_rsdp rsdp = make_rsdp(2);
	bool was_full = false;
	u64 len;

	(void)state;
	info.rsdp_copy = (struct view){ (const u8 *)&rsdp, sizeof(rsdp) };
	info.seed_len = 32;
	info.efi = (struct efi_tables){ .system_table = 1,
					.is_64bit = true,
					.memory_map = VIEW("EFI map") };
	for (u64 i = 0; i < 150; i++)
		guest_add((64 + 2 * i) * MIB, MIB, REGION_RAM);
	guest_parse();
	len = zero_page_len(&boot, &bz) - 3 * PAGE_SIZE;
	for (; len; len -= min_u64(len, 8)) {
		struct arena arena = arena_of(&mem, ARENA, ARENA + len);
		u32 nr_regions = info.nr_regions;

		memset(mem.host + ARENA + len, 0xcc, 64);
		zero_page_put(&boot, &plan, &bz, &arena);
		assert_fine(info.bad);
		for (u64 i = 0; i < 64; i++)
			assert_int_equal(mem.host[ARENA + len + i], 0xcc);
		assert_true(arena.next <= arena.end);
		assert_true(arena.is_full || !was_full);
		was_full = arena.is_full;
		/* Pages that become ACPI memory join what they touch. */
		assert_between(info.nr_regions, nr_regions - 1, nr_regions + 2);
	}
	assert_true(was_full);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, guest_setup, guest_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pitfall_4_every_byte_that_is_not_set_is_zero),
		TEST(pitfall_1_no_byte_behind_the_header_is_copied),
		TEST(pitfall_5_the_loader_is_known_as_unregistered),
		TEST(pitfall_12_code32_start_is_where_the_kernel_is),
		TEST(only_a_lowered_alignment_is_written),
		TEST(an_initrd_above_4_gib_has_high_halves),
		TEST(pitfall_15_the_line_has_2048_readable_bytes),
		TEST(pitfall_16_no_line_is_an_empty_one),
		TEST(a_long_line_is_whole),
		TEST(pitfall_17_a_vga_word_sets_the_video_mode),
		TEST(pitfall_23_the_rsdp_is_told_to_every_protocol),
		TEST(a_copy_of_the_rsdp_gets_a_page_that_is_acpi_s),
		TEST(memory_above_1_mib_is_counted_to_the_first_hole),
		TEST(the_subarch_is_the_users_then_the_doors_then_none),
		TEST(an_arena_too_short_is_never_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
