// SPDX-License-Identifier: BSD-2-Clause
/*
 * string.c against the C library's functions: all lengths and distances up to a
 * few words. The file is a part of this test, under other names.
 */
#include "guest.h"

/* Macros of glibc 2.43, which keep const as C23 does. */
#undef memchr
#undef strrchr

#define memcpy	   own_memcpy
#define memmove	   own_memmove
#define memset	   own_memset
#define memcmp	   own_memcmp
#define memchr	   own_memchr
#define strlen	   own_strlen
#define strnlen	   own_strnlen
#define strrchr	   own_strrchr
#define mem_find32 own_find32
#define mem_find64 own_find64
void *memcpy(void *to, const void *from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *at, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memchr(const void *at, int byte, size_t len);
size_t strlen(const char *text);
size_t strnlen(const char *text, size_t max);
char *strrchr(const char *text, int byte);
u64 mem_find64(const u8 *values, u64 nr, u64 value);
u64 mem_find32(const u8 *values, u64 nr, u32 value);
#include "machine/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strrchr
#undef mem_find32
#undef mem_find64

#define ROOM 64
#define MOST 20 /* bytes: two words and some */

static u8 own[ROOM], theirs[ROOM];

static void number_all(void)
{
	for (u32 i = 0; i < ROOM; i++)
		own[i] = theirs[i] = (u8)(i + 1);
}

static void copies_are_whole_and_no_more(void **state)
{
	(void)state;
	for (u32 len = 0; len <= MOST; len++)
		for (u32 to = 0; to < 2 * MOST; to++) {
			number_all();
			assert_ptr_equal(own_memmove(own + to, own + MOST, len),
					 own + to);
			memmove(theirs + to, theirs + MOST, len);
			assert_memory_equal(own, theirs, ROOM);
		}
	for (u32 len = 0; len <= MOST; len++) {
		number_all();
		assert_ptr_equal(own_memcpy(own + 3, own + 30, len), own + 3);
		memcpy(theirs + 3, theirs + 30, len);
		assert_memory_equal(own, theirs, ROOM);
	}
}

static void bytes_are_set_and_no_more(void **state)
{
	(void)state;
	for (u32 len = 0; len <= MOST; len++) {
		number_all();
		assert_ptr_equal(own_memset(own + 3, 0x1f5, len), own + 3);
		memset(theirs + 3, 0xf5, len);
		assert_memory_equal(own, theirs, ROOM);
	}
}

/* What follows the bytes compared does not count. */
static void the_first_difference_decides(void **state)
{
	(void)state;
	for (u32 len = 0; len <= MOST; len++)
		for (u32 at = 0; at <= MOST; at++) {
			number_all();
			own[at] = 0xff; /* more than any, without a sign */
			assert_int_equal(own_memcmp(own, theirs, len) > 0,
					 at < len);
			assert_int_equal(own_memcmp(theirs, own, len) < 0,
					 at < len);
			assert_int_equal(own_memcmp(own, own, len), 0);
		}
}

static void the_first_match_is_found(void **state)
{
	(void)state;
	for (u32 len = 0; len <= MOST; len++)
		for (u32 at = 0; at <= MOST; at++) {
			number_all();
			own[at] = own[at + 1] = 0x80;
			assert_ptr_equal(own_memchr(own, 0x180, len),
					 at < len ? own + at : NULL);
			own[at] = 0;
			assert_int_equal(own_strnlen((char *)own, len),
					 at < len ? at : len);
			assert_int_equal(own_strlen((char *)own), at);
		}
}

static void values_are_found_at_their_steps(void **state)
{
	const u32 words[] = { 5, 0, 7, 5, 7, 0 };
	const u64 longs[] = { 5, 7, 5ull << 32 };

	(void)state;
	assert_int_equal(own_find32((const u8 *)words, 6, 7), 2);
	assert_int_equal(own_find32((const u8 *)words, 2, 7), 2);
	assert_int_equal(own_find32((const u8 *)words, 0, 5), 0);
	assert_int_equal(own_find64((const u8 *)longs, 3, 5ull << 32), 2);
	assert_int_equal(own_find64((const u8 *)longs, 3, 6), 3);
	assert_int_equal(own_find64((const u8 *)longs, 0, 5), 0);
}

static void the_last_character_is_found(void **state)
{
	const char *text = "a/b/c";

	(void)state;
	assert_ptr_equal(own_strrchr(text, '/'), text + 3);
	assert_ptr_equal(own_strrchr(text, 'a'), text);
	assert_ptr_equal(own_strrchr(text, 0), text + 5);
	assert_null(own_strrchr(text, 'x'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_are_whole_and_no_more),
		cmocka_unit_test(bytes_are_set_and_no_more),
		cmocka_unit_test(the_first_difference_decides),
		cmocka_unit_test(the_first_match_is_found),
		cmocka_unit_test(values_are_found_at_their_steps),
		cmocka_unit_test(the_last_character_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
