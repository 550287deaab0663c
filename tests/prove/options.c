// SPDX-License-Identifier: BSD-2-Clause
/* The values of gangway's own words: numbers are within their limits, and words
 * that are kept are of the line. Views stand for their contract. */
#include "prove.h"

#include "../../core/options.c"

static const struct format only;
static bool is_hex; /* a constant for the solver, as is the base then */

const struct format *format_named(struct view name)
{
	(void)name;
	return nondet_bool() ? &only : NULL;
}

bool view_starts(struct view v, struct view prefix)
{
	return v.len >= prefix.len && is_hex;
}

bool view_equal(struct view a, struct view b)
{
	(void)a;
	(void)b;
	return nondet_bool();
}

static void read_device(struct view text)
{
	struct options options;

	options_init(&options);
	if (read_speed(text, &options))
		prove(options.serial.speed >= MIN_SPEED &&
		      options.serial.speed <= SERIAL_MAX_SPEED);
	if (read_port(text, &options.serial))
		prove(options.serial.at >= MIN_PORT &&
		      options.serial.at <= SERIAL_MAX_PORT);
	if (read_memory(text, &options.serial))
		prove(options.serial.at >= MIN_DEVICE &&
		      options.serial.at <= MAX_DEVICE);
}

static void read_words(struct view text)
{
	struct options options;
	struct view value;

	prove(split(text, &value) <= NR_OPTIONS && is_part(value, text));
	options_init(&options);
	for (enum option option = LOG; option < NR_OPTIONS; option++)
		(void)read_value(option, text, &options);
	prove(options.log <= LOG_DEBUG && options.ending <= END_POWEROFF &&
	      options.linux_way <= LINUX_ZEROPAGE);
	prove(is_part(options.profile, text) && is_part(options.config, text));
}

void harness(void)
{
	struct view text = any_view();

	for (u32 pass = 0; pass < 2; pass++) {
		is_hex = pass;
		read_device(text);
		read_words(text);
	}
}
