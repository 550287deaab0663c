// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway's own words on the command line.
 */
#include "options.h"

#include "cmdline.h"
#include "format.h"

/* Below 0x100 lie the chipset's own ports. */
#define MIN_PORT 0x100
#define MAX_PORT 0xfff8

void options_init(struct options *options)
{
	*options = (struct options){
		.consoles = CONSOLE_AUTO,
		.serial_port = 0x3f8,
		.log = LOG_NORMAL,
		.ending = END_AUTO,
		.argv0 = true,
	};
}

struct option {
	const char *words; /* the name, then the values 0, 1, ... by name */
	u8 at, len;	   /* the value's place in struct options */
	u8 has_at;	   /* that of the bool that tells it was given, or 0 */
	bool is_number;
};

#define PLACE(field)                                                           \
	.at = offsetof(struct options, field),                                 \
	.len = sizeof(((struct options *)0)->field)

static const struct option table[] = {
	{ "log=\0quiet\0normal\0debug\0", PLACE(log) },
	{ "fail=\0auto\0halt\0reboot\0poweroff\0", PLACE(ending) },
	{ "argv0=\0off\0on\0", PLACE(argv0) },
	{ "linux=\0auto\0efi\0zeropage\0", PLACE(linux_way) },
	{ "debugexit=\0", PLACE(debug_exit), .is_number = true },
	{ "subarch=\0pc\0lguest\0xen\0intel-mid\0ce4100\0", PLACE(subarch),
	  .has_at = offsetof(struct options, has_subarch), .is_number = true },
	{ "subarch_data=\0", PLACE(subarch_data),
	  .has_at = offsetof(struct options, has_subarch_data),
	  .is_number = true },
};

static const char console_names[] =
	"auto\0none\0e9\0vga\0xen\0fb\0com1\0com2\0com3\0com4\0";
static const u32 console_bits[] = { CONSOLE_AUTO, 0,	       CONSOLE_DEBUG,
				    CONSOLE_VGA,  CONSOLE_XEN, CONSOLE_FRAME };
static const u16 console_ports[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };

static bool find_choice(const char *list, struct view word, u64 *out)
{
	u64 len;

	for (u64 i = 0; *list; i++, list += len + 1) {
		len = strlen(list);
		if (len == word.len && !memcmp(list, word.at, len)) {
			*out = i;
			return true;
		}
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

static bool read_console(struct view name, u32 *bits, u16 *port)
{
	u64 value;

	if (find_choice(console_names, name, &value)) {
		if (value < ARRAY_LEN(console_bits)) {
			*bits |= console_bits[value];
			return true;
		}
		value = console_ports[value - ARRAY_LEN(console_bits)];
	} else if (!read_number(name, MAX_PORT, &value) || value < MIN_PORT) {
		return false;
	}
	*bits |= CONSOLE_SERIAL;
	*port = (u16)value;
	return true;
}

static bool read_consoles(struct view list, struct options *out)
{
	u16 port = out->serial_port;
	u32 bits = 0;
	struct view name;
	const u8 *comma;

	do {
		comma = memchr(list.at, ',', list.len);
		name = list;
		if (comma)
			name.len = (u64)(comma - list.at);
		if (!read_console(name, &bits, &port))
			return false;
		list = view_from(list, name.len + 1);
	} while (comma);
	out->consoles = bits;
	out->serial_port = port;
	return true;
}

static bool read_format(struct view name, struct options *out)
{
	out->format = format_named(name);
	return out->format || view_equal(name, VIEW("auto"));
}

static bool read_value(const struct option *option, struct view text,
		       struct options *out)
{
	const char *choices = option->words + strlen(option->words) + 1;
	u64 max = ~0ull >> (64 - 8 * option->len);
	u64 value;

	if (!find_choice(choices, text, &value) &&
	    !(option->is_number && read_number(text, max, &value)))
		return false;
	memcpy((u8 *)out + option->at, &value, option->len);
	if (option->has_at)
		((u8 *)out)[option->has_at] = true;
	return true;
}

/* Narrow word to what follows a name it begins with. */
static bool take_name(struct view *word, const char *name)
{
	u64 len = strlen(name);

	if (!view_starts(*word, (struct view){ (const u8 *)name, len }))
		return false;
	*word = view_from(*word, len);
	return true;
}

static why read_word(struct view word, struct options *out)
{
	bool good = false;

	if (take_name(&word, "console=")) {
		good = read_consoles(word, out);
		return good ? NULL : "no such console";
	}
	if (take_name(&word, "format=")) {
		good = read_format(word, out);
		return good ? NULL : "there is no such format";
	}
	for (u64 i = 0; i < ARRAY_LEN(table); i++) {
		if (!take_name(&word, table[i].words))
			continue;
		good = read_value(&table[i], word, out);
		return good ? NULL : "an option has a value it cannot have";
	}
	return "there is no such option";
}

why options_read(struct options *options, struct view line, struct view *bad)
{
	struct view word;
	why reason;

	while (cmdline_next(&line, &word)) {
		if (!cmdline_is_own(word))
			continue;
		reason =
			read_word(view_from(word, strlen("gangway.")), options);
		if (reason) {
			*bad = word;
			return reason;
		}
	}
	return NULL;
}
