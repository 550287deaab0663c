// SPDX-License-Identifier: BSD-2-Clause
/*
 * place.c: images that are linked to where there is no RAM below 1 MiB.
 */
#include "kernel_guest.h"
#include "multiboot_file.h"
#include "place.h"

#define EBDA   0x9fc00
#define SCREEN 0xa0000

static struct kernel_file file;

static int setup(void **state)
{
	kernel_setup(state);
	file = kernel_file(false, LINK_AT, 0);
	file.nr_segments = 3;
	return 0;
}

/* A third segment: len bytes from an offset of the file, and more memory. */
static why plan_with(phys at, u32 offset, u32 len, u32 memsz)
{
	why bad;

	file.segments[2] =
		(struct elf64_phdr){ PT_LOAD, 6,   offset, at,
				     at,      len, memsz,  PAGE_SIZE };
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	memset(guest_at(&mem, FILE_AT + 0x400, 0x400), 0, 0x400);
	put_mb1_header(FILE_AT + FILE_HEADER, 0);
	info.nr_modules = 0;
	assert_string_equal(guest_kernel(FILE_AT, FILE_LEN), "multiboot1");
	bad = guest_plan();
	return bad;
}

static bool is_written(phys start, phys end)
{
	for (u32 i = 0; i < plan.nr_copies; i++)
		if (range_overlaps(written(&plan.copies[i]), r(start, end)))
			return true;
	return false;
}

/* ld -Ttext=0x100000 */
static void headers_in_rom_are_left_out_without_a_word(void **state)
{
	(void)state;
	assert_fine(plan_with(MIB - PAGE_SIZE, 0, 0x800, 0x800));
	assert_true(range_empty(plan.left_out));
	assert_false(is_written(SCREEN, MIB));
	/* The same segment goes on with the program. */
	assert_fine(plan_with(MIB - 0x800, 0, 0xa00, 0xa00));
	assert_true(range_empty(plan.left_out));
	assert_false(is_written(SCREEN, MIB));
	assert_true(is_written(MIB, MIB + 0x200));
	guest_leave();
	assert_memory_equal(guest_at(&mem, MIB, 0x200),
			    guest_at(&mem, FILE_AT + 0x800, 0x200), 0x200);
}

static void of_data_in_rom_there_is_a_word(void **state)
{
	(void)state;
	assert_fine(plan_with(0xff000, FILE_TEXT, 0x100, 0x100));
	assert_int_equal(plan.left_out.start, 0xff000);
	assert_int_equal(plan.left_out.end, 0xff100);
	assert_false(is_written(SCREEN, MIB));
	/* Of bss as well. */
	assert_fine(plan_with(0xf8000, FILE_TEXT, 0, 0x1000));
	assert_int_equal(plan.left_out.start, 0xf8000);
}

static void a_bioss_data_makes_way(void **state)
{
	(void)state;
	guest_map(EBDA, SCREEN, REGION_RESERVED);
	assert_fine(plan_with(0x9f000, FILE_TEXT, 0x800, 0x1000));
	assert_true(is_written(EBDA, SCREEN));
	assert_true(range_empty(plan.left_out));
	/* Where the map says nothing it is no less RAM. */
	setup(state);
	assert_fine(plan_with(0x9f000, FILE_TEXT, 0x800, 0x1000));
	assert_true(is_written(EBDA, SCREEN));
	/* But not where the kernel is told of something. */
	info.rsdp = EBDA + 0x10;
	assert_why(plan_with(0x9f000, FILE_TEXT, 0x800, 0x1000),
		   "a segment goes to 0x9f000-0xa0000, but there is no RAM at "
		   "0x9fc00");
	info.rsdp = 0;
	info_keep(&info, EBDA, 8);
	assert_why(plan_with(0x9f000, FILE_TEXT, 0x800, 0x1000),
		   "a segment goes to 0x9f000-0xa0000, but there is no RAM at "
		   "0x9fc00");
}

/* There it may be EFI's, which goes on living. */
static void efis_data_does_not(void **state)
{
	(void)state;
	info.efi.system_table = 0x12345678;
	guest_map(EBDA, SCREEN, REGION_RESERVED);
	assert_why(plan_with(0x9f000, FILE_TEXT, 0x800, 0x1000),
		   "a segment goes to 0x9f000-0xa0000, but 0x9fc00-0xa0000 is "
		   "reserved");
	assert_fine(plan_with(EBDA, 0, 0x200, 0x200)); /* headers */
	assert_false(is_written(EBDA, SCREEN));
	guest_map(0x9f000, EBDA, REGION_NVS);
	info.efi.system_table = 0;
	assert_why(plan_with(0x9f000, FILE_TEXT, 0x800, 0x800),
		   "a segment goes to 0x9f000-0x9f800, but 0x9f000-0x9fc00 is "
		   "ACPI NVS: gangway.overwrite=nvs puts it there");
	boot.options.overwrites = 1u << REGION_NVS;
	assert_fine(plan_with(0x9f000, FILE_TEXT, 0x800, 0x800));
	assert_true(is_written(0x9f000, 0x9f800));
}

static void above_1_mib_nothing_is_left_out(void **state)
{
	(void)state;
	assert_why(plan_with(RAM_END, 0, 0x200, 0x200),
		   "a segment goes to 0xff0000-0xff0200, but "
		   "0xff0000-0x1000000 is ACPI NVS: gangway.overwrite=nvs puts "
		   "it there");
	assert_why(plan_with(HOST_RAM + 16 * MIB, FILE_TEXT, 1, 1),
		   "a segment goes to 0x2000000-0x2000001, but there is no "
		   "RAM at 0x2000000");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(headers_in_rom_are_left_out_without_a_word),
		TEST(of_data_in_rom_there_is_a_word),
		TEST(a_bioss_data_makes_way),
		TEST(efis_data_does_not),
		TEST(above_1_mib_nothing_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
