// SPDX-License-Identifier: BSD-2-Clause
/* UTF-8 to UTF-16: no more than the room is written, a NUL ends it, and
 * surrogates come in pairs. */
#include "prove.h"

#include "text.h"

static bool is_low(u16 unit)
{
	return unit >> 10 == 0xdc00 >> 10;
}

static bool is_high(u16 unit)
{
	return unit >> 10 == 0xd800 >> 10;
}

void harness(void)
{
	static u16 out[BOUND + 1];
	u64 room = nondet_u64(), nr, at = nondet_u64();
	u16 *begin;

	assume(room <= ARRAY_LEN(out));
	begin = out + (ARRAY_LEN(out) - room);
	nr = text_to_utf16(any_view(), begin, room);
	prove(nr && nr <= BOUND + 1);
	if (nr > room)
		return;
	prove(!begin[nr - 1]);
	if (at < nr - 1)
		prove(is_high(begin[at]) == is_low(begin[at + 1]));
}
