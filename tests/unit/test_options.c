// SPDX-License-Identifier: BSD-2-Clause
/*
 * options.c: each word sets what it says, and nothing else is accepted.
 */
#include "guest.h"

#include <stdio.h>

#include "format.h"
#include "options.h"

#define UNKNOWN	   "there is no such option"
#define BAD_VALUE  "an option has a value it cannot have"
#define NO_FORMAT  "there is no such format"
#define NO_CONSOLE "no such console"

static struct options options;
static struct view bad;

static why read(const char *line)
{
	struct view view = { (const u8 *)line, strlen(line) };

	options_init(&options);
	bad = VIEW("untouched");
	return options_read(&options, view, &bad);
}

/* Nothing but the fields that a test has looked at and reset differs. */
static void assert_defaults(void)
{
	struct options defaults;

	options_init(&defaults);
	assert_int_equal(options.consoles, defaults.consoles);
	assert_int_equal(options.serial_port, defaults.serial_port);
	assert_int_equal(options.log, defaults.log);
	assert_int_equal(options.ending, defaults.ending);
	assert_ptr_equal(options.format, defaults.format);
	assert_int_equal(options.argv0, defaults.argv0);
	assert_int_equal(options.debug_exit, defaults.debug_exit);
	assert_int_equal(options.has_subarch, defaults.has_subarch);
	assert_int_equal(options.has_subarch_data, defaults.has_subarch_data);
	assert_int_equal(options.subarch, defaults.subarch);
	assert_int_equal(options.subarch_data, defaults.subarch_data);
}

static void the_defaults_are_what_most_want(void **state)
{
	(void)state;
	assert_fine(read(""));
	assert_int_equal(options.consoles, CONSOLE_AUTO);
	assert_int_equal(options.serial_port, 0x3f8);
	assert_int_equal(options.log, LOG_NORMAL);
	assert_int_equal(options.ending, END_AUTO);
	assert_null(options.format);
	assert_true(options.argv0);
	assert_int_equal(options.debug_exit, 0);
	assert_false(options.has_subarch);
	assert_false(options.has_subarch_data);
}

static void other_words_are_left_alone(void **state)
{
	(void)state;
	assert_fine(read("root=/dev/sda gangway xgangway.log=debug "
			 "\"gangway.log=debug\" log=debug"));
	assert_defaults();
	assert_view(bad, "untouched");
}

static void consoles_are_read(void **state)
{
	static const struct {
		const char *line;
		u32 consoles;
		u16 port;
	} cases[] = {
		{ "gangway.console=auto", CONSOLE_AUTO, 0x3f8 },
		{ "gangway.console=none", 0, 0x3f8 },
		{ "gangway.console=com1", CONSOLE_SERIAL, 0x3f8 },
		{ "gangway.console=com2", CONSOLE_SERIAL, 0x2f8 },
		{ "gangway.console=com3", CONSOLE_SERIAL, 0x3e8 },
		{ "gangway.console=com4", CONSOLE_SERIAL, 0x2e8 },
		{ "gangway.console=0xc000", CONSOLE_SERIAL, 0xc000 },
		{ "gangway.console=0xFFF8", CONSOLE_SERIAL, 0xfff8 },
		{ "gangway.console=0x100", CONSOLE_SERIAL, 0x100 },
		{ "gangway.console=e9", CONSOLE_DEBUG, 0x3f8 },
		{ "gangway.console=vga", CONSOLE_VGA, 0x3f8 },
		{ "gangway.console=xen", CONSOLE_XEN, 0x3f8 },
		{ "gangway.console=vga,com2,e9",
		  CONSOLE_SERIAL | CONSOLE_DEBUG | CONSOLE_VGA, 0x2f8 },
		{ "gangway.console=auto,com3", CONSOLE_AUTO | CONSOLE_SERIAL,
		  0x3e8 },
		{ "gangway.console=com1 gangway.console=e9", CONSOLE_DEBUG,
		  0x3f8 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		assert_fine(read(cases[i].line));
		assert_int_equal(options.consoles, cases[i].consoles);
		assert_int_equal(options.serial_port, cases[i].port);
		options.consoles = CONSOLE_AUTO;
		options.serial_port = 0x3f8;
		assert_defaults();
	}
}

static void named_values_are_read(void **state)
{
	static const char *const logs[] = { "quiet", "normal", "debug" };
	static const char *const ends[] = { "auto", "halt", "reboot",
					    "poweroff" };
	char line[64];

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(logs); i++) {
		snprintf(line, sizeof(line), "gangway.log=%s", logs[i]);
		assert_fine(read(line));
		assert_int_equal(options.log, i);
		options.log = LOG_NORMAL;
		assert_defaults();
	}
	for (u32 i = 0; i < ARRAY_LEN(ends); i++) {
		snprintf(line, sizeof(line), "gangway.fail=%s", ends[i]);
		assert_fine(read(line));
		assert_int_equal(options.ending, i);
		options.ending = END_AUTO;
		assert_defaults();
	}
}

static void a_format_is_forced_by_its_name(void **state)
{
	static const struct {
		const char *line;
		const char *name;
	} cases[] = {
		{ "gangway.format=auto", NULL },
		{ "gangway.format=bzimage", "bzimage" },
		{ "gangway.format=multiboot2", "multiboot2" },
		{ "gangway.format=multiboot1", "multiboot1" },
		{ "gangway.format=vmlinux", "vmlinux" },
		{ "gangway.format=pvh", "pvh" },
		{ "gangway.format=vmlinux32", "vmlinux32" },
		{ "gangway.format=pvh gangway.format=auto", NULL },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		assert_fine(read(cases[i].line));
		if (cases[i].name)
			assert_string_equal(options.format->name,
					    cases[i].name);
		else
			assert_null(options.format);
		options.format = NULL;
		assert_defaults();
	}
}

static void linux_is_started_one_way_or_the_other(void **state)
{
	(void)state;
	options_init(&options);
	assert_int_equal(options.linux_way, LINUX_AUTO);
	assert_fine(read("gangway.linux=efi"));
	assert_int_equal(options.linux_way, LINUX_EFI);
	assert_fine(read("gangway.linux=zeropage"));
	assert_int_equal(options.linux_way, LINUX_ZEROPAGE);
	assert_fine(read("gangway.linux=auto"));
	assert_int_equal(options.linux_way, LINUX_AUTO);
}

static void argv0_is_on_or_off(void **state)
{
	(void)state;
	assert_fine(read("gangway.argv0=off"));
	assert_false(options.argv0);
	options.argv0 = true;
	assert_defaults();
	assert_fine(read("gangway.argv0=off gangway.argv0=on"));
	assert_true(options.argv0);
	assert_defaults();
}

static void a_subarch_is_a_name_or_a_number(void **state)
{
	static const struct {
		const char *line;
		u32 subarch;
	} cases[] = {
		{ "gangway.subarch=pc", 0 },
		{ "gangway.subarch=lguest", 1 },
		{ "gangway.subarch=xen", 2 },
		{ "gangway.subarch=intel-mid", 3 },
		{ "gangway.subarch=ce4100", 4 },
		{ "gangway.subarch=0", 0 },
		{ "gangway.subarch=7", 7 },
		{ "gangway.subarch=0x1F", 31 },
		{ "gangway.subarch=4294967295", 0xffffffff },
		{ "gangway.subarch=0xffffffff", 0xffffffff },
		{ "gangway.subarch=0x00000000000ffffffff", 0xffffffff },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		assert_fine(read(cases[i].line));
		assert_true(options.has_subarch);
		assert_int_equal(options.subarch, cases[i].subarch);
		options.has_subarch = false;
		options.subarch = 0;
		assert_defaults();
	}
}

static void numbers_are_as_wide_as_their_fields(void **state)
{
	(void)state;
	assert_fine(read("gangway.debugexit=0xffff"));
	assert_int_equal(options.debug_exit, 0xffff);
	options.debug_exit = 0;
	assert_defaults();
	assert_fine(read("gangway.subarch_data=18446744073709551615"));
	assert_true(options.has_subarch_data);
	assert_true(options.subarch_data == ~0ull);
	options.has_subarch_data = false;
	options.subarch_data = 0;
	assert_defaults();
	assert_fine(read("gangway.subarch_data=0xfedcba9876543210"));
	assert_true(options.subarch_data == 0xfedcba9876543210);
}

static void what_is_wrong_is_refused_and_named(void **state)
{
	static const struct {
		const char *word, *reason;
	} cases[] = {
		{ "gangway.", UNKNOWN },
		{ "gangway.log", UNKNOWN },
		{ "gangway.logs=debug", UNKNOWN },
		{ "gangway.LOG=debug", UNKNOWN },
		{ "gangway.subarch_dat=1", UNKNOWN },
		{ "gangway.log=", BAD_VALUE },
		{ "gangway.log=Debug", BAD_VALUE },
		{ "gangway.log=debugs", BAD_VALUE },
		{ "gangway.log=2", BAD_VALUE },
		{ "gangway.fail=never", BAD_VALUE },
		{ "gangway.fail=0", BAD_VALUE },
		{ "gangway.format=", NO_FORMAT },
		{ "gangway.format=elf", NO_FORMAT },
		{ "gangway.format=multiboot", NO_FORMAT },
		{ "gangway.format=vmlinux64", NO_FORMAT },
		{ "gangway.format=1", NO_FORMAT },
		{ "gangway.argv0=", BAD_VALUE },
		{ "gangway.linux=", BAD_VALUE },
		{ "gangway.linux=bios", BAD_VALUE },
		{ "gangway.argv0=1", BAD_VALUE },
		{ "gangway.argv0=yes", BAD_VALUE },
		{ "gangway.argv0", UNKNOWN },
		{ "gangway.console=", NO_CONSOLE },
		{ "gangway.console=com1,", NO_CONSOLE },
		{ "gangway.console=,com1", NO_CONSOLE },
		{ "gangway.console=com5", NO_CONSOLE },
		{ "gangway.console=com", NO_CONSOLE },
		{ "gangway.console=0x", NO_CONSOLE },
		{ "gangway.console=0xff", NO_CONSOLE },
		{ "gangway.console=0xfff9", NO_CONSOLE },
		{ "gangway.console=0x103f8", NO_CONSOLE },
		{ "gangway.debugexit=", BAD_VALUE },
		{ "gangway.debugexit=65536", BAD_VALUE },
		{ "gangway.debugexit=0x10000", BAD_VALUE },
		{ "gangway.debugexit=f4", BAD_VALUE },
		{ "gangway.debugexit=-1", BAD_VALUE },
		{ "gangway.debugexit=0X1", BAD_VALUE },
		{ "gangway.subarch=4294967296", BAD_VALUE },
		{ "gangway.subarch=0x100000000", BAD_VALUE },
		{ "gangway.subarch=", BAD_VALUE },
		{ "gangway.subarch=1k", BAD_VALUE },
		{ "gangway.subarch=0xg", BAD_VALUE },
		{ "gangway.subarch=0x@", BAD_VALUE },
		{ "gangway.subarch_data=18446744073709551616", BAD_VALUE },
		{ "gangway.subarch_data=99999999999999999999", BAD_VALUE },
		{ "gangway.subarch_data=0x10000000000000000", BAD_VALUE },
		{ "gangway.subarch_data=xen", BAD_VALUE },
	};
	char line[96];

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		snprintf(line, sizeof(line), "a %s gangway.log=quiet",
			 cases[i].word);
		assert_why(read(line), cases[i].reason);
		assert_view(bad, cases[i].word);
		assert_defaults();
	}
}

static void words_before_a_bad_one_count(void **state)
{
	(void)state;
	assert_why(read("gangway.log=quiet gangway.log=debug gangway.x=1 "
			"gangway.fail=halt"),
		   UNKNOWN);
	assert_int_equal(options.log, LOG_DEBUG);
	assert_int_equal(options.ending, END_AUTO);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_defaults_are_what_most_want),
		cmocka_unit_test(other_words_are_left_alone),
		cmocka_unit_test(consoles_are_read),
		cmocka_unit_test(named_values_are_read),
		cmocka_unit_test(a_format_is_forced_by_its_name),
		cmocka_unit_test(linux_is_started_one_way_or_the_other),
		cmocka_unit_test(argv0_is_on_or_off),
		cmocka_unit_test(a_subarch_is_a_name_or_a_number),
		cmocka_unit_test(numbers_are_as_wide_as_their_fields),
		cmocka_unit_test(what_is_wrong_is_refused_and_named),
		cmocka_unit_test(words_before_a_bad_one_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
