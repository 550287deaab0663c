// SPDX-License-Identifier: BSD-2-Clause
/*
 * options.c: any line is read or refused, and what is read is in range.
 */
#include <stdlib.h>

#include "format.h"
#include "options.h"
#include "reason.h"

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len);

static void check(bool good)
{
	if (!good)
		abort();
}

static void check_serial(const struct serial *port)
{
	if (port->is_memory)
		check(port->at >= 0xa0000 && port->at <= 0xffffff00);
	else if (port->at)
		check(port->at >= 0x100 && port->at <= 0xfff8);
	check(!port->speed || 115200 % port->speed == 0);
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view line = { bytes, len };
	struct options options, again;
	why reason;

	options_init(&options);
	options_read(&options, line);
	reason = options_judge(&options);
	check(options.log <= LOG_DEBUG && options.ending <= END_POWEROFF);
	check(options.linux_way <= LINUX_ZEROPAGE);
	check(!(options.consoles &
		~(CONSOLE_AUTO | CONSOLE_SERIAL | CONSOLE_DEBUG | CONSOLE_VGA |
		  CONSOLE_XEN | CONSOLE_FRAME)));
	check_serial(&options.serial);
	check(options.has_subarch || !options.subarch);
	check(options.has_subarch_data || !options.subarch_data);
	if (!reason)
		return 0;

	/* The word that means nothing is a part of the line, and by itself it
	 * changes nothing and means nothing too. */
	check(options.bad.at >= bytes &&
	      options.bad.at + options.bad.len <= bytes + len);
	check(strlen(reason) < REASON_LEN);
	options_init(&again);
	options_read(&again, options.bad);
	check(view_equal(again.bad, options.bad));
	options_init(&options);
	again.bad = options.bad;
	check(!memcmp(&options, &again, sizeof(again)));
	return 0;
}
