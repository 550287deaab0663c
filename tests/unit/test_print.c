// SPDX-License-Identifier: BSD-2-Clause
/*
 * print.c: the same as printf() where the two overlap, and never too much.
 */
#include "guest.h"

#include <stdio.h>

#include "print.h"

#define ROOM 64

/* What format_into() makes must be what snprintf() makes. */
#define assert_as_printf(...)                                                  \
	do {                                                                   \
		char ours[ROOM] = { 0 }, theirs[ROOM];                         \
		u64 len = format_into(ours, ROOM, __VA_ARGS__);                \
		int wanted = snprintf(theirs, ROOM, __VA_ARGS__);              \
                                                                               \
		assert_int_equal(len, wanted);                                 \
		assert_memory_equal(ours, theirs, len);                        \
	} while (0)

static void numbers_are_as_printf_has_them(void **state)
{
	static const u64 values[] = {
		0,	9,	    10,		 15,
		16,	99,	    0x7fffffff,	 0x80000000,
		~0u,	1ull << 32, 1ull << 63,	 ~0ull,
		123456, 0xabcdef01, 10000000000, 0xfedcba9876543210,
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(values); i++) {
		assert_as_printf("%lu", values[i]);
		assert_as_printf("%lx", values[i]);
		assert_as_printf("%zu", (size_t)values[i]);
		assert_as_printf("%zx", (size_t)values[i]);
		assert_as_printf("%u", (u32)values[i]);
		assert_as_printf("%x", (u32)values[i]);
		assert_as_printf("%016lx", values[i]);
		assert_as_printf("%12lx", values[i]);
		assert_as_printf("%2u", (u32)values[i]);
		assert_as_printf("%02x", (u32)values[i] & 0xff);
	}
}

static void text_is_as_printf_has_it(void **state)
{
	(void)state;
	assert_as_printf("%s", "");
	assert_as_printf("%s", "text");
	assert_as_printf("%6s|%3s|%5s", "text", "text", "");
	assert_as_printf("%c%c", 'a', 'b');
	assert_as_printf("%3c", 'a');
	assert_as_printf("100%% of %s%%", "it");
	assert_as_printf("plain");
	assert_as_printf("%.*s", 3, "text");
	assert_as_printf("%.*s", 0, "text");
	assert_as_printf("<%.*s>", 19, "exactly 19 bytes...");
}

/* The later ones come from the stack, not from registers. */
static void many_arguments_keep_their_order(void **state)
{
	(void)state;
	assert_as_printf("%u %s %lx %.*s %c %u %lu %s %x %u", 1u, "two", 3ul, 4,
			 "four!", '5', 6u, 7ul, "eight", 9u, 10u);
}

static void the_upper_half_of_an_int_is_not_read(void **state)
{
	(void)state;
	assert_as_printf("%x %u", (u32)~0ull, (u32)0xffffffff00000001);
}

static void no_string_is_said(void **state)
{
	char out[ROOM];
	const char *volatile none = NULL;
	u64 len = format_into(out, ROOM, "<%s>", none);

	(void)state;
	assert_int_equal(len, 8);
	assert_memory_equal(out, "<(none)>", 8);
}

static void an_outside_string_cannot_command_a_terminal(void **state)
{
	char all[256], out[256];

	(void)state;
	for (u32 i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	assert_int_equal(format_into(out, 256, "%.*s", 256, all), 256);
	for (u32 i = 0; i < sizeof(all); i++)
		assert_int_equal(out[i], i < ' ' || i > '~' ? '.' : (int)i);
}

/* Eight bytes are looked at in one go: a bad one must be seen in each place,
 * whatever stands before it. */
static void a_bad_byte_is_seen_wherever_it_stands(void **state)
{
	static const u8 bad[] = { 0, 0x1b, 0x1f, 0x7f, 0x80, 0x9b, 0xff };
	static const char good[] = " ~aZ";
	char text[24], out[24];

	(void)state;
	for (u32 b = 0; b < sizeof(bad); b++)
		for (u32 g = 0; g < 4; g++)
			for (u32 i = 0; i < sizeof(text); i++) {
				memset(text, good[g], sizeof(text));
				text[i] = (char)bad[b];
				format_into(out, 24, "%.*s", 24, text);
				text[i] = '.';
				assert_memory_equal(out, text, 24);
			}
}

static void nothing_is_written_beyond_the_room(void **state)
{
	static const char whole[] = "ab  cd 00ff ef.gh 12345 %";
	char out[ROOM];

	(void)state;
	for (u64 room = 0; room < ROOM; room++) {
		u64 len, wanted = min_u64(room, sizeof(whole) - 1);

		memset(out, '#', ROOM);
		len = format_into(out, room, "ab%4s %04x %.*s %lu %%", "cd",
				  0xff, 5, "ef\ngh", 12345ul);
		assert_int_equal(len, wanted);
		assert_memory_equal(out, whole, wanted);
		for (u64 i = wanted; i < ROOM; i++)
			assert_int_equal(out[i], '#');
	}
}

static void a_huge_width_or_length_is_cut(void **state)
{
	char out[ROOM];
	static const char text[ROOM] = "x";

	(void)state;
	assert_int_equal(format_into(out, ROOM, "%2000000000s", ""), ROOM);
	assert_int_equal(format_into(out, ROOM, "%.*s", 0x7fffffff, text),
			 ROOM);
}

static void a_view_is_shown_up_to_a_limit(void **state)
{
	static const u8 bytes[MAX_SHOWN + 1] = { 'x' };
	struct view v = { bytes, sizeof(bytes) };
	char out[2 * MAX_SHOWN];

	(void)state;
	assert_int_equal(format_into(out, sizeof(out), "%.*s", SHOW(v)),
			 MAX_SHOWN);
	v.len = 0;
	assert_int_equal(format_into(out, sizeof(out), "%.*s", SHOW(v)), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_as_printf_has_them),
		cmocka_unit_test(text_is_as_printf_has_it),
		cmocka_unit_test(many_arguments_keep_their_order),
		cmocka_unit_test(the_upper_half_of_an_int_is_not_read),
		cmocka_unit_test(no_string_is_said),
		cmocka_unit_test(an_outside_string_cannot_command_a_terminal),
		cmocka_unit_test(a_bad_byte_is_seen_wherever_it_stands),
		cmocka_unit_test(nothing_is_written_beyond_the_room),
		cmocka_unit_test(a_huge_width_or_length_is_cut),
		cmocka_unit_test(a_view_is_shown_up_to_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
