// SPDX-License-Identifier: BSD-2-Clause
/*
 * mb2_door.c: all tags are read in any order, and each thing that can be
 * wrong with one is refused for its own reason.
 */
#include "mb2_guest.h"

static void put_module(u32 start, u32 end, const char *string)
{
	u8 payload[64];

	memcpy(payload, &start, 4);
	memcpy(payload + 4, &end, 4);
	memcpy(payload + 8, string, strlen(string) + 1);
	put_tag(MB2_TAG_MODULE, payload, 8 + strlen(string) + 1);
}

static void put_framebuffer(u8 type, u64 len)
{
	u8 payload[32] = {
		0, 0, 0, 0xfd, 1, 0,  0,    0, 0, 16, 0, 0, 0, 4, 0,
		0, 0, 3, 0,    0, 32, type, 0, 0, 16, 8, 8, 7, 0, 6
	};

	put_tag(MB2_TAG_FRAMEBUFFER, payload, len);
}

static int setup(void **state)
{
	(void)state;
	mem = guest_new(0, 2 * MIB);
	put16(&mem, 0x40e, 0);
	start_tags();
	put_module(MODULE_1, MODULE_1 + 0x5000, "vmlinuz root=/dev/sda");
	put_tag_string(MB2_TAG_CMDLINE, "gangway.elf quiet splash");
	put_tag_string(MB2_TAG_BOOT_LOADER_NAME, "iPXE 1.21");
	put_tag(MB2_TAG_LOAD_BASE_ADDR, "\0\0\x10", 4);
	put_tag(MB2_NR_TAGS, "unknown", 7);
	put_framebuffer(MB2_FRAMEBUFFER_RGB, 30);
	put_tag(MB2_TAG_BASIC_MEMINFO, "\x7f\x02\0\0\0\x02\0\0", 8);
	put_tag(MB2_TAG_SMBIOS, "\x03\x04......tables", 14);
	put_module(MODULE_2, MODULE_2 + 0x123, "initrd");
	put_mmap(24);
	end_tags();
	return 0;
}

static void everything_is_read_whatever_the_order(void **state)
{
	(void)state;
	assert_string_equal(mb2_door.name, "multiboot2");
	assert_fine(read());
	assert_fine(info_check(&info));
	assert_view(info.loader, "iPXE 1.21");
	assert_view(info.name, "gangway.elf");
	assert_view(info.cmdline, "quiet splash");
	assert_view(info.smbios, "\x03\x04......tables");
	assert_int_equal(info.nr_regions, 3);
	assert_region(&info, 0, 0, 0x9fc00, REGION_RAM);
	assert_region(&info, 1, 0x9fc00, 0xa0000, REGION_RESERVED);
	assert_region(&info, 2, MIB, HOLE, REGION_RAM);
	assert_true(info.is_multiboot && info.names.line);
	assert_int_equal(info.nr_modules, 2);
	assert_int_equal(info.modules[0].range.start, MODULE_1);
	assert_int_equal(info.modules[0].range.end, MODULE_1 + 0x5000);
	assert_view(info.modules[0].name, "vmlinuz");
	assert_view(info.modules[0].line, "root=/dev/sda");
	assert_view(info.modules[1].name, "initrd");
	assert_int_equal(info.rsdp, 0);
	assert_view(info.rsdp_copy, "");
	assert_int_equal(info.efi.system_table, 0);
	assert_false(info.efi.boot_services);
	assert_held(&info, INFO, next);
	assert_held(&info, MODULE_1, MODULE_1 + 0x5000);
}

/* As kexec does, on a machine that UEFI has started. */
static void without_a_copy_the_rsdp_is_looked_for(void **state)
{
	const struct mb2_mmap_entry acpi = { HOLE, 0x1000, REGION_ACPI, 0 };

	(void)state;
	put(&mem, tag_at[MB2_TAG_MMAP] + 16 + 2 * sizeof(acpi), &acpi,
	    sizeof(acpi));
	put_rsdp(&mem, HOLE + 0x14, 2);
	assert_fine(read());
	assert_int_equal(info.rsdp, HOLE + 0x14);
	assert_view(info.rsdp_copy, "");
	put_rsdp(&mem, 0xf5000, 0);
	assert_fine(read());
	assert_int_equal(info.rsdp, 0xf5000);
}

static void grub_2_strings_have_no_names(void **state)
{
	(void)state;
	put(&mem, tag_at[MB2_TAG_BOOT_LOADER_NAME] + 8, "GRUB 2.06", 10);
	assert_fine(read());
	assert_true(info.is_multiboot);
	assert_false(info.names.line || info.names.modules);
	assert_view(info.name, "");
	assert_view(info.cmdline, "gangway.elf quiet splash");
	assert_view(info.modules[0].line, "vmlinuz root=/dev/sda");
}

static void the_first_of_two_equal_tags_counts(void **state)
{
	(void)state;
	reopen_tags();
	put_tag_string(MB2_TAG_CMDLINE, "x y");
	end_tags();
	assert_fine(read());
	assert_view(info.cmdline, "quiet splash");
}

static void broken_fields_are_refused(void **state)
{
	const phys *t = tag_at;
	const struct broken cases[] = {
		{ INFO, 7, "the boot information is too short" },
		{ INFO, MIB, "the boot information passes the end of memory" },
		{ INFO, 0x20, "a tag passes the end of the boot information" },
		{ t[1] + 4, 7, "a tag is shorter than its head" },
		{ t[1] + 4, 0, "a tag is shorter than its head" },
		{ t[0] + 4, 0, "a tag is shorter than its head" },
		{ t[1] + 4, ~0u,
		  "a tag passes the end of the boot information" },
		{ t[1] + 29, 0x78787878, "the command line has no end" },
		{ t[2] + 4, 17, "the loader's name has no end" },
		{ t[3] + 4, 22, "a module's string has no end" },
		{ t[3] + 4, 15, "a tag is too short for its type" },
		{ t[3] + 12, 0, "a module ends before it starts" },
		{ t[4] + 4, 15, "a tag is too short for its type" },
		{ t[6] + 4, 15, "a tag is too short for its type" },
		{ t[6] + 8, 23, "the memory map's entries are too short" },
		{ t[6] + 8, 0, "the memory map's entries are too short" },
		{ t[6] + 8, 25, "the memory map ends inside an entry" },
		{ t[8] + 4, 31, "a tag is too short for its type" },
		{ t[8] + 4, 37, "the framebuffer's colors are missing" },
		{ t[13] + 4, 15, "a tag is too short for its type" },
	};

	(void)state;
	assert_each_refused(&mem, cases, ARRAY_LEN(cases), read);
}

static void the_entry_is_checked(void **state)
{
	(void)state;
	assert_says(read_at(0x2badb002, INFO), "EAX is not the magic number");
	assert_why(read_at(MB2_LOADER_MAGIC, 2 * MIB - 7),
		   "the boot information cannot be reached");
	assert_why(read_at(MB2_LOADER_MAGIC, ~0ull),
		   "the boot information cannot be reached");
	memcpy(guest_at(&mem, HOLE, 0x1000), guest_at(&mem, INFO, 0x1000),
	       0x1000);
	assert_says(read_at(MB2_LOADER_MAGIC, HOLE),
		    "the boot information lies outside memory");
}

static void a_missing_end_tag_is_tolerated(void **state)
{
	(void)state;
	put32(&mem, INFO, (u32)(next - 8 - INFO));
	assert_fine(read());
	put32(&mem, INFO, (u32)(next - 4 - INFO));
	assert_fine(read());
	put32(&mem, INFO, 8);
	assert_why(read(), "there is no memory map");
}

static void framebuffers_of_each_type_are_read(void **state)
{
	static const enum framebuffer_type types[] = {
		FRAMEBUFFER_INDEXED,
		FRAMEBUFFER_RGB,
		FRAMEBUFFER_TEXT,
		FRAMEBUFFER_NONE,
	};
	const struct framebuffer *fb = &info.framebuffer;

	(void)state;
	for (u8 i = 0; i < ARRAY_LEN(types); i++) {
		restart_with_mmap();
		put_framebuffer(i, i == MB2_FRAMEBUFFER_RGB ? 30 : 24);
		end_tags();
		assert_fine(read());
		assert_int_equal(fb->type, types[i]);
		if (fb->type == FRAMEBUFFER_NONE)
			continue;
		assert_int_equal(fb->at, 0x1fd000000);
		assert_int_equal(fb->pitch, 4096);
		assert_int_equal(fb->width, 1024);
		assert_int_equal(fb->height, 768);
		assert_int_equal(fb->bits_per_pixel, 32);
		assert_int_equal(fb->red.position, i == 1 ? 16 : 0);
		assert_int_equal(fb->green.size, i == 1 ? 7 : 0);
		assert_int_equal(fb->blue.size, i == 1 ? 6 : 0);
	}
}

static void empty_modules_count(void **state)
{
	(void)state;
	put32(&mem, tag_at[MB2_TAG_MODULE] + 12, MODULE_2);
	assert_fine(read());
	assert_int_equal(info.nr_modules, 2);
}

static void of_two_faults_the_first_read_is_told(void **state)
{
	(void)state;
	put32(&mem, tag_at[MB2_TAG_MODULE] + 12, 0);
	assert_says(read(), "a module ends before it starts");
	put32(&mem, tag_at[MB2_TAG_CMDLINE] + 29, 0x78787878);
	assert_says(read(), "the command line has no end");
	put32(&mem, tag_at[MB2_TAG_MMAP] + 8, 25);
	assert_why(read(), "the memory map ends inside an entry");
	assert_int_equal(info.nr_modules, 0);
	put32(&mem, INFO, 0x20);
	assert_says(read(), "a tag passes the end of the boot information");
	assert_int_equal(info.nr_regions, 0);
}

static void nothing_is_added_to_what_was_refused(void **state)
{
	(void)state;
	assert_refusal_stays(&mb2_door, &mem, MB2_LOADER_MAGIC, INFO);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everything_is_read_whatever_the_order),
		TEST(without_a_copy_the_rsdp_is_looked_for),
		TEST(grub_2_strings_have_no_names),
		TEST(the_first_of_two_equal_tags_counts),
		TEST(broken_fields_are_refused),
		TEST(the_entry_is_checked),
		TEST(a_missing_end_tag_is_tolerated),
		TEST(framebuffers_of_each_type_are_read),
		TEST(empty_modules_count),
		TEST(of_two_faults_the_first_read_is_told),
		TEST(nothing_is_added_to_what_was_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
