// SPDX-License-Identifier: BSD-2-Clause
/*
 * mb2_kernel.c: finding the header, and what its tags ask for. The numbers of
 * pitfalls are those of our protocol notes, chapter 6.
 */
#include <stdio.h>

#include "kernel_guest.h"
#include "multiboot_file.h"

#define HEADER_AT (FILE_AT + FILE_HEADER)
#define WINDOW	  32768 /* the header lies in so much of the file */
#define FLAT_LEN  FILE_LEN
#define OPTIONAL  MB2_HEADER_TAG_OPTIONAL
#define TOO_SHORT "a tag of the header is too short for its type"

static struct kernel_file file;

/* An ELF kernel whose header waits for tags. */
static int setup(void **state)
{
	kernel_setup(state);
	file = kernel_file(false, LINK_AT, 0);
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	mb2_header_begin(HEADER_AT);
	return 0;
}

static const char *claimed(u64 len)
{
	info.nr_modules = 0;
	return guest_kernel(FILE_AT, len);
}

static why plan_kernel(void)
{
	mb2_header_end();
	assert_string_equal(claimed(FILE_LEN), "multiboot2");
	return guest_plan();
}

static void boot_kernel(void)
{
	assert_fine(plan_kernel());
	assert_promises();
	guest_leave();
}

static void an_elf_kernel_is_loaded_by_its_segments(void **state)
{
	(void)state;
	boot_kernel();
	assert_loaded(LINK_AT);
	assert_gap(LINK_AT);
	assert_string_equal(plan.entry, "Multiboot 2");
	assert_int_equal(handoff.entry, LINK_AT + ENTRY_OFFSET);
	assert_int_equal(handoff.eax, MB2_LOADER_MAGIC);
	assert_int_equal(handoff.ebx % 8, 0);
	assert_int_equal(handoff.mode, HANDOFF_PROTECTED);
	assert_int_equal(handoff.rsi, 0);
}

static void pitfall_63_so_is_one_of_64_bits(void **state)
{
	(void)state;
	file = kernel_file(true, LINK_AT, 0xffffffff80000000);
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	boot_kernel();
	assert_loaded(LINK_AT);
	assert_int_equal(handoff.entry, LINK_AT + ENTRY_OFFSET);
	assert_int_equal(handoff.mode, HANDOFF_PROTECTED);
	file = kernel_file(true, 4 * GIB, 0);
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	mb2_header_begin(HEADER_AT);
	assert_says(plan_kernel(), "the kernel is linked above 4 GiB");
}

static void the_header_is_found_on_any_multiple_of_8(void **state)
{
	(void)state;
	memset(guest_at(&mem, FILE_AT + 0x400, 2 * WINDOW), 0, 2 * WINDOW);
	for (u32 at = 0x400; at <= WINDOW; at += at % 128 < 9 ? 1 : 119) {
		bool fits = at % 8 == 0 && at + 24 <= WINDOW;

		mb2_header_begin(FILE_AT + at);
		mb2_header_end();
		assert_string_equal(claimed(2 * WINDOW),
				    fits ? "multiboot2" : "none");
		put32(&mem, FILE_AT + at, 0);
	}
	for (u32 at = WINDOW - 32; at <= WINDOW; at += 8) {
		mb2_header_begin(FILE_AT + at);
		mb2_header_end();
		assert_string_equal(claimed(2 * WINDOW),
				    at + 24 <= WINDOW ? "multiboot2" : "none");
		put32(&mem, FILE_AT + at, 0);
	}
}

static void a_head_must_be_right_in_every_field(void **state)
{
	(void)state;
	mb2_header_end();
	for (u32 field = 0; field < 4; field++) {
		phys at = HEADER_AT
		+4 * field;
		u32 good = get32(at);

		put32(&mem, at, good + 1);
		assert_string_equal(claimed(FILE_LEN), "none");
		put32(&mem, at, good);
		assert_string_equal(claimed(FILE_LEN), "multiboot2");
	}
	/* For MIPS, and too short, with sums that are right. */
	put32(&mem, HEADER_AT + 4, 4);
	put32(&mem, HEADER_AT + 12, get32(HEADER_AT + 12) - 4);
	assert_string_equal(claimed(FILE_LEN), "none");
	mb2_header_begin(HEADER_AT);
	mb2_header_close();
	assert_string_equal(claimed(FILE_LEN), "multiboot2");
	header_next = HEADER_AT
	+15;
	mb2_header_close();
	assert_string_equal(claimed(FILE_LEN), "none");
	/* The file's end is a window's end as well. */
	header_next = FILE_AT + FILE_LEN;
	mb2_header_close();
	assert_string_equal(claimed(FILE_LEN), "multiboot2");
	assert_string_equal(claimed(FILE_LEN - 1), "none");
}

static void pitfall_64_every_known_tag_is_accepted(void **state)
{
	static const u32 fields[4] = { 0, 0xffffffff, 0x1000, 0 };

	for (u16 flags = 0; flags <= OPTIONAL; flags++)
		for (u16 type = 4; type <= 9; type++) {
			setup(state);
			mb2_header_tag(type, flags, fields, 3);
			boot_kernel();
			assert_loaded(LINK_AT);
		}
}

static void pitfall_64_unknown_tags_are_refused_by_number(void **state)
{
	static const u16 types[] = { 11, 12, 0xff, 0x100, 0xffff };
	char reason[64];

	for (u32 i = 0; i < ARRAY_LEN(types); i++) {
		setup(state);
		MB2_HEADER_TAG(types[i], 0, 1, 2, 3);
		snprintf(reason, sizeof(reason),
			 "the header has the unknown tag %u", types[i]);
		assert_why(plan_kernel(), reason);
		setup(state);
		MB2_HEADER_TAG(types[i], OPTIONAL, 1, 2, 3);
		boot_kernel();
	}
	/* Behind optional ones too; and nothing is read behind the end. */
	setup(state);
	MB2_HEADER_TAG(11, OPTIONAL, 1);
	MB2_HEADER_TAG(77, 0, 1);
	assert_why(plan_kernel(), "the header has the unknown tag 77");
	setup(state);
	MB2_HEADER_TAG(0, 0, 1);
	MB2_HEADER_TAG(77, 0, 1);
	boot_kernel();
}

/* As by GRUB: what the specification has is no reason to refuse a kernel. */
static void requests_are_met_or_refused_by_number(void **state)
{
	char reason[64];

	for (u32 type = 0; type <= 40; type++) {
		setup(state);
		MB2_HEADER_TAG(1, 0, 6, type, 4);
		if (type < MB2_NR_TAGS) {
			assert_fine(plan_kernel());
			continue;
		}
		snprintf(reason, sizeof(reason),
			 "the header asks for information tag %u", type);
		assert_why(plan_kernel(), reason);
		setup(state);
		MB2_HEADER_TAG(1, OPTIONAL, 6, type, 4);
		assert_fine(plan_kernel());
	}
	setup(state);
	MB2_HEADER_TAG(1, 0, 6, 0xffffffff);
	assert_why(plan_kernel(),
		   "the header asks for information tag 4294967295");
	setup(state);
	mb2_header_tag(1, 0, NULL, 0);
	assert_fine(plan_kernel());
}

static void tags_have_all_their_fields(void **state)
{
	static const struct {
		u16 type;
		u32 nr;
	} tags[] = { { 2, 4 }, { 3, 1 }, { 10, 4 } };
	static const u32 fields[8] = { 0, 0xffffffff, 0x1000, 0, 0, 0 };

	for (u32 i = 0; i < ARRAY_LEN(tags); i++)
		for (u32 nr = 0; nr < tags[i].nr; nr++) {
			setup(state);
			mb2_header_tag(tags[i].type, OPTIONAL, fields, nr);
			assert_why(plan_kernel(), TOO_SHORT);
		}
	/* More than there are today is no fault. */
	setup(state);
	MB2_HEADER_TAG(3, 0, LINK_AT + 8, 0, 0, 0);
	boot_kernel();
	assert_int_equal(handoff.entry, LINK_AT + 8);
}

static void pitfall_62_the_entry_of_tag_3_goes_first(void **state)
{
	(void)state;
	MB2_HEADER_TAG(3, 0, LINK_AT + 0x123);
	boot_kernel();
	assert_int_equal(handoff.entry, LINK_AT + 0x123);
	/* On a BIOS, the entries for EFI are not for us: 8 and 9, and 7. */
	for (u16 flags = 0; flags <= OPTIONAL; flags++) {
		setup(state);
		mb2_header_tag(7, flags, NULL, 0);
		MB2_HEADER_TAG(9, flags, LINK_AT + 0x200);
		MB2_HEADER_TAG(3, flags, LINK_AT + 0x123);
		MB2_HEADER_TAG(8, flags, LINK_AT + 0x300);
		boot_kernel();
		assert_int_equal(handoff.entry, LINK_AT + 0x123);
	}
	setup(state);
	MB2_HEADER_TAG(9, 0, LINK_AT + 0x200);
	boot_kernel();
	assert_int_equal(handoff.entry, LINK_AT + ENTRY_OFFSET);
}

static void the_entry_of_tag_3_lies_in_the_kernel(void **state)
{
	static const u32 entries[] = { 0, LINK_AT - 1, LINK_AT + SPAN_LEN,
				       0xffffffff };

	for (u32 i = 0; i < ARRAY_LEN(entries); i++) {
		setup(state);
		MB2_HEADER_TAG(3, 0, entries[i]);
		assert_says(plan_kernel(),
			    "entry_addr lies outside the kernel");
	}
	setup(state);
	MB2_HEADER_TAG(3, 0, LINK_AT + SPAN_LEN - 1);
	assert_fine(plan_kernel());
	/* Then what the ELF header says does not matter. */
	setup(state);
	file.entry = 0;
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	MB2_HEADER_TAG(3, 0, LINK_AT + 1);
	assert_fine(plan_kernel());
	assert_int_equal(plan.entry_at, LINK_AT + 1);
	setup(state);
	file.entry = 0;
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	assert_says(plan_kernel(), "the entry lies in no segment");
}

/* A file that is not ELF; its header is at 0x800. */
static void put_flat(void)
{
	for (u64 i = 0; i < FLAT_LEN; i++)
		*guest_at(&mem, FILE_AT + i, 1) = kernel_byte(i);
	mb2_header_begin(HEADER_AT);
}

static void assert_flat(phys at, u64 offset)
{
	u64 len = FLAT_LEN - 0x900;

	assert_file_bytes(guest_at(&mem, at + 0x900 - offset, len), 0x900, len);
	assert_int_equal(plan.load, at);
	assert_int_equal(plan.load_len, FLAT_LEN - offset + 0x1000);
	assert_all(guest_at(&mem, at + FLAT_LEN - offset, 0x1000), 0, 0x1000);
}

static void addresses_are_those_of_the_kludge(void **state)
{
	(void)state;
	put_flat();
	MB2_HEADER_TAG(2, 0, LINK_AT + 0x200, LINK_AT, 0,
		       LINK_AT + FLAT_LEN - 0x600 + 0x1000);
	MB2_HEADER_TAG(3, 0, LINK_AT + 0x80);
	boot_kernel();
	assert_flat(LINK_AT, 0x600);
	assert_int_equal(handoff.entry, LINK_AT + 0x80);
}

static void pitfall_60_load_addr_all_ones_is_the_files_beginning(void **state)
{
	(void)state;
	put_flat();
	MB2_HEADER_TAG(2, 0, LINK_AT + FILE_HEADER, 0xffffffff, 0,
		       LINK_AT + FLAT_LEN + 0x1000);
	MB2_HEADER_TAG(3, 0, LINK_AT + 0x80);
	boot_kernel();
	assert_flat(LINK_AT, 0);
}

static void a_file_that_is_not_elf_needs_addresses_and_entry(void **state)
{
	(void)state;
	put_flat();
	MB2_HEADER_TAG(3, 0, LINK_AT);
	mb2_header_end();
	assert_string_equal(claimed(FLAT_LEN), "none");
	put_flat();
	MB2_HEADER_TAG(4, OPTIONAL, 1);
	MB2_HEADER_TAG(2, 0, LINK_AT + 0x200, LINK_AT, 0, 0);
	assert_says(
		plan_kernel(),
		"the header has addresses but no entry address, as one for UEFI only");
	put_flat();
	MB2_HEADER_TAG(2, 0, LINK_AT, LINK_AT + 8, 0, 0);
	MB2_HEADER_TAG(3, 0, LINK_AT + 8);
	assert_says(plan_kernel(), "load_addr is above header_addr");
}

static void a_place_that_is_taken_is_refused(void **state)
{
	(void)state;
	assert_true(
		holds_add(&info.holds, r(LINK_AT, LINK_AT + 1), UNTIL_FOREVER));
	assert_says(plan_kernel(), "a segment goes to 0x");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_elf_kernel_is_loaded_by_its_segments),
		TEST(pitfall_63_so_is_one_of_64_bits),
		TEST(the_header_is_found_on_any_multiple_of_8),
		TEST(a_head_must_be_right_in_every_field),
		TEST(pitfall_64_every_known_tag_is_accepted),
		TEST(pitfall_64_unknown_tags_are_refused_by_number),
		TEST(requests_are_met_or_refused_by_number),
		TEST(tags_have_all_their_fields),
		TEST(pitfall_62_the_entry_of_tag_3_goes_first),
		TEST(the_entry_of_tag_3_lies_in_the_kernel),
		TEST(addresses_are_those_of_the_kludge),
		TEST(pitfall_60_load_addr_all_ones_is_the_files_beginning),
		TEST(a_file_that_is_not_elf_needs_addresses_and_entry),
		TEST(a_place_that_is_taken_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
