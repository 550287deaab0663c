// SPDX-License-Identifier: BSD-2-Clause
/*
 * pvh_door.c: start_info as Xen, QEMU and the small VMMs write it, and each
 * thing that can be wrong with one.
 */
#include "guest.h"

#include "doors.h"
#include "machine_stub.h"
#include "start_info.h"

#define START	 0x6000
#define MEMMAP	 0x7000
#define MODLIST	 0x6040
#define CMDLINE	 0x20000
#define STRING	 0x101000
#define HOLE	 0x180000 /* in the window, but in no region */
#define MODULE_1 0x110000
#define MODULE_2 0x120000

static struct mem mem;
static struct boot_info info;

static void put_entry(u32 i, phys addr, u64 size, u32 type)
{
	put64(&mem, MEMMAP + i * 24, addr);
	put64(&mem, MEMMAP + i * 24 + 8, size);
	put32(&mem, MEMMAP + i * 24 + 16, type);
}

/* reserved stays 0xCC..: qboot leaves garbage there too. */
static void put_module(u32 i, phys paddr, u64 size, phys cmdline)
{
	put64(&mem, MODLIST + i * 32, paddr);
	put64(&mem, MODLIST + i * 32 + 8, size);
	put64(&mem, MODLIST + i * 32 + 16, cmdline);
}

static int setup(void **state)
{
	(void)state;
	mem = guest_new(0, 2 * MIB);
	put16(&mem, 0x40e, 0);
	put_entry(0, MIB, HOLE - MIB, 1);
	put_entry(1, 0, 0xa0000, 1);
	put_entry(2, 0xfc000000, 0x1000, 4);
	put_entry(3, 0, 0, 0);
	put_module(0, MODULE_1, 0x5000, STRING);
	put_module(1, MODULE_2, 0x123, 0);
	putstr(&mem, STRING, "root=/dev/sda quiet");
	putstr(&mem, CMDLINE, "console=hvc0 gangway.log=debug");
	put32(&mem, START, PVH_START_MAGIC);
	put32(&mem, START + 0x04, 1);
	put32(&mem, START + 0x08, PVH_START_FLAG_PRIVILEGED);
	put32(&mem, START + 0x0c, 2);
	put64(&mem, START + 0x10, MODLIST);
	put64(&mem, START + 0x18, CMDLINE);
	put64(&mem, START + 0x20, 0xfc000040);
	put64(&mem, START + 0x28, MEMMAP);
	put32(&mem, START + 0x30, 4);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static why read_at(u32 magic, phys at)
{
	info_init(&info, "pvh");
	info.ask_xen = stub_ask_xen;
	pvh_door.read(&mem, magic, at, &info);
	return info.bad;
}

static why read(void)
{
	return read_at(0, START);
}

static void everything_is_read(void **state)
{
	(void)state;
	assert_string_equal(pvh_door.name, "pvh");
	assert_fine(read());
	assert_fine(info_check(&info));
	assert_view(info.loader, "");
	assert_view(info.name, "");
	assert_view(info.cmdline, "console=hvc0 gangway.log=debug");
	assert_int_equal(info.nr_regions, 3);
	assert_region(&info, 0, 0, 0xa0000, REGION_RAM);
	assert_region(&info, 1, MIB, HOLE, REGION_RAM);
	assert_region(&info, 2, 0xfc000000, 0xfc001000, REGION_NVS);
	assert_int_equal(info.nr_modules, 2);
	assert_int_equal(info.modules[0].range.start, MODULE_1);
	assert_int_equal(info.modules[0].range.end, MODULE_1 + 0x5000);
	assert_view(info.modules[0].name, "");
	assert_view(info.modules[0].line, "root=/dev/sda quiet");
	assert_int_equal(info.modules[1].range.end, MODULE_2 + 0x123);
	assert_view(info.modules[1].line, "");
	assert_int_equal(info.rsdp, 0xfc000040);
	assert_int_equal(info.framebuffer.type, FRAMEBUFFER_NONE);
	assert_int_equal(info.pvh_flags, PVH_START_FLAG_PRIVILEGED);
	assert_false(info.is_multiboot || info.names.line);
}

static void what_is_pointed_at_is_held(void **state)
{
	(void)state;
	assert_fine(read());
	assert_held(&info, START, START + 56);
	assert_held(&info, MEMMAP, MEMMAP + 4 * 24);
	assert_held(&info, MODLIST, MODLIST + 2 * 32);
	assert_held(&info, CMDLINE, CMDLINE + 31);
	assert_held(&info, STRING, STRING + 20);
	assert_held(&info, MODULE_1, MODULE_1 + 0x5000);
}

static void pitfall_72_eax_at_pvh_entry_is_ignored(void **state)
{
	static const u32 magics[] = { 0x2badb002, 0x36d76289, 0, ~0u };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(magics); i++) {
		assert_fine(read_at(magics[i], START));
		assert_int_equal(info.nr_modules, 2);
	}
}

static void pitfall_73_the_map_may_be_unsorted_and_overlap(void **state)
{
	(void)state;
	put_entry(1, 0x101000, 0x2000, 4);
	put_entry(2, 0, 0x1000, 2);
	assert_fine(read());
	assert_int_equal(info.nr_regions, 4);
	assert_region(&info, 0, 0, 0x1000, REGION_RESERVED);
	assert_region(&info, 1, MIB, 0x101000, REGION_RAM);
	assert_region(&info, 2, 0x101000, 0x103000, REGION_NVS);
	assert_region(&info, 3, 0x103000, HOLE, REGION_RAM);
}

static void pitfall_74_no_map_is_said_so(void **state)
{
	static const char *none = "start_info has no memory map";
	const struct broken cases[] = {
		{ START + 0x04, 0, none },
		{ START + 0x28, 0, none },
		{ START + 0x30, 0, none },
	};

	(void)state;
	assert_each_refused(&mem, cases, ARRAY_LEN(cases), read);
}

static void pitfall_74_xen_is_asked_where_there_is_no_map(void **state)
{
	(void)state;
	stub_xen_map[0] = (struct xen_e820_entry){ MIB, MIB, REGION_RAM };
	stub_xen_map[1] = (struct xen_e820_entry){ 0, 0xa0000, REGION_RAM };
	stub_xen_entries = 2;
	put32(&mem, START + 4, 0);
	assert_fine(read());
	assert_int_equal(info.nr_regions, 2);
	assert_region(&info, 0, 0, 0xa0000, REGION_RAM);
	assert_region(&info, 1, MIB, 2 * MIB, REGION_RAM);
	put32(&mem, START + 4, 1);
	assert_fine(read());
	assert_int_not_equal(info.nr_regions, 2);
	stub_xen_entries = 0;
}

static void pitfall_74_a_map_that_xen_cut_off_is_refused(void **state)
{
	(void)state;
	stub_xen_map[0] = (struct xen_e820_entry){ MIB, MIB, REGION_RAM };
	put32(&mem, START + 4, 0);
	stub_xen_entries = 127;
	assert_fine(read());
	stub_xen_entries = 128;
	assert_why(read(), "the map that Xen gives is too long");
	stub_xen_entries = 0;
}

static void version_0_ends_after_40_bytes(void **state)
{
	phys at = 2 * MIB - 40;

	(void)state;
	memcpy(guest_at(&mem, at, 40), guest_at(&mem, START, 40), 40);
	assert_why(read_at(0, at),
		   "start_info is shorter than its version says");
	put32(&mem, at + 4, 0);
	assert_why(read_at(0, at), "start_info has no memory map");
	assert_why(read_at(0, at + 1), "start_info cannot be reached");
	assert_why(read_at(0, ~0ull), "start_info cannot be reached");
}

static void later_versions_are_read_as_version_1(void **state)
{
	(void)state;
	put32(&mem, START + 4, 2);
	assert_fine(read());
	assert_int_equal(info.nr_modules, 2);
}

static void pitfall_75_without_an_rsdp_it_is_looked_for(void **state)
{
	(void)state;
	put64(&mem, START + 0x20, 0);
	assert_fine(read());
	assert_int_equal(info.rsdp, 0);
	put_rsdp(&mem, 0xe0000, 2);
	assert_fine(read());
	assert_int_equal(info.rsdp, 0xe0000);
}

static void pitfall_76_an_rsdp_outside_of_the_map_is_taken(void **state)
{
	(void)state;
	put64(&mem, START + 0x20, 0xa0000);
	put_rsdp(&mem, 0xa0000, 2);
	assert_fine(read());
	assert_int_equal(info.rsdp, 0xa0000);
	assert_true(info_readable(&info, (struct range){ 0xa0000, 0xa0024 }));
}

static void pitfall_77_the_command_line_may_be_empty(void **state)
{
	(void)state;
	putstr(&mem, CMDLINE, "");
	assert_fine(read());
	assert_view(info.cmdline, "");
	put64(&mem, START + 0x18, 0);
	assert_fine(read());
	assert_view(info.cmdline, "");
}

static void pitfall_78_reserved_fields_are_ignored(void **state)
{
	(void)state;
	put64(&mem, MODLIST + 24, ~0ull);
	put32(&mem, MEMMAP + 20, ~0u);
	put32(&mem, START + 0x34, ~0u);
	put32(&mem, START + 0x08, ~0u);
	assert_fine(read());
	assert_int_equal(info.nr_modules, 2);
	assert_int_equal(info.nr_regions, 3);
}

static void pitfall_85_empty_modules_and_long_strings_work(void **state)
{
	(void)state;
	put_module(0, ~0ull, 0, 0);
	memset(guest_at(&mem, STRING, 4096), 'x', 4096);
	*guest_at(&mem, STRING + 4095, 1) = 0;
	put64(&mem, MODLIST + 32 + 16, STRING);
	assert_fine(read());
	assert_fine(info_check(&info));
	assert_int_equal(info.nr_modules, 2);
	assert_int_equal(range_len(info.modules[0].range), 0);
	assert_int_equal(info.modules[1].range.start, MODULE_2);
	assert_int_equal(info.modules[1].line.len, 4095);
	put32(&mem, START + 0x0c, 0);
	put64(&mem, START + 0x10, 0);
	assert_fine(read());
	assert_int_equal(info.nr_modules, 0);
}

/* One word at a time; the upper halves take an address past 4 GiB. */
static void broken_fields_are_refused(void **state)
{
	static const char *list = "the module list lies outside memory";
	static const char *line = "the command line lies outside memory";
	const struct broken cases[] = {
		{ START, 0x336ec579, "start_info has a wrong magic number" },
		{ START + 0x0c, ~0u, "the module list lies outside memory" },
		{ START + 0x10, HOLE, list },
		{ START + 0x10, HOLE - 63, list },
		{ START + 0x14, ~0u, list },
		{ START + 0x18, HOLE, line },
		{ START + 0x1c, 1, line },
		{ START + 0x1c, ~0u, line },
		{ START + 0x28, 2 * MIB - 95,
		  "the memory map cannot be reached" },
		{ START + 0x2c, ~0u, "the memory map cannot be reached" },
		{ START + 0x30, ~0u, "the memory map cannot be reached" },
		{ MODLIST + 16, HOLE - 1, "a module's string has no end" },
	};

	(void)state;
	assert_each_refused(&mem, cases, ARRAY_LEN(cases), read);
}

/* One that is not set: qboot's, in QEMU 10.0 and 7.2. */
static void a_string_outside_of_memory_is_none(void **state)
{
	static const u64 addresses[] = { 0x202000f18f5, HOLE, ~0ull, 0 };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(addresses); i++) {
		put64(&mem, MODLIST + 16, addresses[i]);
		assert_fine(read());
		assert_int_equal(info.nr_modules, 2);
		assert_int_equal(info.modules[0].line.len, 0);
		assert_int_equal(info.modules[0].name.len, 0);
	}
}

static void a_module_must_not_wrap(void **state)
{
	(void)state;
	put_module(0, ~0ull - 0x1000, 0x1002, STRING);
	assert_why(read(), "a module passes the end of memory");
	put_module(0, MODULE_1, ~0ull, STRING);
	assert_why(read(), "a module passes the end of memory");
}

static void tables_outside_of_memory_are_refused(void **state)
{
	(void)state;
	memcpy(guest_at(&mem, HOLE, 56), guest_at(&mem, START, 56), 56);
	assert_says(read_at(0, HOLE), "start_info lies outside memory");
	memcpy(guest_at(&mem, HOLE, 96), guest_at(&mem, MEMMAP, 96), 96);
	put64(&mem, START + 0x28, HOLE);
	assert_says(read(), "the memory map lies outside memory");
}

static void a_string_must_end_in_memory(void **state)
{
	(void)state;
	put(&mem, HOLE - 2, "x", 2);
	put64(&mem, START + 0x18, HOLE - 2);
	assert_fine(read());
	assert_view(info.cmdline, "x");
	put(&mem, HOLE - 1, "x", 2);
	assert_says(read(), "the command line has no end within 2 bytes");
}

static void modules_above_the_window_are_given_on(void **state)
{
	(void)state;
	put_entry(3, 4 * GIB, GIB, 1);
	put_module(1, 4 * GIB + 0x1000, 0x2000, 0);
	assert_fine(read());
	assert_int_equal(info.modules[1].range.start, 4 * GIB + 0x1000);
	assert_int_equal(info.modules[1].range.end, 4 * GIB + 0x3000);
	assert_fine(info_check(&info));
}

static void the_module_list_may_be_full(void **state)
{
	(void)state;
	for (u32 i = 0; i < MAX_MODULES; i++)
		put_module(i + 0x100, MODULE_1, i + 1, 0);
	put32(&mem, START + 0x0c, MAX_MODULES);
	put64(&mem, START + 0x10, MODLIST + 0x100 * 32);
	assert_fine(read());
	assert_int_equal(info.nr_modules, MAX_MODULES);
	put_module(MAX_MODULES + 0x100, MODULE_1, 1, 0);
	put32(&mem, START + 0x0c, MAX_MODULES + 1);
	assert_why(read(), "there are more than 512 modules");
}

static void too_many_regions_are_refused(void **state)
{
	(void)state;
	for (u32 i = 0; i <= MAX_REGIONS; i++) {
		put64(&mem, HOLE + i * 24, i * 0x200);
		put64(&mem, HOLE + i * 24 + 8, 0x100);
		put32(&mem, HOLE + i * 24 + 16, 1);
	}
	put64(&mem, START + 0x28, HOLE);
	put32(&mem, START + 0x30, MAX_REGIONS + 1);
	assert_why(read(), "the memory map has more than 1056 regions");
}

static void nothing_is_added_to_what_was_refused(void **state)
{
	(void)state;
	assert_refusal_stays(&pvh_door, &mem, 0, START);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything_is_read),
		TEST(what_is_pointed_at_is_held),
		TEST(pitfall_72_eax_at_pvh_entry_is_ignored),
		TEST(pitfall_73_the_map_may_be_unsorted_and_overlap),
		TEST(pitfall_74_no_map_is_said_so),
		TEST(pitfall_74_xen_is_asked_where_there_is_no_map),
		TEST(pitfall_74_a_map_that_xen_cut_off_is_refused),
		TEST(version_0_ends_after_40_bytes),
		TEST(later_versions_are_read_as_version_1),
		TEST(pitfall_75_without_an_rsdp_it_is_looked_for),
		TEST(pitfall_76_an_rsdp_outside_of_the_map_is_taken),
		TEST(pitfall_77_the_command_line_may_be_empty),
		TEST(pitfall_78_reserved_fields_are_ignored),
		TEST(pitfall_85_empty_modules_and_long_strings_work),
		TEST(broken_fields_are_refused),
		TEST(a_string_outside_of_memory_is_none),
		TEST(a_module_must_not_wrap),
		TEST(tables_outside_of_memory_are_refused),
		TEST(a_string_must_end_in_memory),
		TEST(modules_above_the_window_are_given_on),
		TEST(the_module_list_may_be_full),
		TEST(too_many_regions_are_refused),
		TEST(nothing_is_added_to_what_was_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
