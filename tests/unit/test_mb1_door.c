// SPDX-License-Identifier: BSD-2-Clause
/*
 * mb1_door.c: a whole boot information is read, and each thing that can be
 * wrong with one is refused for its own reason.
 */
#include "guest.h"

#include "doors.h"
#include "mb1.h"

#define INFO	 0x9500
#define MMAP	 0x9000
#define LOADER	 0x9600
#define CMDLINE	 0x9700
#define MODS	 0x101000
#define STRINGS	 0x101100
#define HOLE	 0x180000 /* in the window, but in no region */
#define MODULE_1 0x110000
#define MODULE_2 0x120000

static struct mem mem;
static struct boot_info info;

static void put_entry(u32 i, phys base, u64 len, u32 type)
{
	put32(&mem, MMAP + i * 24, 20);
	put64(&mem, MMAP + i * 24 + 4, base);
	put64(&mem, MMAP + i * 24 + 12, len);
	put32(&mem, MMAP + i * 24 + 20, type);
}

static void put_module(u32 i, phys start, phys end, phys string)
{
	put32(&mem, MODS + i * 16, (u32)start);
	put32(&mem, MODS + i * 16 + 4, (u32)end);
	put32(&mem, MODS + i * 16 + 8, (u32)string);
}

static void set(u32 offset, u32 value)
{
	put32(&mem, INFO + offset, value);
}

/* As QEMU does it, with everything this door reads. */
static int setup(void **state)
{
	(void)state;
	mem = guest_new(0, 2 * MIB);
	memset(guest_at(&mem, HOLE, 0x1000), 0, 0x1000); /* ends strings */
	put16(&mem, 0x40e, 0);
	put_entry(0, 0, 0x9fc00, 1);
	put_entry(1, 0x9fc00, 0x400, 2);
	put_entry(2, 0xf0000, 0x10000, 2);
	put_entry(3, MIB, HOLE - MIB, 1);
	put_entry(4, 0, 0, 0);
	put_module(0, MODULE_1, MODULE_1 + 0x5000, STRINGS);
	put_module(1, MODULE_2, MODULE_2 + 0x123, STRINGS + 0x100);
	putstr(&mem, STRINGS, "vmlinuz root=/dev/sda");
	putstr(&mem, STRINGS + 0x100, "initrd");
	putstr(&mem, LOADER, "qemu");
	putstr(&mem, CMDLINE, "gangway.elf quiet splash");
	set(0x00, 1 | 1 << 2 | 1 << 3 | 1 << 6 | 1 << 9 | 1 << 12);
	set(0x04, 639);
	set(0x08, 511);
	set(0x10, CMDLINE);
	set(0x14, 2);
	set(0x18, MODS);
	set(0x2c, 5 * 24);
	set(0x30, MMAP);
	set(0x40, LOADER);
	put64(&mem, INFO + 0x58, 0x1fd000000);
	set(0x60, 4096);
	set(0x64, 1024);
	set(0x68, 768);
	put(&mem, INFO + 0x6c, "\x20\x01\x10\x08\x08\x07\x00\x06", 8);
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
	info_init(&info, "multiboot1");
	mb1_door.read(&mem, magic, at, &info);
	return info.bad;
}

static why read(void)
{
	return read_at(MB1_LOADER_MAGIC, INFO);
}

static void everything_is_read(void **state)
{
	(void)state;
	assert_string_equal(mb1_door.name, "multiboot1");
	assert_fine(read());
	assert_fine(info_check(&info));
	assert_view(info.loader, "qemu");
	assert_view(info.name, "gangway.elf");
	assert_view(info.cmdline, "quiet splash");
	assert_int_equal(info.nr_regions, 4);
	assert_region(&info, 0, 0, 0x9fc00, REGION_RAM);
	assert_region(&info, 1, 0x9fc00, 0xa0000, REGION_RESERVED);
	assert_region(&info, 2, 0xf0000, 0x100000, REGION_RESERVED);
	assert_region(&info, 3, MIB, HOLE, REGION_RAM);
	assert_int_equal(info.nr_modules, 2);
	assert_int_equal(info.modules[0].range.start, MODULE_1);
	assert_int_equal(info.modules[0].range.end, MODULE_1 + 0x5000);
	assert_view(info.modules[0].name, "vmlinuz");
	assert_view(info.modules[0].line, "root=/dev/sda");
	assert_view(info.modules[1].name, "initrd");
	assert_view(info.modules[1].line, "");
	assert_int_equal(info.rsdp, 0);
	assert_int_equal(info.efi.system_table, 0);
}

static void what_is_pointed_at_is_held(void **state)
{
	(void)state;
	assert_fine(read());
	assert_held(&info, INFO, INFO + 116);
	assert_held(&info, MMAP, MMAP + 5 * 24);
	assert_held(&info, LOADER, LOADER + 5);
	assert_held(&info, CMDLINE, CMDLINE + 25);
	assert_held(&info, MODS, MODS + 32);
	assert_held(&info, STRINGS, STRINGS + 22);
	assert_held(&info, STRINGS + 0x100, STRINGS + 0x107);
	assert_held(&info, MODULE_2, MODULE_2 + 0x123);
}

static void each_flag_is_asked(void **state)
{
	(void)state;
	set(0, 1);
	assert_fine(read());
	assert_view(info.loader, "");
	assert_view(info.cmdline, "");
	assert_int_equal(info.nr_modules, 0);
	assert_int_equal(info.framebuffer.type, FRAMEBUFFER_NONE);
	assert_int_equal(info.nr_regions, 3);
	assert_region(&info, 0, 0, 639 * KIB, REGION_RAM);
	assert_region(&info, 1, 639 * KIB, MIB, REGION_RESERVED);
	assert_region(&info, 2, MIB, MIB + 511 * KIB, REGION_RAM);
	assert_held(&info, INFO, INFO + 88);
	assert_null(holds_first(&info.holds,
				(struct range){ INFO + 88, INFO + 116 },
				UNTIL_TELL));
	set(0, 0);
	assert_why(read(), "there is no memory map");
}

static void the_information_may_end_without_a_framebuffer(void **state)
{
	phys at = HOLE - 88;

	(void)state;
	memcpy(guest_at(&mem, at, 88), guest_at(&mem, INFO, 88), 88);
	put32(&mem, at, 1 << 6);
	assert_fine(read_at(MB1_LOADER_MAGIC, at));
	put32(&mem, at, 1 << 6 | 1 << 12);
	assert_says(read_at(MB1_LOADER_MAGIC, at),
		    "the boot information lies outside memory");
	at = 2 * MIB - 88;
	memcpy(guest_at(&mem, at, 88), guest_at(&mem, INFO, 88), 88);
	assert_why(read_at(MB1_LOADER_MAGIC, at),
		   "the boot information cannot be reached");
}

static void framebuffers_of_each_type_are_read(void **state)
{
	const struct framebuffer *fb = &info.framebuffer;

	(void)state;
	assert_fine(read());
	assert_int_equal(fb->type, FRAMEBUFFER_RGB);
	assert_int_equal(fb->at, 0x1fd000000);
	assert_int_equal(fb->pitch, 4096);
	assert_int_equal(fb->width, 1024);
	assert_int_equal(fb->height, 768);
	assert_int_equal(fb->bits_per_pixel, 32);
	assert_int_equal(fb->red.position, 16);
	assert_int_equal(fb->red.size, 8);
	assert_int_equal(fb->green.position, 8);
	assert_int_equal(fb->green.size, 7);
	assert_int_equal(fb->blue.position, 0);
	assert_int_equal(fb->blue.size, 6);
	*guest_at(&mem, INFO + 0x6d, 1) = 0;
	assert_fine(read());
	assert_int_equal(fb->type, FRAMEBUFFER_INDEXED);
	assert_int_equal(fb->red.size, 0);
	*guest_at(&mem, INFO + 0x6d, 1) = 2;
	assert_fine(read());
	assert_int_equal(fb->type, FRAMEBUFFER_TEXT);
	assert_int_equal(fb->width, 1024);
	*guest_at(&mem, INFO + 0x6d, 1) = 3;
	assert_fine(read());
	assert_int_equal(fb->type, FRAMEBUFFER_NONE);
}

/* One field at a time. */
static void broken_fields_are_refused(void **state)
{
	static const char *outside = "the command line lies outside memory";
	static const char *name = "the loader's name lies outside memory";
	static const char *string = "a module's string lies outside memory";
	static const char *mods = "the module list lies outside memory";
	static const char *map = "the memory map cannot be reached";
	const struct broken cases[] = {
		{ INFO + 0x10, HOLE, outside },
		{ INFO + 0x10, 0xffffffff, outside },
		{ INFO + 0x10, HOLE + 1, outside },
		{ INFO + 0x14, ~0u, "the module list lies outside memory" },
		{ INFO + 0x18, HOLE, mods },
		{ INFO + 0x18, HOLE - 31, mods },
		{ INFO + 0x18, 0xfffffff8, mods },
		{ INFO + 0x2c, 5 * 24 - 1,
		  "the memory map ends inside an entry" },
		{ INFO + 0x2c, ~0u, map },
		{ INFO + 0x30, 0xfffffff0, map },
		{ INFO + 0x40, HOLE, name },
		{ MMAP + 24, 19, "an entry of the memory map is too short" },
		{ MMAP + 24, 0, "an entry of the memory map is too short" },
		{ MODS + 4, MODULE_1 - 1, "a module ends before it starts" },
		{ MODS + 24, HOLE, string },
	};

	(void)state;
	assert_each_refused(&mem, cases, ARRAY_LEN(cases), read);
}

static void the_magic_number_is_checked(void **state)
{
	(void)state;
	assert_says(read_at(0x36d76289, INFO), "EAX is not the magic number");
	assert_why(read_at(MB1_LOADER_MAGIC, 2 * MIB - 87),
		   "the boot information cannot be reached");
	assert_why(read_at(MB1_LOADER_MAGIC, ~0ull),
		   "the boot information cannot be reached");
}

static void a_map_outside_of_memory_is_refused(void **state)
{
	(void)state;
	memcpy(guest_at(&mem, HOLE, 120), guest_at(&mem, MMAP, 120), 120);
	set(0x30, HOLE);
	assert_says(read(), "the memory map lies outside memory");
}

static void the_stride_of_the_map_is_its_size_field(void **state)
{
	(void)state;
	put32(&mem, MMAP, 44);
	put_entry(2, MIB, HOLE - MIB, 1);
	put32(&mem, MMAP + 48, 60);
	set(0x2c, 48 + 64);
	assert_fine(read());
	assert_int_equal(info.nr_regions, 3); /* one is a BIOS's */
	assert_region(&info, 0, 0, 0x9fc00, REGION_RAM);
	assert_region(&info, 2, MIB, HOLE, REGION_RAM);
}

static void a_map_may_be_full(void **state)
{
	(void)state;
	for (u32 i = 0; i <= MAX_REGIONS; i++) {
		phys at = HOLE + i * 24;

		put32(&mem, at, 20);
		put64(&mem, at + 4, i * 0x200);
		put64(&mem, at + 12, 0x100);
		put32(&mem, at + 20, 1);
	}
	set(0x2c, (MAX_REGIONS + 1) * 24);
	set(0x30, HOLE);
	assert_why(read(), "the memory map has more than 1056 regions");
}

static void grub_2_strings_have_no_names(void **state)
{
	(void)state;
	putstr(&mem, LOADER, "GRUB 2.06");
	assert_fine(read());
	assert_view(info.name, "");
	assert_view(info.cmdline, "gangway.elf quiet splash");
	assert_view(info.modules[0].name, "");
	assert_view(info.modules[0].line, "vmlinuz root=/dev/sda");
}

static void strings_may_be_left_out(void **state)
{
	(void)state;
	set(0x10, 0);
	set(0x40, 0);
	put32(&mem, MODS + 8, 0);
	assert_fine(read());
	assert_view(info.cmdline, "");
	assert_view(info.loader, "");
	assert_view(info.modules[0].name, "");
	assert_view(info.modules[0].line, "");
}

static void a_string_may_fill_memory_to_its_end(void **state)
{
	(void)state;
	put(&mem, HOLE - 4, "a b", 4);
	set(0x10, HOLE - 4);
	assert_fine(read());
	assert_view(info.cmdline, "b");
	memset(guest_at(&mem, MIB - 0x8000, 0x10001), 'x', 0x10001);
	set(0x10, MIB - 0x8000);
	*guest_at(&mem, MIB + 0x7fff, 1) = 0;
	set(0, 1 << 2 | 1 << 6);
	assert_fine(read());
	assert_int_equal(info.name.len, MAX_STRING - 1);
	put(&mem, MIB + 0x7fff, "x", 2);
	assert_why(read(), "the command line has no end within 65536 bytes "
			   "from 0xf8000 on");
	put(&mem, HOLE - 4, "a bc", 5);
	set(0x10, HOLE - 4);
	assert_says(read(), "the command line has no end within 4 bytes");
}

static void empty_modules_count(void **state)
{
	(void)state;
	put_module(0, MODULE_1, MODULE_1, 0);
	assert_fine(read());
	assert_fine(info_check(&info));
	assert_int_equal(info.nr_modules, 2);
	assert_int_equal(info.modules[0].range.start, MODULE_1);
	assert_int_equal(info.modules[0].range.end, MODULE_1);
	assert_int_equal(info.modules[1].range.start, MODULE_2);
	set(0x14, 0);
	set(0x18, 0xffffffff);
	assert_fine(read());
	assert_int_equal(info.nr_modules, 0);
}

static void the_module_list_may_be_full(void **state)
{
	(void)state;
	for (u32 i = 0; i < MAX_MODULES; i++)
		put_module(i + 0x100, MODULE_1, MODULE_1 + i + 1, 0);
	set(0x14, MAX_MODULES);
	set(0x18, MODS + 0x1000);
	assert_fine(read());
	assert_int_equal(info.nr_modules, MAX_MODULES);
	put_module(MAX_MODULES + 0x100, MODULE_1, MODULE_1 + 1, 0);
	set(0x14, MAX_MODULES + 1);
	assert_why(read(), "there are more than 512 modules");
}

static void the_rsdp_is_looked_for(void **state)
{
	(void)state;
	put_rsdp(&mem, 0xf59d0, 0);
	assert_fine(read());
	assert_int_equal(info.rsdp, 0xf59d0);
}

static void nothing_is_added_to_what_was_refused(void **state)
{
	(void)state;
	assert_refusal_stays(&mb1_door, &mem, MB1_LOADER_MAGIC, INFO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything_is_read),
		TEST(what_is_pointed_at_is_held),
		TEST(each_flag_is_asked),
		TEST(the_information_may_end_without_a_framebuffer),
		TEST(framebuffers_of_each_type_are_read),
		TEST(broken_fields_are_refused),
		TEST(the_magic_number_is_checked),
		TEST(a_map_outside_of_memory_is_refused),
		TEST(the_stride_of_the_map_is_its_size_field),
		TEST(a_map_may_be_full),
		TEST(grub_2_strings_have_no_names),
		TEST(strings_may_be_left_out),
		TEST(a_string_may_fill_memory_to_its_end),
		TEST(empty_modules_count),
		TEST(the_module_list_may_be_full),
		TEST(the_rsdp_is_looked_for),
		TEST(nothing_is_added_to_what_was_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
