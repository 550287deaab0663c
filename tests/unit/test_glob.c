// SPDX-License-Identifier: BSD-2-Clause
/*
 * glob.c: each part of a pattern, and each way not to match it.
 */
#include "glob.h"
#include "guest.h"

static bool matches(const char *pattern, const char *name)
{
	struct view a = { (const u8 *)pattern, strlen(pattern) };
	struct view b = { (const u8 *)name, strlen(name) };

	return glob_matches(a, b);
}

static void test_plain(void **state)
{
	(void)state;
	assert_true(matches("debian.conf", "debian.conf"));
	assert_true(matches("Debian.CONF", "dEbian.conf"));
	assert_false(matches("debian.conf", "debian.con"));
	assert_false(matches("debian.con", "debian.conf"));
	assert_false(matches("", "x"));
	assert_true(matches("", ""));
}

static void test_star(void **state)
{
	(void)state;
	assert_true(matches("*", ""));
	assert_true(matches("*", "anything"));
	assert_true(matches("a*", "a"));
	assert_true(matches("*.conf", "a.conf.conf"));
	assert_true(matches("a*b*c", "a1b2b3c"));
	assert_false(matches("a*b*c", "a1b2b3"));
	assert_false(matches("*a", "b"));
	assert_true(matches("**x**", "x"));
}

static void test_one(void **state)
{
	(void)state;
	assert_true(matches("a?c", "abc"));
	assert_false(matches("a?c", "ac"));
	assert_false(matches("?", ""));
}

static void test_sets(void **state)
{
	(void)state;
	assert_true(matches("[a-c]x", "Bx"));
	assert_false(matches("[a-c]x", "dx"));
	assert_true(matches("[!a-c]x", "dx"));
	assert_false(matches("[^a-c]x", "bx"));
	assert_true(matches("[]x]", "]"));
	assert_true(matches("[x-]", "-"));
	/* Without an end it is a character like others */
	assert_true(matches("[a", "[a"));
	assert_false(matches("[a", "a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_star),
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_sets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
