// SPDX-License-Identifier: BSD-2-Clause
/*
 * smbios.c: OEM strings, by either entry point, and damaged tables.
 */
#include "guest.h"
#include "smbios.h"

#define BASE  0x10000
#define TABLE 0x10100

static u8 ram[0x1000];
static const struct mem mem = { .host = ram, .start = BASE, .len = 0x1000 };

/* A BIOS structure without strings, two of OEM strings, the end. */
static const u8 table[] = "\x00\x06\x01\x00zz\0\0"
			  "\x0b\x05\x02\x00\x02"
			  "a=b\0key=\0\0"
			  "\x01\x04\x03\x00"
			  "key=of another type\0\0"
			  "\x0b\x05\x04\x00\x01"
			  "key=first\0key=second\0\0"
			  "\x7f\x04\x05\x00\0";

static void put_table(u64 len)
{
	memset(ram, 0, sizeof(ram));
	memcpy(ram + (TABLE - BASE), table, len);
}

static struct view told_64(u64 len)
{
	static u8 told[8 + 24];

	memset(told, 0, sizeof(told));
	memcpy(told + 8, "_SM3_", 5);
	told[8 + 12] = (u8)len;
	told[8 + 17] = (u8)(TABLE >> 8);
	told[8 + 18] = (u8)(TABLE >> 16);
	return (struct view){ told, sizeof(told) };
}

static struct view told_32(u64 len)
{
	static u8 told[8 + 31];

	memset(told, 0, sizeof(told));
	memcpy(told + 8, "_SM_", 4);
	told[8 + 22] = (u8)len;
	told[8 + 25] = (u8)(TABLE >> 8);
	told[8 + 26] = (u8)(TABLE >> 16);
	return (struct view){ told, sizeof(told) };
}

static void test_found(void **state)
{
	(void)state;
	put_table(sizeof(table));
	assert_true(view_equal(
		smbios_string(&mem, told_64(sizeof(table)), VIEW("key=")),
		VIEW("first")));
	assert_true(view_equal(
		smbios_string(&mem, told_32(sizeof(table)), VIEW("key=")),
		VIEW("first")));
	assert_int_equal(
		smbios_string(&mem, told_64(sizeof(table)), VIEW("x")).len, 0);
}

static void test_nothing_behind_the_end(void **state)
{
	(void)state;
	for (u64 len = 0; len < sizeof(table); len++) {
		struct view found;

		put_table(len);
		found = smbios_string(&mem, told_64(len), VIEW("key="));
		assert_true(!found.len || view_equal(found, VIEW("first")));
	}
	assert_int_equal(smbios_string(&mem, VIEW(""), VIEW("key=")).len, 0);
}

/* A system with two strings of its four, and no board. */
static const u8 system_table[] = "\x01\x09\x01\x00\x02\x00\x03\x01\x02"
				 "first\0second\0\0"
				 "\x01\x05\x02\x00\x01"
				 "of another\0\0"
				 "\x7f\x04\x05\x00\0";

static void assert_field(u64 len, u8 type, u8 offset, const char *wanted)
{
	assert_true(view_equal(smbios_field(&mem, told_64(len), type, offset),
			       view_string(wanted)));
}

static void test_fields(void **state)
{
	u64 len = sizeof(system_table);

	(void)state;
	memset(ram, 0, sizeof(ram));
	memcpy(ram + (TABLE - BASE), system_table, len);
	assert_field(len, 1, 4, "second");
	assert_field(len, 1, 5, "");
	assert_field(len, 1, 6, "");
	assert_field(len, 1, 7, "first");
	assert_field(len, 1, 9, "");
	assert_field(len, 2, 4, "");
	assert_field(0, 1, 4, "");
	assert_field(12, 1, 4, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_nothing_behind_the_end),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
