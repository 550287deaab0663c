// SPDX-License-Identifier: BSD-2-Clause
/*
 * bzimage.c: the setup header against itself and the file. The numbers of
 * pitfalls are those of our protocol notes, chapter 6.
 */
#include "bzimage.h"
#include "bzimage_file.h"

#define KERNEL_LEN 0x12345ull

static struct linux_setup_header hdr;
static struct view file;
static struct bzimage bz;

static int setup(void **state)
{
	(void)state;
	hdr = bzimage_header(0x20f);
	file.at = NULL;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free((void *)(uintptr_t)file.at);
	return 0;
}

static why parse(void)
{
	teardown(NULL);
	file = bzimage_new(&hdr, KERNEL_LEN);
	return bzimage_parse(file, &bz);
}

/* Parse no more than len bytes of the file, in a buffer that ends there. */
static why parse_cut(u64 len)
{
	u8 *part = malloc(len);
	why bad;

	assert_non_null(part);
	memcpy(part, file.at, len);
	bad = bzimage_parse((struct view){ part, len }, &bz);
	free(part);
	return bad;
}

static void a_file_with_both_signatures_is_claimed(void **state)
{
	u8 *bytes;

	(void)state;
	assert_fine(parse());
	bytes = (u8 *)(uintptr_t)file.at;
	assert_true(bzimage_claims(file));
	memcpy(bytes, "MZ", 2);
	assert_true(bzimage_claims(file));
	assert_true(bzimage_claims((struct view){ bytes, 0x206 }));
	assert_false(bzimage_claims((struct view){ bytes, 0x205 }));
	assert_false(bzimage_claims((struct view){ bytes, 0 }));
	bytes[0x1ff] ^= 1;
	assert_false(bzimage_claims(file));
	bytes[0x1ff] ^= 1;
	bytes[0x202] ^= 1;
	assert_false(bzimage_claims(file));
}

static void the_kernel_is_what_follows_the_setup_code(void **state)
{
	(void)state;
	for (u8 sects = 1; sects <= 64; sects++) {
		hdr.setup_sects = sects;
		assert_fine(parse());
		assert_ptr_equal(bz.kernel.at, file.at + (sects + 1) * 512);
		assert_int_equal(bz.kernel.len, KERNEL_LEN);
	}
}

static void pitfall_1_a_header_of_2_15_is_read_whole(void **state)
{
	(void)state;
	assert_int_equal(hdr.jump >> 8, 0x6a);
	hdr.kernel_info_offset = 0x12345678;
	assert_fine(parse());
	assert_int_equal(bz.header_len, 0x26c - LINUX_HEADER_AT);
	assert_int_equal(bz.hdr.kernel_info_offset, 0x12345678);
}

static void pitfall_2_too_short_a_header_is_refused(void **state)
{
	(void)state;
	hdr.version = 0x203;
	for (u32 jump = 0; jump < 0x2e; jump++) {
		hdr.jump = (u16)(jump << 8 | 0xeb);
		assert_says(parse(), "the setup header is too short for "
				     "protocol 2.03");
	}
	hdr.jump = 0x2eeb;
	assert_fine(parse());
}

static void pitfall_3_a_header_over_the_edd_buffer_is_refused(void **state)
{
	(void)state;
	hdr.jump = 0x8eeb;
	assert_fine(parse());
	assert_int_equal(bz.header_len, 0x290 - LINUX_HEADER_AT);
	for (u32 jump = 0x8f; jump <= 0xff; jump++) {
		hdr.jump = (u16)(jump << 8 | 0xeb);
		assert_why(parse(), "the setup header is longer than its "
				    "place in the zero page");
	}
}

static void pitfall_6_relocatable_is_one_byte(void **state)
{
	(void)state;
	hdr.relocatable_kernel = 0;
	hdr.min_alignment = 0x15;
	assert_fine(parse());
	assert_false(bz.is_relocatable);
	hdr.relocatable_kernel = 1;
	assert_fine(parse());
	assert_true(bz.is_relocatable);
	assert_int_equal(bz.min_alignment, 2 * MIB);
}

static void pitfall_7_no_setup_sectors_are_four(void **state)
{
	(void)state;
	hdr.setup_sects = 0;
	assert_fine(parse());
	assert_ptr_equal(bz.kernel.at, file.at + 5 * 512);
}

static void pitfall_11_a_least_alignment_of_4_gib_is_refused(void **state)
{
	(void)state;
	hdr.kernel_alignment = 1u << 31;
	hdr.min_alignment = 31;
	assert_fine(parse());
	assert_int_equal(bz.min_alignment, 2 * GIB);
	for (u32 shift = 32; shift < 256; shift++) {
		hdr.min_alignment = (u8)shift;
		assert_why(parse(),
			   "the kernel's least alignment is 4 GiB or more");
	}
}

static void the_least_alignment_never_raises_the_alignment(void **state)
{
	(void)state;
	hdr.min_alignment = 31;
	assert_fine(parse());
	assert_int_equal(bz.min_alignment, 2 * MIB);
	hdr.min_alignment = 0;
	assert_fine(parse());
	assert_int_equal(bz.min_alignment, 2 * MIB);
	hdr.min_alignment = 13;
	assert_fine(parse());
	assert_int_equal(bz.min_alignment, 8 * KIB);
}

/* One wrong field each, in a header that is right but for it. */
static void each_check_refuses_what_it_is_for(void **state)
{
	static const struct {
		u32 at, len;
		u64 value;
		const char *reason;
	} cases[] = {
		{ 0x1f1, 1, 65, "the setup code is longer than 64 sectors" },
		{ 0x1f4, 4, 0, "there is only a 16-bit entry" },
		{ 0x1f4, 4, KERNEL_LEN / 16 + 2,
		  "the file is cut off: it has 76101 bytes, and by its header 76128" },
		{ 0x206, 2, 0x202, "the boot protocol is older than 2.03" },
		{ 0x206, 2, 0, "the boot protocol is older than 2.03" },
		{ 0x211, 1, 0xfe,
		  "this is a zImage, which must be loaded "
		  "low" },
		{ 0x214, 4, 0, "there is only a 16-bit entry" },
		{ 0x230, 4, 0x300000,
		  "the kernel's alignment is no power of two" },
		{ 0x230, 4, 0, "the kernel's alignment is no power of two" },
		{ 0x248, 4, KERNEL_LEN + 1,
		  "the compressed payload passes the end of the file" },
		{ 0x24c, 4, KERNEL_LEN + 1,
		  "the compressed payload passes the end of the file" },
		{ 0x258, 8, -(u64)0x200000,
		  "the preferred address passes the end of memory" },
		{ 0x260, 4, KERNEL_LEN - 1,
		  "init_size is less than the kernel's own length" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		assert_fine(parse());
		memcpy((u8 *)(uintptr_t)file.at + cases[i].at, &cases[i].value,
		       cases[i].len);
		assert_why(bzimage_parse(file, &bz), cases[i].reason);
	}
}

static void a_payload_that_wraps_is_refused(void **state)
{
	(void)state;
	hdr.payload_offset = 0xfffffff0;
	hdr.payload_length = 0x20;
	assert_non_null(parse());
	hdr.payload_offset = 0x100;
	hdr.payload_length = KERNEL_LEN - 0x100;
	assert_fine(parse());
	hdr.payload_length++;
	assert_non_null(parse());
}

static void a_file_that_is_cut_is_refused(void **state)
{
	u64 setup_len = bzimage_setup_len(&hdr);

	(void)state;
	assert_fine(parse());
	for (u64 len = 1; len < 0x26c; len++)
		assert_why(parse_cut(len),
			   len < 0x202
				   ? "the file ends before its setup header"
				   : "the file ends inside its setup header");
	assert_why(parse_cut(0x26c), "the file ends before the kernel starts");
	assert_why(parse_cut(setup_len),
		   "the file ends before the kernel starts");
	assert_says(parse_cut(setup_len + 1),
		    "the file is cut off: it has 1537 bytes, and by its header "
		    "76112");
	assert_says(parse_cut(setup_len + KERNEL_LEN / 16 * 16),
		    "the file is cut off: it has ");
	assert_fine(parse_cut(setup_len + KERNEL_LEN / 16 * 16 + 1));
}

static void bytes_behind_the_kernel_are_not_its_own(void **state)
{
	(void)state;
	hdr.syssize = KERNEL_LEN / 16 - 3;
	assert_fine(parse());
	assert_int_equal(bz.kernel.len, (KERNEL_LEN / 16 - 3) * 16);
	hdr.syssize = KERNEL_LEN / 16 + 1;
	assert_fine(parse());
	assert_int_equal(bz.kernel.len, KERNEL_LEN);
}

static void assert_protocol(u16 version)
{
	bool is_old = version < 0x20a;

	assert_int_equal(bz.initrd_end, 0x80000000);
	assert_int_equal(bz.is_relocatable, version >= 0x205);
	assert_int_equal(bz.alignment, version >= 0x205 ? 2 * MIB : 1);
	if (is_old)
		assert_int_equal(bz.min_alignment, bz.alignment);
	else
		assert_int_equal(bz.min_alignment, 4 * KIB);
	assert_int_equal(bz.cmdline_max, version >= 0x206 ? 2047 : 255);
	assert_int_equal(bz.pref_address, is_old ? MIB : 16 * MIB);
	assert_int_equal(bz.init_size, is_old ? 64 * MIB : 4 * MIB);
	assert_int_equal(bz.is_64bit, version >= 0x20c);
	assert_int_equal(bz.is_above_4g, version >= 0x20c);
}

static void the_protocol_tells_which_fields_count(void **state)
{
	(void)state;
	for (u16 version = 0x203; version <= 0x20f; version++) {
		hdr = bzimage_header(version);
		hdr.min_alignment = 12;
		assert_fine(parse());
		assert_protocol(version);
		hdr.jump = bzimage_header(0x20f).jump;
		assert_fine(parse());
		assert_protocol(version);
	}
}

static void a_large_old_kernel_needs_three_times_its_length(void **state)
{
	static u8 large[33 * MIB];

	(void)state;
	hdr = bzimage_header(0x209);
	bzimage_write(large, hdr, 32 * MIB);
	assert_fine(bzimage_parse((struct view){ large, 33 * MIB }, &bz));
	assert_int_equal(bz.init_size, 96 * MIB);
}

static void above_4_gib_needs_the_64_bit_entry(void **state)
{
	(void)state;
	hdr.xloadflags = LINUX_XLF_ABOVE_4G;
	assert_fine(parse());
	assert_false(bz.is_64bit);
	assert_false(bz.is_above_4g);
	hdr.xloadflags = LINUX_XLF_KERNEL_64;
	assert_fine(parse());
	assert_true(bz.is_64bit);
	assert_false(bz.is_above_4g);
}

static void pitfall_28_initrd_addr_max_is_inclusive(void **state)
{
	(void)state;
	hdr.initrd_addr_max = 0x37ffffff;
	assert_fine(parse());
	assert_int_equal(bz.initrd_end, 0x38000000);
	hdr.initrd_addr_max = 0xffffffff;
	assert_fine(parse());
	assert_int_equal(bz.initrd_end, 4 * GIB);
	hdr.initrd_addr_max = 0;
	assert_fine(parse());
	assert_int_equal(bz.initrd_end, 0x38000000);
}

static void the_version_is_its_first_word(void **state)
{
	(void)state;
	assert_fine(parse());
	assert_view(bzimage_version(file), "6.1.0-test");
	hdr.kernel_version = 0;
	assert_fine(parse());
	assert_view(bzimage_version(file), "");
	hdr.kernel_version = 0xffff;
	assert_fine(parse());
	assert_view(bzimage_version((struct view){ file.at, 0x600 }), "");
	assert_view(bzimage_version((struct view){ file.at, 0x20f }), "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_with_both_signatures_is_claimed),
		TEST(the_kernel_is_what_follows_the_setup_code),
		TEST(pitfall_1_a_header_of_2_15_is_read_whole),
		TEST(pitfall_2_too_short_a_header_is_refused),
		TEST(pitfall_3_a_header_over_the_edd_buffer_is_refused),
		TEST(pitfall_6_relocatable_is_one_byte),
		TEST(pitfall_7_no_setup_sectors_are_four),
		TEST(pitfall_11_a_least_alignment_of_4_gib_is_refused),
		TEST(the_least_alignment_never_raises_the_alignment),
		TEST(each_check_refuses_what_it_is_for),
		TEST(a_payload_that_wraps_is_refused),
		TEST(a_file_that_is_cut_is_refused),
		TEST(bytes_behind_the_kernel_are_not_its_own),
		TEST(the_protocol_tells_which_fields_count),
		TEST(a_large_old_kernel_needs_three_times_its_length),
		TEST(above_4_gib_needs_the_64_bit_entry),
		TEST(pitfall_28_initrd_addr_max_is_inclusive),
		TEST(the_version_is_its_first_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
