// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway's own words on the command line.
 */
#include "options.h"

#include "boot_info.h"
#include "cmdline.h"
#include "format.h"
#include "reason.h"

/* Below 0x100 lie the chipset's own ports. */
#define MIN_PORT 0x100

/* What is mapped of all that may be a device. */
#define MIN_DEVICE 0xa0000
#define MAX_DEVICE 0xffffff00

/* Of a 16550 with the usual clock, whose divisor must be whole. */
#define MIN_SPEED 300

#define LIST_ROOM 144 /* bytes of a list of names */

enum option {
	CONSOLE,
	LOG,
	FAIL,
	FORMAT,
	ARGV0,
	LINUX,
	OVERWRITE,
	DEBUG_EXIT,
	SUBARCH,
	SUBARCH_DATA,
	PROFILE,
	CONFIG,
	NR_OPTIONS,
};

/* The words' names, and how their values are written. */
static const struct {
	char name[16];
	const char *choices; /* names of the values 0, 1, ..., or NULL */
	u64 max;	     /* of a value that is a number, or 0 */
} table[NR_OPTIONS] = {
	[CONSOLE] = { .name = "console" },
	[LOG] = { "log", .choices = "quiet\0normal\0debug\0" },
	[FAIL] = { "fail", .choices = "auto\0halt\0reboot\0poweroff\0" },
	[FORMAT] = { .name = "format" },
	[ARGV0] = { "argv0", .choices = "off\0on\0" },
	[LINUX] = { "linux", .choices = "auto\0efi\0zeropage\0" },
	[OVERWRITE] = { "overwrite", .choices = "nothing\0nvs\0acpi\0" },
	[DEBUG_EXIT] = { "debugexit", .max = 0xffff },
	[SUBARCH] = { "subarch",
		      .choices = "pc\0lguest\0xen\0intel-mid\0ce4100\0",
		      .max = 0xffffffff },
	[SUBARCH_DATA] = { "subarch_data", .max = ~0ull },
	[PROFILE] = { .name = "profile" },
	[CONFIG] = { .name = "config" },
};

void options_init(struct options *options)
{
	*options = (struct options){
		.consoles = CONSOLE_AUTO,
		.log = LOG_NORMAL,
		.ending = END_AUTO,
		.argv0 = true,
		.profile = VIEW(""),
		.config = VIEW(""),
		.bad = VIEW(""),
	};
}

static bool find_choice(const char *list, struct view word, u64 *out)
{
	for (u64 i = 0; list && *list; i++, list += strlen(list) + 1)
		if (view_equal(view_string(list), word)) {
			*out = i;
			return true;
		}
	return false;
}

/* 0 to 15; 16 for a character that is no digit. */
static u32 digit_of(u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' ^ 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10u : 16;
}

/* A decimal number, or a hexadecimal one after "0x", of at most max, which
 * is 15 or more. */
static bool read_number(struct view text, u64 max, u64 *out)
{
	u32 base = view_starts(text, VIEW("0x")) ? 16 : 10;
	u64 value = 0;

	if (base == 16)
		text = view_from(text, 2);
	for (u64 i = 0; i < text.len; i++) {
		u32 digit = digit_of(text.at[i]);

		if (digit >= base || value > (max - digit) / base)
			return false;
		value = value * base + digit;
	}
	*out = value;
	return text.len;
}

static const u32 console_bits[] = { CONSOLE_AUTO, 0,	       CONSOLE_DEBUG,
				    CONSOLE_VGA,  CONSOLE_XEN, CONSOLE_FRAME };
static const u16 console_ports[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };

/* What a 16550 can be set to, written as in Linux's console=: 9600, 9600n8. */
static bool read_speed(struct view text, struct options *out)
{
	struct view rest = view_from(text, text.len - min_u64(text.len, 2));
	u64 speed;

	if (view_equal(rest, VIEW("n8")))
		text.len -= rest.len;
	if (view_starts(text, VIEW("0x")) ||
	    !read_number(text, SERIAL_MAX_SPEED, &speed) || speed < MIN_SPEED ||
	    SERIAL_MAX_SPEED % speed)
		return false;
	out->serial.speed = (u32)speed;
	return true;
}

/* Registers in memory: mmio32:0xADDRESS, each of 32 bits; mmio16, mmio. */
static bool read_memory(struct view name, struct serial *out)
{
	struct view kind = name;
	const u8 *colon = memchr(name.at, ':', name.len);
	u64 power;

	if (!colon)
		return false;
	kind.len = (u64)(colon - name.at);
	name = view_from(name, kind.len + 1);
	if (!find_choice("mmio\0mmio16\0mmio32\0", kind, &power) ||
	    !view_starts(name, VIEW("0x")) ||
	    !read_number(name, MAX_DEVICE, &out->at) || out->at < MIN_DEVICE)
		return false;
	out->is_memory = true;
	out->width = out->stride = (u8)(1u << power);
	return true;
}

static bool read_port(struct view name, struct serial *out)
{
	u64 value;

	if (find_choice("com1\0com2\0com3\0com4\0", name, &value))
		out->at = console_ports[value];
	else if (!view_starts(name, VIEW("0x")) ||
		 !read_number(name, SERIAL_MAX_PORT, &out->at) ||
		 out->at < MIN_PORT)
		return false;
	out->is_memory = false;
	return true;
}

static bool read_console(struct view name, struct options *out)
{
	u64 value;

	if (find_choice("auto\0none\0e9\0vga\0xen\0fb\0", name, &value)) {
		out->consoles |= console_bits[value];
		return true;
	}
	if (!read_port(name, &out->serial) && !read_memory(name, &out->serial))
		return read_speed(name, out);
	out->consoles |= CONSOLE_SERIAL;
	return true;
}

static bool read_consoles(struct view list, struct options *out)
{
	struct options read = { .serial.max_speed = SERIAL_MAX_SPEED };
	struct view name;
	const u8 *comma;

	do {
		comma = memchr(list.at, ',', list.len);
		name = list;
		if (comma)
			name.len = (u64)(comma - list.at);
		if (!read_console(name, &read))
			return false;
		list = view_from(list, name.len + 1);
	} while (comma);
	out->consoles = read.consoles;
	out->serial = read.serial;
	return true;
}

static bool read_format(struct view name, struct options *out)
{
	const struct format *format = format_named(name);

	if (!format && !view_equal(name, VIEW("auto")))
		return false;
	out->format = format;
	return true;
}

static void set(enum option option, u64 value, struct options *out)
{
	static const u32 overwrites[] = {
		0,
		1u << REGION_NVS,
		1u << REGION_NVS | 1u << REGION_ACPI,
	};

	switch (option) {
	case LOG:
		out->log = (enum log_level)value;
		break;
	case FAIL:
		out->ending = (enum ending)value;
		break;
	case ARGV0:
		out->argv0 = value;
		break;
	case LINUX:
		out->linux_way = (enum linux_way)value;
		break;
	case OVERWRITE:
		out->overwrites = overwrites[value];
		break;
	case DEBUG_EXIT:
		out->debug_exit = (u16)value;
		break;
	case SUBARCH:
		out->has_subarch = true;
		out->subarch = (u32)value;
		break;
	default:
		out->has_subarch_data = true;
		out->subarch_data = value;
		break;
	}
}

static bool read_value(enum option option, struct view text,
		       struct options *out)
{
	u64 max = table[option].max, value;

	if (option == CONSOLE)
		return read_consoles(text, out);
	if (option == FORMAT)
		return read_format(text, out);
	if (option == PROFILE)
		out->profile = text;
	if (option == CONFIG)
		out->config = text;
	if (option == PROFILE || option == CONFIG)
		return text.len;
	if (!find_choice(table[option].choices, text, &value) &&
	    !(max && read_number(text, max, &value)))
		return false;
	set(option, value, out);
	return true;
}

/* Take a word apart at its '='. NR_OPTIONS: there is no such option. */
static enum option split(struct view word, struct view *value)
{
	struct view name = view_from(word, strlen("gangway."));
	const u8 *sign = memchr(name.at, '=', name.len);
	u32 option = 0;

	*value = VIEW("");
	if (sign) {
		*value = view_from(name, (u64)(sign - name.at) + 1);
		name.len = (u64)(sign - name.at);
	}
	while (option < NR_OPTIONS &&
	       !view_equal(view_string(table[option].name), name))
		option++;
	return option;
}

void options_read(struct options *options, struct view line)
{
	struct view word, value;

	while (cmdline_next(&line, &word)) {
		enum option option;

		if (!cmdline_is_own(word))
			continue;
		option = split(word, &value);
		if ((option == NR_OPTIONS ||
		     !read_value(option, value, options)) &&
		    !options->bad.len)
			options->bad = word;
	}
}

/* Names in a row: "a, b or c". */
struct list {
	u64 len;
	char text[LIST_ROOM];
};

static void list_add(struct list *list, const char *name, bool is_last)
{
	const char *sign = !list->len ? "" : is_last ? " or " : ", ";

	list->len += format_into(list->text + list->len,
				 LIST_ROOM - 1 - list->len, "%s%s", sign, name);
	list->text[list->len] = 0;
}

static void list_values(struct list *list, enum option option)
{
	const char *name = table[option].choices;
	u64 max = table[option].max;
	char number[40];

	for (; name && *name; name += strlen(name) + 1)
		list_add(list, name, !max && !name[strlen(name) + 1]);
	if (max) {
		number[format_into(number, sizeof(number) - 1,
				   "a number up to 0x%lx", max)] = 0;
		list_add(list, number, true);
	}
}

static void list_formats(struct list *list)
{
	const struct format *format = format_next(NULL), *next;

	list_add(list, "auto", false);
	for (; format; format = next) {
		next = format_next(format);
		list_add(list, format->name, !next);
	}
}

static why no_option(struct view word)
{
	struct list list = { .text = "" };

	for (u32 i = 0; i < NR_OPTIONS; i++)
		list_add(&list, table[i].name, i + 1 == NR_OPTIONS);
	return reason_format("\"%.*s\" is none of gangway's words: behind "
			     "\"gangway.\" there may be %s",
			     SHOW_WORD(word), list.text);
}

why options_judge(const struct options *options)
{
	struct list list = { .text = "" };
	enum option option;
	struct view value;

	if (!options->bad.len)
		return NULL;
	option = split(options->bad, &value);
	if (option == NR_OPTIONS)
		return no_option(options->bad);
	if (option == CONSOLE)
		list_add(&list,
			 "auto, none or a list of com1 to com4, a port such as "
			 "0x3f8, mmio32:0xfe030000, a speed such as 9600, e9, "
			 "vga, fb, xen",
			 true);
	else if (option == FORMAT)
		list_formats(&list);
	else if (option == PROFILE)
		list_add(&list, "a profile's number or ID", true);
	else if (option == CONFIG)
		list_add(&list, "a configuration's name", true);
	else
		list_values(&list, option);
	return reason_format("gangway.%s= is %s, and not \"%.*s\"",
			     table[option].name, list.text, SHOW_WORD(value));
}
