// SPDX-License-Identifier: BSD-2-Clause
/*
 * boot.c: the kernel's command line from all that were given, and gangway's
 * own words in them.
 */
#include "boot.h"

#include "guest.h"

static struct boot_info info;
static struct boot boot;
static struct mem mem;

static int setup(void **state)
{
	(void)state;
	info_init(&info, "test");
	boot_init(&boot, &mem, &info);
	return 0;
}

static struct view line(const char *text)
{
	return (struct view){ (const u8 *)text, strlen(text) };
}

static void lines(const char *bundle, const char *module, const char *outer)
{
	boot.payload.bundle_line = line(bundle);
	boot.payload.line = line(module);
	info.cmdline = line(outer);
}

static void assert_line(const char *expected)
{
	char out[256];
	u64 len = boot_cmdline(&boot, out, sizeof(out));

	assert_int_equal(len, strlen(expected));
	assert_memory_equal(out, expected, len);
}

static void no_lines_are_an_empty_one(void **state)
{
	(void)state;
	assert_line("");
}

static void words_come_from_bundle_then_module_then_outside(void **state)
{
	(void)state;
	lines("b1 b2", "m1 m2", "o1 o2");
	assert_line("b1 b2 m1 m2 o1 o2");
	lines("", "m1", "o1");
	assert_line("m1 o1");
	lines("b1", "", "");
	assert_line("b1");
	lines("", "", "o1");
	assert_line("o1");
}

static void blanks_stay_as_they_are(void **state)
{
	(void)state;
	lines("  b1\t\tb2 ", "\nm1", "  o1  ");
	assert_line("  b1\t\tb2 \nm1  o1  ");
	lines("b1  b2", "m1", "o1");
	assert_line("b1  b2 m1 o1");
}

static void blanks_in_quotes_are_kept(void **state)
{
	(void)state;
	lines("a=\"x  y\" b", "dyndbg=\"file a.c\t+p\"", "\"open  quote ");
	assert_line("a=\"x  y\" b dyndbg=\"file a.c\t+p\" \"open  quote ");
}

static void gangways_own_words_are_taken_out(void **state)
{
	(void)state;
	lines("gangway.log=quiet b", "gangway. m gangway.x",
	      "gangways.y notgangway.z \"gangway.q\" gangway.fail=halt");
	assert_line("b m gangways.y notgangway.z \"gangway.q\"");
	lines("gangway.a", "gangway.b", "gangway.c");
	assert_line("");
}

static void no_more_is_written_than_there_is_room(void **state)
{
	static const char expected[] = "bundle module line";
	char out[32];

	(void)state;
	lines("bundle", "module", "line");
	for (u64 room = 0; room <= sizeof(expected) + 2; room++) {
		u64 written = min_u64(room, sizeof(expected) - 1);

		memset(out, 0x7e, sizeof(out));
		assert_int_equal(boot_cmdline(&boot, out, room),
				 sizeof(expected) - 1);
		assert_memory_equal(out, expected, written);
		for (u64 i = written; i < sizeof(out); i++)
			assert_int_equal(out[i], 0x7e);
	}
	assert_int_equal(boot_cmdline(&boot, NULL, 0), sizeof(expected) - 1);
}

static void the_bound_is_never_too_low(void **state)
{
	static const char *const texts[] = {
		"",
		" ",
		"a",
		"a b",
		"  a   b  ",
		"gangway.log=quiet",
		"gangway.log=quiet a",
		"a\"b c\"",
	};
	const u32 nr = ARRAY_LEN(texts);

	(void)state;
	for (u32 i = 0; i < nr * nr * nr; i++) {
		u64 len;

		lines(texts[i % nr], texts[i / nr % nr], texts[i / nr / nr]);
		len = boot_cmdline(&boot, NULL, 0);
		for (u64 max = 0; max < 60; max++) {
			u64 bound = boot_cmdline_bound(&boot, max);

			assert_true(bound >= len);
			assert_int_equal(bound > max, len > max);
		}
	}
}

static void options_are_read_from_all_lines(void **state)
{
	(void)state;
	lines("x gangway.log=quiet", "gangway.fail=reboot y",
	      "gangway.subarch=ce4100");
	boot_options(&boot);
	assert_fine(options_judge(&boot.options));
	assert_int_equal(boot.options.log, LOG_QUIET);
	assert_int_equal(boot.options.ending, END_REBOOT);
	assert_true(boot.options.has_subarch);
	assert_int_equal(boot.options.subarch, 4);
}

static void the_later_word_wins(void **state)
{
	(void)state;
	lines("gangway.log=quiet", "gangway.log=debug", "");
	boot_options(&boot);
	assert_fine(options_judge(&boot.options));
	assert_int_equal(boot.options.log, LOG_DEBUG);
	info.cmdline = line("gangway.log=normal");
	boot_options(&boot);
	assert_fine(options_judge(&boot.options));
	assert_int_equal(boot.options.log, LOG_NORMAL);
}

static void options_start_from_what_holds_without_words(void **state)
{
	(void)state;
	lines("gangway.log=quiet gangway.subarch=3", "", "");
	boot_options(&boot);
	assert_fine(options_judge(&boot.options));
	lines("", "", "quiet");
	boot_options(&boot);
	assert_fine(options_judge(&boot.options));
	assert_int_equal(boot.options.log, LOG_NORMAL);
	assert_false(boot.options.has_subarch);
}

static void the_first_bad_word_is_told_once_all_are_read(void **state)
{
	(void)state;
	lines("ok", "gangway.log=loud x", "gangway.nothing gangway.fail=halt");
	boot_options(&boot);
	assert_why(options_judge(&boot.options),
		   "gangway.log= is quiet, normal or debug, and not \"loud\"");
	assert_int_equal(boot.options.ending, END_HALT);
	boot.payload.line = line("");
	boot_options(&boot);
	assert_non_null(
		strstr(options_judge(&boot.options), "\"gangway.nothing\""));
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_lines_are_an_empty_one),
		TEST(words_come_from_bundle_then_module_then_outside),
		TEST(blanks_stay_as_they_are),
		TEST(blanks_in_quotes_are_kept),
		TEST(gangways_own_words_are_taken_out),
		TEST(no_more_is_written_than_there_is_room),
		TEST(the_bound_is_never_too_low),
		TEST(options_are_read_from_all_lines),
		TEST(the_later_word_wins),
		TEST(options_start_from_what_holds_without_words),
		TEST(the_first_bad_word_is_told_once_all_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
