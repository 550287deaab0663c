// SPDX-License-Identifier: BSD-2-Clause
/*
 * mb1_kernel.c: finding the header, and what it asks for. The numbers of
 * pitfalls are those of our protocol notes, chapter 6.
 */
#include <stdio.h>

#include "kernel_guest.h"
#include "multiboot_file.h"

#define HEADER_AT (FILE_AT + FILE_HEADER)
#define WINDOW	  8192 /* the header lies in so much of the file */
#define FLAT_LEN  0x5000

static struct kernel_file file;

static int setup(void **state)
{
	kernel_setup(state);
	file = kernel_file(false, LINK_AT, 0);
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	return 0;
}

static const char *claimed(u64 len)
{
	info.nr_modules = 0;
	return guest_kernel(FILE_AT, len);
}

static void assert_claimed(void)
{
	assert_string_equal(claimed(FILE_LEN), "multiboot1");
}

static void assert_not_claimed(void)
{
	assert_string_equal(claimed(FILE_LEN), "none");
}

/* A file that is not ELF, with a header anywhere in it. */
static void put_flat(u32 at)
{
	for (u64 i = 0; i < FLAT_LEN; i++)
		*guest_at(&mem, FILE_AT + i, 1) = kernel_byte(i);
	put_mb1_header(FILE_AT + at, MB1_HEADER_ADDRESSES);
	put_mb1_addresses(FILE_AT + at, LINK_AT + at, LINK_AT, 0,
			  LINK_AT + 0x8000, LINK_AT + 4);
}

static void an_elf_kernel_is_loaded_by_its_segments(void **state)
{
	(void)state;
	put_mb1_header(HEADER_AT, 0);
	assert_claimed();
	guest_boot();
	assert_loaded(LINK_AT);
	assert_gap(LINK_AT);
	assert_string_equal(plan.entry, "Multiboot 1");
	assert_int_equal(handoff.entry, LINK_AT + ENTRY_OFFSET);
	assert_int_equal(handoff.eax, MB1_LOADER_MAGIC);
	assert_int_equal(handoff.mode, HANDOFF_PROTECTED);
	assert_int_equal(handoff.rsi, 0);
	assert_int_equal(handoff.rsp % 16, 0);
	assert_true(
		range_within(r(handoff.rsp - 1024, handoff.rsp), plan.arena));
}

static void pitfall_63_so_is_one_of_64_bits(void **state)
{
	(void)state;
	file = kernel_file(true, LINK_AT, 0xffffffff80000000);
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	put_mb1_header(HEADER_AT, 0);
	assert_claimed();
	guest_boot();
	assert_loaded(LINK_AT);
	assert_int_equal(handoff.entry, LINK_AT + ENTRY_OFFSET);
	assert_int_equal(handoff.mode, HANDOFF_PROTECTED);
	file = kernel_file(true, 4 * GIB, 0);
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	put_mb1_header(HEADER_AT, 0);
	assert_claimed();
	assert_says(guest_plan(), "the kernel is linked above 4 GiB");
}

static void the_header_is_found_on_any_multiple_of_4(void **state)
{
	(void)state;
	for (u32 at = 0x400; at <= WINDOW; at++) {
		bool fits = at % 4 == 0 && at <= WINDOW - 12;

		if (at % 4 && at % 64 > 3)
			continue;
		put_mb1_header(FILE_AT + at, 0);
		assert_string_equal(claimed(2 * WINDOW),
				    fits ? "multiboot1" : "none");
		put32(&mem, FILE_AT + at, 0);
	}
}

static void with_addresses_all_of_it_lies_in_the_window(void **state)
{
	(void)state;
	for (u32 at = WINDOW - 48; at <= WINDOW; at += 4) {
		put_flat(at);
		assert_string_equal(claimed(FLAT_LEN),
				    at <= WINDOW - 32 ? "multiboot1" : "none");
	}
	put_flat(0);
	for (u64 len = 1; len < 40; len++)
		assert_string_equal(claimed(len),
				    len < 32 ? "none" : "multiboot1");
}

static void a_header_is_as_long_as_its_file(void **state)
{
	(void)state;
	put_mb1_header(HEADER_AT, 0);
	for (u64 len = FILE_HEADER; len < FILE_HEADER + 16; len++)
		assert_string_equal(claimed(len), len < FILE_HEADER + 12
							  ? "none"
							  : "multiboot1");
}

static void a_wrong_checksum_is_no_header(void **state)
{
	(void)state;
	put_mb1_header(HEADER_AT, 3);
	for (u32 bit = 0; bit < 32; bit++) {
		u32 good = get32(HEADER_AT + 8);

		put32(&mem, HEADER_AT + 8, good ^ 1u << bit);
		assert_not_claimed();
		put32(&mem, HEADER_AT + 8, good);
		assert_claimed();
	}
	/* The search goes on behind it. */
	put32(&mem, FILE_AT + 0x700, MB1_HEADER_MAGIC);
	assert_claimed();
	assert_fine(guest_plan());
}

static void pitfall_65_unknown_features_are_refused_by_number(void **state)
{
	char reason[64];

	(void)state;
	for (u32 bit = 0; bit < 32; bit++) {
		put_mb1_header(HEADER_AT, 1u << bit);
		if (bit == 16)
			continue;
		assert_claimed();
		if (bit < 3 || bit > 16) {
			assert_fine(guest_plan());
			continue;
		}
		snprintf(reason, sizeof(reason),
			 "the header asks for the unknown feature %u", bit);
		assert_why(guest_plan(), reason);
	}
	/* Of several the lowest is named, whatever else is asked for. */
	put_mb1_header(HEADER_AT, 0x1d0f7);
	assert_claimed();
	assert_why(guest_plan(), "the header asks for the unknown feature 4");
}

static void addresses_win_over_elf(void **state)
{
	(void)state;
	/* The file's bytes from 0x700 on, where no segment goes. */
	put_mb1_header(HEADER_AT, MB1_HEADER_ADDRESSES | 3);
	put_mb1_addresses(HEADER_AT, 2 * MIB + 0x100, 2 * MIB, 2 * MIB + 0x1000,
			  2 * MIB + 0x2000, 2 * MIB + 0x80);
	assert_claimed();
	guest_boot();
	assert_int_equal(handoff.entry, 2 * MIB + 0x80);
	assert_int_equal(plan.load, 2 * MIB);
	assert_int_equal(plan.load_len, 0x2000);
	assert_file_bytes(guest_at(&mem, 2 * MIB, 0x100), 0x700, 0x100);
	assert_file_bytes(guest_at(&mem, 2 * MIB + 0x120, 0xee0), 0x820, 0xee0);
	assert_all(guest_at(&mem, 2 * MIB + 0x1000, 0x1000), 0, 0x1000);
	assert_all(guest_at(&mem, 2 * MIB + 0x2000, 0x1000), 0xcc, 0x1000);
	assert_all(guest_at(&mem, LINK_AT, SPAN_LEN), 0xcc, SPAN_LEN);
	/* And the file's sections are not the image's. */
	assert_int_equal(get32(handoff.ebx) & MB1_INFO_ELF_SHDR, 0);
}

static void a_file_that_is_not_elf_is_loaded_by_addresses(void **state)
{
	(void)state;
	for (u32 at = 0; at <= 0x1800; at += 0xc00) {
		setup(state);
		put_flat(at);
		assert_string_equal(claimed(FLAT_LEN), "multiboot1");
		guest_boot();
		assert_int_equal(handoff.entry, LINK_AT + 4);
		assert_int_equal(plan.load, LINK_AT);
		assert_file_bytes(
			guest_at(&mem, LINK_AT + at + 32, FLAT_LEN - at - 32),
			at + 32, FLAT_LEN - at - 32);
		assert_all(guest_at(&mem, LINK_AT + FLAT_LEN, 0x3000), 0,
			   0x3000);
		assert_int_equal(get32(handoff.ebx) & MB1_INFO_ELF_SHDR, 0);
	}
}

/* memtest86+ 5.01 is a flat file with a header by chance. */
static void without_addresses_only_elf_is_claimed(void **state)
{
	(void)state;
	put_flat(0x400);
	put_mb1_header(FILE_AT + 0x400, 3);
	assert_string_equal(claimed(FLAT_LEN), "none");
	memcpy(guest_at(&mem, FILE_AT, 4), ELF_MAGIC, 4);
	assert_string_equal(claimed(FLAT_LEN), "multiboot1");
	assert_why(guest_plan(), "the ELF class or byte order is unknown");
}

static void pitfall_66_addresses_are_checked(void **state)
{
	(void)state;
	put_flat(0x400);
	put_mb1_addresses(FILE_AT + 0x400, LINK_AT, LINK_AT + 4, 0, 0, LINK_AT);
	assert_string_equal(claimed(FLAT_LEN), "multiboot1");
	assert_says(guest_plan(), "load_addr is above header_addr");
	put_mb1_addresses(FILE_AT + 0x400, LINK_AT + 0x401, LINK_AT, 0, 0,
			  LINK_AT);
	assert_says(guest_plan(), "load_addr lies before the file begins");
}

static void a_place_that_is_taken_is_refused(void **state)
{
	(void)state;
	put_flat(0x400);
	assert_string_equal(claimed(FLAT_LEN), "multiboot1");
	assert_true(holds_add(&info.holds,
			      r(LINK_AT + 0x7fff, LINK_AT + 0x8000),
			      UNTIL_FOREVER));
	assert_says(guest_plan(), "the kernel goes to 0x");
	put_mb1_addresses(FILE_AT + 0x400, 0x90400, 0x90000, 0, 0xa0000,
			  0x90000);
	assert_says(guest_plan(), "the kernel goes to 0x");
}

static void the_user_may_give_up_nvs(void **state)
{
	(void)state;
	put_flat(0x400);
	guest_map(LINK_AT + 0x7000, LINK_AT + 0x7001, REGION_NVS);
	assert_string_equal(claimed(FLAT_LEN), "multiboot1");
	assert_says(guest_plan(), "the kernel goes to 0x400000-0x408000, but "
				  "0x407000-0x407001 is ACPI NVS: "
				  "gangway.overwrite=nvs puts it there");
	boot.options.overwrites = 1u << REGION_NVS;
	assert_fine(guest_plan());
	assert_int_equal(plan.load, LINK_AT);
	/* But not what somebody needs. */
	assert_true(holds_add(&info.holds,
			      r(LINK_AT + 0x7000, LINK_AT + 0x7001),
			      UNTIL_FOREVER));
	assert_says(guest_plan(), "the kernel goes to 0x");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_elf_kernel_is_loaded_by_its_segments),
		TEST(pitfall_63_so_is_one_of_64_bits),
		TEST(the_header_is_found_on_any_multiple_of_4),
		TEST(with_addresses_all_of_it_lies_in_the_window),
		TEST(a_header_is_as_long_as_its_file),
		TEST(a_wrong_checksum_is_no_header),
		TEST(pitfall_65_unknown_features_are_refused_by_number),
		TEST(addresses_win_over_elf),
		TEST(a_file_that_is_not_elf_is_loaded_by_addresses),
		TEST(without_addresses_only_elf_is_claimed),
		TEST(pitfall_66_addresses_are_checked),
		TEST(a_place_that_is_taken_is_refused),
		TEST(the_user_may_give_up_nvs),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
