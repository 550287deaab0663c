// SPDX-License-Identifier: BSD-2-Clause
/*
 * core/hashes.c: lists of SHA-256, as sha256sum writes them.
 */
#include "guest.h"

#include "hashes.h"

/* FIPS 180-4's examples: "abc", and nothing. */
#define ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define EMPTY "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"

static void files_are_found_by_their_hash(void **state)
{
	(void)state;
	assert_true(hashes_have(VIEW(ABC), VIEW("abc")));
	assert_true(hashes_have(VIEW(ABC "\n"), VIEW("abc")));
	assert_true(hashes_have(VIEW("x\n\n" ABC "  abc\n"), VIEW("abc")));
	assert_true(hashes_have(VIEW(ABC " *a\n" EMPTY "\n"), VIEW("")));
	assert_true(hashes_have(VIEW(ABC "\0\0"), VIEW("abc")));
}

static void others_are_not(void **state)
{
	(void)state;
	assert_false(hashes_have(VIEW(""), VIEW("abc")));
	assert_false(hashes_have(VIEW(ABC), VIEW("abd")));
	assert_false(hashes_have(VIEW(ABC), VIEW("")));
	assert_false(hashes_have(VIEW(" " ABC), VIEW("abc")));
	assert_false(hashes_have(VIEW(ABC "0"), VIEW("abc")));
	assert_false(hashes_have(view_from(VIEW("b" ABC), 2), VIEW("abc")));
	for (u64 len = 0; len < sizeof(ABC) - 1; len++)
		assert_false(hashes_have((struct view){ (const u8 *)ABC, len },
					 VIEW("abc")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_found_by_their_hash),
		cmocka_unit_test(others_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
