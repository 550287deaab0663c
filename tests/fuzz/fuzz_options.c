// SPDX-License-Identifier: BSD-2-Clause
/*
 * options.c: any line is read or refused, and what is read is in range.
 */
#include <assert.h>

#include "format.h"
#include "options.h"
#include "reason.h"

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len);

static void check_serial(const struct serial *port)
{
	if (port->is_memory)
		assert(port->at >= 0xa0000 && port->at <= 0xffffff00);
	else if (port->at)
		assert(port->at >= 0x100 && port->at <= 0xfff8);
	assert(!port->speed || 115200 % port->speed == 0);
}

static bool is_same_port(const struct serial *a, const struct serial *b)
{
	return a->at == b->at && a->is_memory == b->is_memory &&
	       a->width == b->width && a->stride == b->stride &&
	       a->max_speed == b->max_speed && a->speed == b->speed;
}

/* All but the word that means nothing. */
static bool is_same(const struct options *a, const struct options *b)
{
	return a->consoles == b->consoles &&
	       is_same_port(&a->serial, &b->serial) && a->log == b->log &&
	       a->ending == b->ending && a->format == b->format &&
	       a->argv0 == b->argv0 && a->overwrites == b->overwrites &&
	       a->linux_way == b->linux_way && a->debug_exit == b->debug_exit &&
	       a->has_subarch == b->has_subarch && a->subarch == b->subarch &&
	       a->has_subarch_data == b->has_subarch_data &&
	       a->subarch_data == b->subarch_data &&
	       view_equal(a->profile, b->profile) &&
	       view_equal(a->config, b->config);
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view line = { bytes, len };
	struct options options, again;
	why reason;

	options_init(&options);
	options_read(&options, line);
	reason = options_judge(&options);
	assert(options.log <= LOG_DEBUG && options.ending <= END_POWEROFF);
	assert(options.linux_way <= LINUX_ZEROPAGE);
	assert(!(options.consoles &
		 ~(CONSOLE_AUTO | CONSOLE_SERIAL | CONSOLE_DEBUG | CONSOLE_VGA |
		   CONSOLE_XEN | CONSOLE_FRAME)));
	check_serial(&options.serial);
	assert(options.has_subarch || !options.subarch);
	assert(options.has_subarch_data || !options.subarch_data);
	if (!reason)
		return 0;

	/* The word that means nothing is a part of the line, and by itself it
	 * changes nothing and means nothing too. */
	assert(options.bad.at >= bytes &&
	       options.bad.at + options.bad.len <= bytes + len);
	assert(strlen(reason) < REASON_LEN);
	options_init(&again);
	options_read(&again, options.bad);
	assert(view_equal(again.bad, options.bad));
	options_init(&options);
	assert(is_same(&options, &again));
	return 0;
}
