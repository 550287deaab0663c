// SPDX-License-Identifier: BSD-2-Clause
/* Names of Boot Loader Specification entries: their suffix and counters. */
#include "prove.h"

#include "../../formats/bls/bls.c"

u64 format_into(char *out, u64 room, const char *format, ...)
{
	u64 len = nondet_u64();

	(void)format;
	prove(__CPROVER_w_ok(out, room));
	assume(len <= room);
	return len;
}

void harness(void)
{
	struct view text = any_view(), name = text;
	bool is_spent;
	u32 number;
	static char out[4];
	u64 room = nondet_u64();

	if (bls_take_suffix(&name, VIEW(".c"), &is_spent))
		prove(is_inside(name, text) && name.len < text.len);
	else
		prove(name.at == text.at && name.len == text.len);
	name = text;
	if (take_number(&name, &number))
		prove(is_inside(name, text) && name.len < text.len);
	assume(room <= sizeof(out));
	(void)bls_count(text, out + (sizeof(out) - room), room);
}
