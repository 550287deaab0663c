// SPDX-License-Identifier: BSD-2-Clause
/*
 * core/text.c: load options in all the shapes that firmware gives them.
 */
#include "guest.h"

#include "text.h"

static char text[64];

static u64 read(const void *units, u64 len)
{
	struct view v = { units, len };

	memset(text, 0, sizeof(text));
	return text_from_utf16(v, text, sizeof(text));
}

static void text_ends_at_a_nul_or_at_its_end(void **state)
{
	(void)state;
	assert_int_equal(read(u"a b", 8), 3);
	assert_string_equal(text, "a b");
	assert_int_equal(read(u"a b", 6), 3);
	assert_int_equal(read(u"a\0b", 8), 1);
	assert_int_equal(read(u"", 2), 0);
	assert_int_equal(read("", 0), 0);
}

static void odd_bytes_marks_and_line_ends_do_not_matter(void **state)
{
	(void)state;
	assert_int_equal(read(u"a b", 7), 3);
	assert_int_equal(read(u"ab", 5), 2);
	assert_int_equal(read("x", 1), 0);
	assert_int_equal(read(u"\ufeffab", 8), 2);
	assert_string_equal(text, "ab");
	assert_int_equal(read(u"a\r\n\tb\v\fc", 18), 8);
	assert_string_equal(text, "a   b  c");
}

static void binary_data_is_no_text(void **state)
{
	static const u16 lone_high[] = { 'a', 0xd800, 'b', 0 };
	static const u16 lone_low[] = { 'a', 0xdc00, 0 };
	static const u16 high_at_end[] = { 'a', 0xdbff };

	(void)state;
	assert_int_equal(read(u"a\001b", 8), 0);
	assert_int_equal(read(u"\177", 4), 0);
	assert_int_equal(read(lone_high, 8), 0);
	assert_int_equal(read(lone_low, 6), 0);
	assert_int_equal(read(high_at_end, 4), 0);
	assert_int_equal(read(u"a\x80", 6), 0);
	assert_int_equal(read(u"a\uffff", 6), 0);
	assert_int_equal(read(u"a\U0001fffe", 8), 0);
	assert_int_equal(read(u"\ufffe\x6100\x6200", 8), 0);
}

/* What boot entries of real machines have as optional data: a vendor's mark, a
 * GUID, the head of Windows' BCD data, a whole load option. */
static void vendors_data_is_no_text(void **state)
{
	static const u8 mark[] = { 0, 0, 'B', 'O' };
	static const u8 guid[] = { 0x4e, 0xac, 0x08, 0x81, 0x11, 0x9f,
				   0x59, 0x4d, 0x85, 0x0e, 0xe2, 0x1a,
				   0x52, 0x2c, 0x59, 0xb2 };
	static const u8 bcd[] = "WINDOWS\0\1\0\0\0\210\0\0\0x";
	static const u8 option[] = "\1\0\0\0\54\0L\0i\0n\0u\0x\0\0";

	(void)state;
	assert_int_equal(read(mark, sizeof(mark)), 0);
	assert_int_equal(read(guid, sizeof(guid)), 0);
	assert_int_equal(read(bcd, sizeof(bcd)), 0);
	assert_int_equal(read(option, sizeof(option)), 0);
}

static void characters_of_all_lengths_go_both_ways(void **state)
{
	static const char utf8[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z";
	u16 units[16];
	u64 nr = text_to_utf16(VIEW(utf8), units, ARRAY_LEN(units));

	(void)state;
	assert_int_equal(nr, 7);
	assert_memory_equal(units, u"a\u00e4\u20ac\U0001f600z", 14);
	assert_int_equal(read(units, 2 * nr), sizeof(utf8) - 1);
	assert_string_equal(text, utf8);
}

static void what_is_no_utf8_is_replaced(void **state)
{
	static const struct {
		const char *bytes;
		u64 nr; /* replacements */
	} cases[] = {
		{ "\x80", 1 },
		{ "\xff", 1 },
		{ "\xc3", 1 },
		{ "\xc0\x80", 1 },
		{ "\xe2\x82", 2 },
		{ "\xed\xa0\x80", 1 },
		{ "\xf4\x90\x80\x80", 1 },
		{ "\xf8\x80", 2 },
	};
	u16 units[8];

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		struct view v = { (const u8 *)cases[i].bytes,
				  strlen(cases[i].bytes) };

		assert_int_equal(text_to_utf16(v, units, 8), cases[i].nr + 1);
		for (u64 k = 0; k < cases[i].nr; k++)
			assert_int_equal(units[k], 0xfffd);
		assert_int_equal(units[cases[i].nr], 0);
	}
}

static void room_is_kept_and_the_length_told(void **state)
{
	char room[] = "....";
	u16 units[3] = { 1, 1, 1 };

	(void)state;
	assert_int_equal(
		text_from_utf16((struct view){ (const u8 *)u"abcdef", 12 },
				room, 3),
		6);
	assert_memory_equal(room, "abc.", sizeof(room));
	assert_int_equal(text_to_utf16(VIEW("abcd"), units, 2), 5);
	assert_int_equal(units[1], 'b');
	assert_int_equal(units[2], 1);
	assert_int_equal(text_to_utf16(VIEW(""), NULL, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_ends_at_a_nul_or_at_its_end),
		cmocka_unit_test(odd_bytes_marks_and_line_ends_do_not_matter),
		cmocka_unit_test(binary_data_is_no_text),
		cmocka_unit_test(vendors_data_is_no_text),
		cmocka_unit_test(characters_of_all_lengths_go_both_ways),
		cmocka_unit_test(what_is_no_utf8_is_replaced),
		cmocka_unit_test(room_is_kept_and_the_length_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
