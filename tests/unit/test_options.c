// SPDX-License-Identifier: BSD-2-Clause
/*
 * options.c: each word sets what it says, and nothing else is accepted.
 */
#include "guest.h"

#include <stdio.h>

#include "cmdline.h"
#include "format.h"
#include "options.h"

static struct options options;

static why read(const char *line)
{
	options_init(&options);
	options_read(&options, view_string(line));
	return options_judge(&options);
}

/* Nothing but the fields that a test has looked at and reset differs. */
static void assert_defaults(void)
{
	struct options defaults;

	options_init(&defaults);
	assert_int_equal(options.consoles, defaults.consoles);
	assert_int_equal(options.serial.at, defaults.serial.at);
	assert_int_equal(options.serial.speed, defaults.serial.speed);
	assert_int_equal(options.log, defaults.log);
	assert_int_equal(options.ending, defaults.ending);
	assert_ptr_equal(options.format, defaults.format);
	assert_int_equal(options.argv0, defaults.argv0);
	assert_int_equal(options.overwrites, defaults.overwrites);
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
	assert_int_equal(options.serial.at, 0);
	assert_int_equal(options.serial.speed, 0);
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
}

static void consoles_are_read(void **state)
{
	static const struct {
		const char *line;
		u32 consoles;
		u32 at, speed;
		u8 width; /* in memory; 0: a port */
	} cases[] = {
		{ "gangway.console=auto", CONSOLE_AUTO, 0, 0, 0 },
		{ "gangway.console=none", 0, 0, 0, 0 },
		{ "gangway.console=com1", CONSOLE_SERIAL, 0x3f8, 0, 0 },
		{ "gangway.console=com2", CONSOLE_SERIAL, 0x2f8, 0, 0 },
		{ "gangway.console=com3", CONSOLE_SERIAL, 0x3e8, 0, 0 },
		{ "gangway.console=com4", CONSOLE_SERIAL, 0x2e8, 0, 0 },
		{ "gangway.console=0xc000", CONSOLE_SERIAL, 0xc000, 0, 0 },
		{ "gangway.console=0xFFF8", CONSOLE_SERIAL, 0xfff8, 0, 0 },
		{ "gangway.console=0x100", CONSOLE_SERIAL, 0x100, 0, 0 },
		{ "gangway.console=e9", CONSOLE_DEBUG, 0, 0, 0 },
		{ "gangway.console=vga", CONSOLE_VGA, 0, 0, 0 },
		{ "gangway.console=xen", CONSOLE_XEN, 0, 0, 0 },
		{ "gangway.console=vga,com2,e9",
		  CONSOLE_SERIAL | CONSOLE_DEBUG | CONSOLE_VGA, 0x2f8, 0, 0 },
		{ "gangway.console=auto,com3", CONSOLE_AUTO | CONSOLE_SERIAL,
		  0x3e8, 0, 0 },
		{ "gangway.console=com1,9600 gangway.console=e9", CONSOLE_DEBUG,
		  0, 0, 0 },
		{ "gangway.console=com1,9600", CONSOLE_SERIAL, 0x3f8, 9600, 0 },
		{ "gangway.console=0x2f8,115200n8", CONSOLE_SERIAL, 0x2f8,
		  115200, 0 },
		{ "gangway.console=300,auto", CONSOLE_AUTO, 0, 300, 0 },
		{ "gangway.console=mmio:0xfe030000", CONSOLE_SERIAL, 0xfe030000,
		  0, 1 },
		{ "gangway.console=mmio16:0xa0000,vga",
		  CONSOLE_SERIAL | CONSOLE_VGA, 0xa0000, 0, 2 },
		{ "gangway.console=mmio32:0xffffff00,57600n8", CONSOLE_SERIAL,
		  0xffffff00, 57600, 4 },
		{ "gangway.console=mmio32:0xfe030000,com1", CONSOLE_SERIAL,
		  0x3f8, 0, 0 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		assert_fine(read(cases[i].line));
		assert_int_equal(options.consoles, cases[i].consoles);
		assert_int_equal(options.serial.at, cases[i].at);
		assert_int_equal(options.serial.is_memory, !!cases[i].width);
		if (cases[i].width) {
			assert_int_equal(options.serial.width, cases[i].width);
			assert_int_equal(options.serial.stride, cases[i].width);
		}
		options.consoles = CONSOLE_AUTO;
		assert_int_equal(options.serial.speed, cases[i].speed);
		options.serial.at = 0;
		options.serial.speed = 0;
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

static void what_may_be_overwritten(void **state)
{
	(void)state;
	assert_fine(read("gangway.overwrite=nvs"));
	assert_int_equal(options.overwrites, 1 << REGION_NVS);
	assert_fine(read("gangway.overwrite=acpi"));
	assert_int_equal(options.overwrites,
			 1 << REGION_NVS | 1 << REGION_ACPI);
	assert_fine(read("gangway.overwrite=acpi gangway.overwrite=nothing"));
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

static const char *const unknown[] = {
	"gangway.",
	"gangway.=",
	"gangway.logs=debug",
	"gangway.LOG=debug",
	"gangway.subarch_dat=1",
	"gangway.consol=com1",
	"gangway..log=quiet",
	"gangway.log,quiet",
};

static void an_unknown_word_is_named_with_those_there_are(void **state)
{
	char line[96], reason[256];

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(unknown); i++) {
		snprintf(line, sizeof(line), "a %s b", unknown[i]);
		snprintf(
			reason, sizeof(reason),
			"\"%s\" is none of gangway's words: behind "
			"\"gangway.\" there may be console, log, fail, format, "
			"argv0, linux, overwrite, debugexit, subarch, "
			"subarch_data, profile or config",
			unknown[i]);
		assert_why(read(line), reason);
		assert_defaults();
	}
}

#define LOGS	   "gangway.log= is quiet, normal or debug, and not "
#define ENDINGS	   "gangway.fail= is auto, halt, reboot or poweroff, and not "
#define ARGV0S	   "gangway.argv0= is off or on, and not "
#define WAYS	   "gangway.linux= is auto, efi or zeropage, and not "
#define OVERWRITES "gangway.overwrite= is nothing, nvs or acpi, and not "
#define EXITS	   "gangway.debugexit= is a number up to 0xffff, and not "
#define SUBARCHS                                                               \
	"gangway.subarch= is pc, lguest, xen, intel-mid, ce4100 or a number "  \
	"up to 0xffffffff, and not "
#define SUBARCH_DATAS                                                          \
	"gangway.subarch_data= is a number up to 0xffffffffffffffff, and not "
#define FORMATS                                                                \
	"gangway.format= is auto, bzimage, multiboot2, multiboot1, vmlinux, "  \
	"pvh or vmlinux32, and not "
#define CONSOLES                                                                \
	"gangway.console= is auto, none or a list of com1 to com4, a port "     \
	"such as 0x3f8, mmio32:0xfe030000, a speed such as 9600, e9, vga, fb, " \
	"xen, and not "

static void a_wrong_value_is_named_with_those_there_are(void **state)
{
	static const struct {
		const char *name, *values, *reason;
	} cases[] = {
		{ "log", " =Debug =debugs =2 =quite = =quiet,debug", LOGS },
		{ "fail", " = =stop =Halt", ENDINGS },
		{ "format", " = =elf =multiboot =vmlinux64 =1", FORMATS },
		{ "argv0", " = =1 =yes", ARGV0S },
		{ "linux", " = =bios", WAYS },
		{ "overwrite", " = =ram =reserved =nvs,acpi", OVERWRITES },
		{ "debugexit", " = =65536 =0x10000 =f4 =-1 =0X1", EXITS },
		{ "subarch", " = =4294967296 =0x100000000 =1k =0xg =0x@",
		  SUBARCHS },
		{ "subarch_data",
		  " = =18446744073709551616 =99999999999999999999 "
		  "=0x10000000000000000 =xen",
		  SUBARCH_DATAS },
		{ "console",
		  " = =com1, =,com1 =com5 =com =0x =0xff =0xfff9 =0x103f8 "
		  "=ttyS0 =com1,9601 =com1,110 =com1,9600n7 =com1,n8 =1016 "
		  "=mmio =mmio: =mmio:fe030000 =mmio32:0x9ffff =mmio8:0xfe030000 "
		  "=mmio32:0xffffff01 =mmio32:0x1fe030000 =mmio32,0xfe030000",
		  CONSOLES },
	};
	char line[96], reason[256];

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		struct view rest = view_string(cases[i].values);
		/* The first is a word without any value. */
		struct view value = { rest.at, 0 };

		do {
			snprintf(line, sizeof(line), "a gangway.%s%.*s b",
				 cases[i].name, (int)value.len,
				 (const char *)value.at);
			value = view_from(value, 1); /* the '=' */
			snprintf(reason, sizeof(reason), "%s\"%.*s\"",
				 cases[i].reason, (int)value.len,
				 (const char *)value.at);
			assert_why(read(line), reason);
			assert_defaults();
		} while (cmdline_next(&rest, &value));
	}
}

static void all_words_are_read_before_one_is_judged(void **state)
{
	why bad;

	(void)state;
	bad = read("gangway.log=quiet gangway.log=debug gangway.consol=x "
		   "gangway.fail=loud gangway.fail=halt");
	assert_non_null(strstr(bad, "\"gangway.consol=x\""));
	assert_int_equal(options.log, LOG_DEBUG);
	assert_int_equal(options.ending, END_HALT);
}

static void parts_of_bundles_are_called_by_any_name(void **state)
{
	(void)state;
	assert_null(read("gangway.profile=rescue gangway.config=conf@1"));
	assert_view(options.profile, "rescue");
	assert_view(options.config, "conf@1");
	assert_why(
		read("gangway.profile="),
		"gangway.profile= is a profile's number or ID, and not \"\"");
	assert_why(read("gangway.config"),
		   "gangway.config= is a configuration's name, and not \"\"");
}

static void a_long_word_leaves_room_for_the_sentence(void **state)
{
	char line[2000];
	why bad;

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "gangway.", strlen("gangway."));
	line[sizeof(line) - 1] = 0;
	bad = read(line);
	assert_non_null(strstr(bad, "or config"));
	memcpy(line, "gangway.format=", strlen("gangway.format="));
	bad = read(line);
	assert_non_null(strstr(bad, "or vmlinux32, and not \"xxx"));
	assert_int_equal(bad[strlen(bad) - 1], '"');
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
		cmocka_unit_test(what_may_be_overwritten),
		cmocka_unit_test(a_subarch_is_a_name_or_a_number),
		cmocka_unit_test(numbers_are_as_wide_as_their_fields),
		cmocka_unit_test(an_unknown_word_is_named_with_those_there_are),
		cmocka_unit_test(a_wrong_value_is_named_with_those_there_are),
		cmocka_unit_test(all_words_are_read_before_one_is_judged),
		cmocka_unit_test(parts_of_bundles_are_called_by_any_name),
		cmocka_unit_test(a_long_word_leaves_room_for_the_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
