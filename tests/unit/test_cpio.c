// SPDX-License-Identifier: BSD-2-Clause
/*
 * cpio.c: an archive byte by byte, and no byte behind its room.
 */
#include "cpio.h"
#include "guest.h"

#define HEAD(inode, mode, size, name_len)                                      \
	"070701" inode mode "00000000"                                         \
	"00000000"                                                             \
	"00000001"                                                             \
	"00000000" size "00000000"                                             \
	"00000000"                                                             \
	"00000000"                                                             \
	"00000000" name_len "00000000"

static const char wanted[] = HEAD("00000001", "0000416d", "00000000", "00000007") ".extra\0\0\0\0" HEAD(
	"00000002", "00004140", "00000000",
	"00000009") ".extra/c\0\0" HEAD("00000003", "00008100", "00000005",
					"0000000b") ".extra/c/x\0\0\0\0hello\0\0\0" HEAD("00000000",
											 "00000000",
											 "00000000",
											 "0000000B") "TRAILER!!!\0\0\0";

static u64 write(u8 *out, u64 room)
{
	struct cpio cpio = cpio_begin(out, room);

	cpio_folder(&cpio, VIEW(".extra/c"), 0500);
	cpio_file(&cpio, VIEW(".extra/c"), VIEW("x"), 0400, VIEW("hello"));
	cpio_end(&cpio);
	return cpio.len;
}

static void test_bytes(void **state)
{
	u8 out[1024];
	u64 len = write(out, sizeof(out));

	(void)state;
	assert_int_equal(len % 4, 0);
	assert_int_equal(len, sizeof(wanted));
	assert_memory_equal(out, wanted, len);
}

static void test_room(void **state)
{
	u8 out[1024];
	u64 len = write(NULL, 0);

	(void)state;
	assert_int_equal(len, sizeof(wanted));
	for (u64 room = 0; room <= len; room++) {
		memset(out, 0xee, sizeof(out));
		assert_int_equal(write(out, room), len);
		assert_memory_equal(out, wanted, room);
		assert_int_equal(out[room], 0xee);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
