// SPDX-License-Identifier: BSD-2-Clause
/*
 * kludge.c: the address fields of both Multiboots, each of their rules. The
 * numbers of pitfalls are those of our protocol notes, chapter 6.
 */
#include "kludge.h"

#include "guest.h"

#define LEN	  0x3000u /* of the file */
#define HEADER_AT 0x1000u /* in the file */
#define LOAD	  0x200000u
#define ABOVE	  "load_addr is above header_addr"
#define BEFORE	  "load_addr lies before the file begins"
#define END	  "load_end_addr lies outside the file"
#define BSS	  "bss_end_addr is below load_end_addr"
#define HIGH	  "the kernel ends above 4 GiB"
#define ENTRY	  "entry_addr lies outside the kernel"

static u8 *bytes; /* as long as the file: ASan sees a step beyond it */
static struct kludge kludge;
static struct image image;

static int setup(void **state)
{
	(void)state;
	/* The whole file, and some memory behind it. */
	kludge = (struct kludge)
	{
		.header_addr = LOAD + HEADER_AT
		, .load_addr = LOAD, .load_end_addr = LOAD + LEN,
		  .bss_end_addr = LOAD + LEN + 0x800, .entry_addr = LOAD + 0x20,
	};
	return 0;
}

static int group_setup(void **state)
{
	(void)state;
	bytes = calloc(1, LEN);
	return !bytes;
}

static int group_end(void **state)
{
	(void)state;
	free(bytes);
	return 0;
}

static why read(void)
{
	return kludge_open((struct view){ bytes, LEN }, HEADER_AT, &kludge,
			   &image);
}

/* The bytes of the file from offset on, and the memory from start to end. */
static void assert_image(u64 offset, u64 len, phys start, phys end)
{
	assert_fine(read());
	assert_true(image.is_flat);
	assert_false(image.is_relocatable);
	assert_false(image.wants_symbols);
	assert_int_equal(image.flat.at - bytes, offset);
	assert_int_equal(image.flat.len, len);
	assert_int_equal(image.span.start, start);
	assert_int_equal(image.span.end, end);
	assert_int_equal(image.entry, kludge.entry_addr);
}

static void a_whole_file_with_memory_behind(void **state)
{
	(void)state;
	assert_image(0, LEN, LOAD, LOAD + LEN + 0x800);
}

static void load_addr_may_leave_out_the_beginning(void **state)
{
	(void)state;
	for (u32 skip = 0; skip <= HEADER_AT; skip += 0x400) {
		setup(state);
		kludge.load_addr = LOAD + skip;
		kludge.entry_addr = kludge.load_addr;
		assert_image(skip, LEN - skip, LOAD + skip, LOAD + LEN + 0x800);
	}
}

static void pitfall_66_the_header_must_be_loaded(void **state)
{
	(void)state;
	kludge.load_addr = kludge.header_addr + 1;
	assert_why(read(), ABOVE ": 0x201001 and 0x201000");
	kludge.load_addr = 0xfffffffe;
	assert_says(read(), ABOVE);
	kludge.header_addr = 0;
	kludge.load_addr = 1;
	assert_says(read(), ABOVE);
}

static void pitfall_66_nothing_lies_before_the_file(void **state)
{
	(void)state;
	kludge.load_addr = LOAD - 1;
	assert_why(read(), BEFORE ": it is 0x1fffff, and header_addr 0x201000 "
				  "is byte 4096 of the file");
	kludge.load_addr = 0;
	assert_says(read(), BEFORE);
	kludge.header_addr = 0xffffffff;
	assert_says(read(), BEFORE);
}

static void pitfall_60_load_addr_all_ones_is_the_files_beginning(void **state)
{
	(void)state;
	kludge.load_addr = 0xffffffff;
	assert_image(0, LEN, LOAD, LOAD + LEN + 0x800);
	kludge.load_end_addr = kludge.bss_end_addr = 0;
	assert_image(0, LEN, LOAD, LOAD + LEN);
	/* The file would have to begin below 0. */
	kludge.header_addr = HEADER_AT
	-1;
	assert_says(read(), ABOVE);
	kludge.header_addr = HEADER_AT;
	kludge.entry_addr = 0;
	assert_image(0, LEN, 0, LEN);
}

static void load_end_addr_0_is_the_files_end(void **state)
{
	(void)state;
	kludge.load_end_addr = 0;
	assert_image(0, LEN, LOAD, LOAD + LEN + 0x800);
	kludge.load_addr = LOAD + 0x11;
	assert_image(0x11, LEN - 0x11, LOAD + 0x11, LOAD + LEN + 0x800);
	/* Then what is behind the file is no less than the file. */
	kludge.bss_end_addr = LOAD + LEN - 1;
	assert_says(read(), BSS);
}

static void load_end_addr_lies_in_the_file(void **state)
{
	(void)state;
	kludge.load_end_addr = LOAD + LEN + 1;
	assert_says(read(), END);
	kludge.load_end_addr = LOAD;
	assert_says(read(), END);
	kludge.load_end_addr = LOAD - 1;
	assert_says(read(), END);
	kludge.load_end_addr = 1;
	assert_says(read(), END);
	kludge.load_end_addr = 0xffffffff;
	assert_says(read(), END);
	kludge.load_end_addr = LOAD + 0x21;
	assert_image(0, 0x21, LOAD, LOAD + LEN + 0x800);
	kludge.load_addr = LOAD + HEADER_AT;
	kludge.entry_addr = kludge.load_addr;
	kludge.load_end_addr = LOAD + LEN + 1;
	assert_says(read(), END);
	kludge.load_end_addr--;
	assert_image(HEADER_AT, LEN - HEADER_AT, LOAD + HEADER_AT,
		     LOAD + LEN + 0x800);
}

static void bss_end_addr_0_is_the_loaded_end(void **state)
{
	(void)state;
	kludge.bss_end_addr = 0;
	assert_image(0, LEN, LOAD, LOAD + LEN);
	kludge.load_end_addr = LOAD + 0x100;
	assert_image(0, 0x100, LOAD, LOAD + 0x100);
	kludge.bss_end_addr = LOAD + 0x100;
	assert_image(0, 0x100, LOAD, LOAD + 0x100);
}

static void bss_end_addr_is_not_below_the_loaded_end(void **state)
{
	(void)state;
	kludge.bss_end_addr = LOAD + LEN - 1;
	assert_says(read(), BSS);
	kludge.bss_end_addr = 1;
	assert_says(read(), BSS);
	kludge.bss_end_addr = 0xffffffff;
	assert_image(0, LEN, LOAD, 0xffffffff);
}

static void the_entry_lies_in_the_kernel(void **state)
{
	(void)state;
	kludge.entry_addr = LOAD - 1;
	assert_says(read(), ENTRY);
	kludge.entry_addr = 0;
	assert_says(read(), ENTRY);
	kludge.entry_addr = kludge.bss_end_addr;
	assert_says(read(), ENTRY);
	kludge.entry_addr = 0xffffffff;
	assert_says(read(), ENTRY);
	kludge.entry_addr = kludge.bss_end_addr - 1;
	assert_image(0, LEN, LOAD, LOAD + LEN + 0x800);
	kludge.entry_addr = LOAD;
	assert_image(0, LEN, LOAD, LOAD + LEN + 0x800);
}

/* Sums that would be small again in 32 bits. */
static void nothing_wraps_at_4_gib(void **state)
{
	(void)state;
	kludge.load_addr = 0xfffff000;
	kludge.header_addr = kludge.load_addr;
	kludge.load_end_addr = kludge.bss_end_addr = 0;
	kludge.entry_addr = kludge.load_addr;
	assert_says(read(), HIGH);
	kludge.load_addr -= LEN - HEADER_AT
	-0x1000;
	kludge.header_addr = kludge.entry_addr = kludge.load_addr;
	assert_image(HEADER_AT, LEN - HEADER_AT, 4 * GIB - (LEN - HEADER_AT),
		     4 * GIB);
	kludge.load_end_addr = 0x1000; /* 4 GiB + 0x1000 */
	assert_says(read(), END);
	kludge.load_end_addr = 0;
	kludge.bss_end_addr = 0x1000;
	assert_says(read(), BSS);
	kludge.bss_end_addr = 0;
	kludge.entry_addr = 0x10;
	assert_says(read(), ENTRY);
	kludge.header_addr = kludge.load_addr = 0xfffffffe;
	kludge.entry_addr = 0xfffffffe;
	assert_says(read(), HIGH);
}

/* A header at the file's end, and one that is all there is of it. */
static void the_file_may_end_with_the_header(void **state)
{
	(void)state;
	kludge.load_end_addr = kludge.bss_end_addr = 0;
	kludge.load_addr = kludge.header_addr = kludge.entry_addr = LOAD;
	assert_fine(kludge_open((struct view){ bytes, LEN }, LEN - 32, &kludge,
				&image));
	assert_int_equal(image.flat.len, 32);
	assert_fine(
		kludge_open((struct view){ bytes, 32 }, 0, &kludge, &image));
	assert_int_equal(image.flat.len, 32);
	assert_int_equal(image.flat.at - bytes, 0);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_whole_file_with_memory_behind),
		TEST(load_addr_may_leave_out_the_beginning),
		TEST(pitfall_66_the_header_must_be_loaded),
		TEST(pitfall_66_nothing_lies_before_the_file),
		TEST(pitfall_60_load_addr_all_ones_is_the_files_beginning),
		TEST(load_end_addr_0_is_the_files_end),
		TEST(load_end_addr_lies_in_the_file),
		TEST(bss_end_addr_0_is_the_loaded_end),
		TEST(bss_end_addr_is_not_below_the_loaded_end),
		TEST(the_entry_lies_in_the_kernel),
		TEST(nothing_wraps_at_4_gib),
		TEST(the_file_may_end_with_the_header),
	};

	return cmocka_run_group_tests(tests, group_setup, group_end);
}
