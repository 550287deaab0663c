// SPDX-License-Identifier: BSD-2-Clause
/*
 * checksum.c: zlib's CRC-32 says what is right.
 */
#include "checksum.h"

#include <zlib.h>

#include "guest.h"

static u8 bytes[1000];

static int setup(void **state)
{
	(void)state;
	for (u32 i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)(i * i + i / 7);
	return 0;
}

static void any_length_at_any_place(void **state)
{
	(void)state;
	for (u32 at = 0; at < 9; at++)
		for (u32 len = 0; len < 70; len++) {
			struct view part = { bytes + at, len };

			assert_int_equal(checksum_crc32(0, part),
					 crc32(0, part.at, len));
		}
}

static void piece_by_piece_is_as_the_whole(void **state)
{
	u32 whole = (u32)crc32(0, bytes, sizeof(bytes));

	(void)state;
	for (u64 at = 0; at < sizeof(bytes); at += 13) {
		struct view first = { bytes, at };
		struct view rest = { bytes + at, sizeof(bytes) - at };

		assert_int_equal(checksum_crc32(checksum_crc32(0, first), rest),
				 whole);
	}
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(any_length_at_any_place),
		TEST(piece_by_piece_is_as_the_whole),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
