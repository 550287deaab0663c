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
		{ " \t\nkernel \t a b\n ", true, "kernel", "a b\n " },
		{ "console=hvc0 a", true, "", "console=hvc0 a" },
		{ " a=b", true, "", "a=b" },
		{ "= a", true, "", "= a" },
		{ "kernel a=b", true, "kernel", "a=b" },
		{ "a=b c", false, "", "a=b c" },
		{ "kernel\targ", true, "kernel", "arg" },
		{ "kernel\narg", true, "kernel", "arg" },
		{ "\"my kernel\" arg", true, "\"my", "kernel\" arg" },
		{ "kernel\"a b\" c", true, "kernel\"a", "b\" c" },
		{ "kernel\rarg\r", true, "kernel", "arg\r" },
		{ "", true, "", "" },
		{ " ", true, "", "" },
		{ "a b", false, "", "a b" },
		{ "\n a b\t ", false, "", "\n a b\t " },
		{ " \n", false, "", " \n" },
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

static void some_loaders_give_no_names(void **state)
{
	static const struct {
		const char *loader;
		bool line, modules;
	} cases[] = {
		{ "GRUB 2.06", false, false },
		{ "GRUB 2.12-1~deb12u1", false, false },
		{ "GRUB 2.06 gangway 0.1.0", false, false },
		{ "GRUB 3", false, false },
		{ "GRUB 9.0", false, false },
		{ "GRUB 0.97", true, true },
		{ "GRUB 1.99", true, true },
		{ "GRUB ", true, true },
		{ "GRUB", true, true },
		{ "GRUB :", true, true },
		{ "GRUB2", true, true },
		{ "GNU GRUB 0.97", true, true },
		{ "My GRUB 2.06", true, true },
		{ "Limine 7.5.2", false, false },
		{ "Limine", false, false },
		{ "Limin", true, true },
		{ "limine", true, true },
		{ "towboot 0.10.0", false, false },
		{ "Slim BootLoader", false, false },
		{ "Slim", true, true },
		{ "u-root kexec", false, true },
		{ "qemu", true, true },
		{ "SYSLINUX 6.04", true, true },
		{ "iPXE 1.21", true, true },
		{ "gangway 0.1.0", true, true },
		{ "", true, true },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		struct naming names = cmdline_naming(view(cases[i].loader));

		assert_int_equal(names.line, cases[i].line);
		assert_int_equal(names.modules, cases[i].modules);
	}
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
		{ "a\rb\vc\fd\r\n", { "a", "b", "c", "d" } },
		{ "a\bb\x0e\xa0", { "a\bb\x0e\xa0" } },
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

/* Pieces of a line, and what they amount to at any room. */
static void assert_joined(const char *name, const char *words,
			  const char *expected)
{
	u64 len = strlen(expected);
	char out[64];

	for (u64 room = 0; room < sizeof(out); room++) {
		struct line line = { .out = out, .room = room };

		memset(out, 0x55, sizeof(out));
		line_add(&line, view(name));
		line_add_words(&line, view(words));
		assert_int_equal(line.len, len);
		assert_memory_equal(out, expected, min_u64(room, len));
		for (u64 i = min_u64(room, len); i < sizeof(out); i++)
			assert_int_equal(out[i], 0x55);
	}
}

static void pieces_are_joined_as_they_are(void **state)
{
	(void)state;
	assert_joined("", "", "");
	assert_joined("a  b", "c\t d", "a  b c\t d");
	assert_joined("a ", "c", "a c");
	assert_joined("a", "\tc ", "a\tc ");
	assert_joined("a ", " c", "a  c");
	assert_joined("a", "", "a");
	assert_joined("", " c", " c");
	assert_joined("gangway.elf", "c", "gangway.elf c");
}

static void own_words_go_with_one_blank(void **state)
{
	(void)state;
	assert_joined("", "gangway.x", "");
	assert_joined("", "gangway.x a", "a");
	assert_joined("", "a gangway.x", "a");
	assert_joined("", "a gangway.x b", "a b");
	assert_joined("", "a  gangway.x  b", "a   b");
	assert_joined("", " gangway.x a", " a");
	assert_joined("", "gangway.x  a", " a");
	assert_joined("", "gangway.x gangway.y a", "a");
	assert_joined("", "a gangway.x gangway.y", "a");
	assert_joined("", "a gangway.x\tgangway.y b\n", "a b\n");
	assert_joined("", "a\r\ngangway.x\r\nb", "a\r\r\nb");
	assert_joined("", "a=\" gangway.x\" b", "a=\" gangway.x\" b");
	assert_joined("n", " gangway.x", "n");
	assert_joined("n", "gangway.x", "n");
	assert_joined("n", " gangway.x a", "n a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_taken_off_where_there_is_one),
		cmocka_unit_test(some_loaders_give_no_names),
		cmocka_unit_test(words_end_at_blanks_outside_of_quotes),
		cmocka_unit_test(a_line_ends_where_its_view_does),
		cmocka_unit_test(own_words_begin_with_gangway_and_a_dot),
		cmocka_unit_test(pieces_are_joined_as_they_are),
		cmocka_unit_test(own_words_go_with_one_blank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
