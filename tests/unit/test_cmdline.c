// SPDX-License-Identifier: BSD-2-Clause
/*
 * cmdline.c: file names, words and quotes.
 */
#include "guest.h"

#include "cmdline.h"

static struct view view(const char *string)
{
	return (struct view){ (const u8 *)string, strlen(string) };
}

static void a_name_is_taken_off_where_there_is_one(void **state)
{
	static const struct {
		const char *string;
		bool named;
		const char *name, *line;
	} cases[] = {
		{ "gangway.elf a b", true, "gangway.elf", "a b" },
		{ "gangway.elf", true, "gangway.elf", "" },
		{ " \t\nkernel \t a b\n ", true, "kernel", "a b" },
		{ "kernel\targ", true, "kernel", "arg" },
		{ "kernel\narg", true, "kernel", "arg" },
		{ "\"my kernel\" arg", true, "\"my", "kernel\" arg" },
		{ "kernel\"a b\" c", true, "kernel\"a", "b\" c" },
		{ "kernel\rarg", true, "kernel\rarg", "" },
		{ "", true, "", "" },
		{ " ", true, "", "" },
		{ "a b", false, "", "a b" },
		{ "\n a b\t ", false, "", "a b" },
		{ " \n", false, "", "" },
		{ "", false, "", "" },
		{ "\xff\x80 \xfe", true, "\xff\x80", "\xfe" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		struct view name = VIEW("?"), line = VIEW("?");

		cmdline_split(view(cases[i].string), cases[i].named, &name,
			      &line);
		assert_view(name, cases[i].name);
		assert_view(line, cases[i].line);
		assert_non_null(name.at);
		assert_non_null(line.at);
	}
}

static void grub_2_and_limine_give_no_name(void **state)
{
	static const struct {
		const char *loader;
		bool named;
	} cases[] = {
		{ "GRUB 2.06", false },	   { "GRUB 2.12-1~deb12u1", false },
		{ "GRUB 3", false },	   { "GRUB 9.0", false },
		{ "GRUB 0.97", true },	   { "GRUB 1.99", true },
		{ "GRUB ", true },	   { "GRUB", true },
		{ "GRUB :", true },	   { "GRUB2", true },
		{ "My GRUB 2.06", true },  { "Limine 7.5.2", false },
		{ "Limine", false },	   { "Limin", true },
		{ "limine", true },	   { "qemu", true },
		{ "SYSLINUX 6.04", true }, { "iPXE 1.21", true },
		{ "gangway", true },	   { "", true },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(cmdline_is_named(view(cases[i].loader)),
				 cases[i].named);
}

static void words_end_at_blanks_outside_of_quotes(void **state)
{
	static const struct {
		const char *line;
		const char *words[5];
	} cases[] = {
		{ "a bc d", { "a", "bc", "d" } },
		{ " \t\na\t\n b ", { "a", "b" } },
		{ "a=\"b c\" d", { "a=\"b c\"", "d" } },
		{ "\"a b\"c\"d e\" f", { "\"a b\"c\"d e\"", "f" } },
		{ "a \"b c", { "a", "\"b c" } },
		{ "a\"", { "a\"" } },
		{ "\"\" a", { "\"\"", "a" } },
		{ "a\rb\vc", { "a\rb\vc" } },
		{ "a!b \x01 \x7f", { "a!b", "\x01", "\x7f" } },
		{ "x", { "x" } },
		{ " ", { NULL } },
		{ "", { NULL } },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		struct view line = view(cases[i].line), word = VIEW("?");

		for (u32 n = 0; cases[i].words[n]; n++) {
			assert_true(cmdline_next(&line, &word));
			assert_view(word, cases[i].words[n]);
		}
		word = VIEW("untouched");
		assert_false(cmdline_next(&line, &word));
		assert_view(word, "untouched");
	}
}

static void a_line_ends_where_its_view_does(void **state)
{
	struct view line = { (const u8 *)"abc def", 6 }, word;

	(void)state;
	assert_true(cmdline_next(&line, &word));
	assert_view(line, " de");
	assert_true(cmdline_next(&line, &word));
	assert_view(word, "de");
	assert_false(cmdline_next(&line, &word));
}

static void own_words_begin_with_gangway_and_a_dot(void **state)
{
	(void)state;
	assert_true(cmdline_is_own(VIEW("gangway.log=quiet")));
	assert_true(cmdline_is_own(VIEW("gangway.console=\"com1 e9\"")));
	assert_true(cmdline_is_own(VIEW("gangway.")));
	assert_false(cmdline_is_own(VIEW("gangway")));
	assert_false(cmdline_is_own(VIEW("gangways.log=quiet")));
	assert_false(cmdline_is_own(VIEW("\"gangway.log=quiet\"")));
	assert_false(cmdline_is_own(VIEW("Gangway.log=quiet")));
	assert_false(cmdline_is_own(VIEW("root=gangway.log")));
	assert_false(cmdline_is_own(VIEW("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_taken_off_where_there_is_one),
		cmocka_unit_test(grub_2_and_limine_give_no_name),
		cmocka_unit_test(words_end_at_blanks_outside_of_quotes),
		cmocka_unit_test(a_line_ends_where_its_view_does),
		cmocka_unit_test(own_words_begin_with_gangway_and_a_dot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
