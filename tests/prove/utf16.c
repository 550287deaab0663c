// SPDX-License-Identifier: BSD-2-Clause
/* UTF-16 to UTF-8: no more than the room is written, and no control character
 * of ASCII. */
#include "prove.h"

#include "text.h"

void harness(void)
{
	static char out[BOUND * 2];
	u64 room = nondet_u64(), len, at = nondet_u64();
	char *begin;

	assume(room <= sizeof(out));
	begin = out + (sizeof(out) - room);
	len = text_from_utf16(any_view(), begin, room);
	prove(len <= BOUND / 2 * 3);
	if (at < min_u64(len, room))
		prove((u8)begin[at] >= ' ' && begin[at] != 0x7f);
}
