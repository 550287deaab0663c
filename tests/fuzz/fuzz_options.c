// SPDX-License-Identifier: BSD-2-Clause
/*
 * options.c: any line is read or refused, and what is read is in range.
 */
#include <stdlib.h>

#include "format.h"
#include "options.h"

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len);

static void check(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view line = { bytes, len };
	struct view bad = VIEW("");
	struct options options, again;
	why reason;

	options_init(&options);
	reason = options_read(&options, line, &bad);
	check(options.log <= LOG_DEBUG && options.ending <= END_POWEROFF);
	check(options.argv0 <= 1 && options.linux_way <= LINUX_ZEROPAGE);
	check(!(options.consoles & ~(CONSOLE_AUTO | CONSOLE_SERIAL |
				     CONSOLE_DEBUG | CONSOLE_VGA)));
	check(options.serial_port >= 0x100 && options.serial_port <= 0xfff8);
	check(options.has_subarch || !options.subarch);
	check(options.has_subarch_data || !options.subarch_data);
	if (!reason)
		return 0;

	/* The word that is refused is a part of the line, and by itself it
	 * changes nothing and is refused in the same way. */
	check(bad.at >= bytes && bad.at + bad.len <= bytes + len);
	options_init(&options);
	memcpy(&again, &options, sizeof(again));
	line = bad;
	check(options_read(&again, line, &bad) == reason);
	check(!memcmp(&options, &again, sizeof(again)));
	return 0;
}
