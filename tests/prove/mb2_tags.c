// SPDX-License-Identifier: BSD-2-Clause
/* Multiboot 2's information: each tag lies in it, whatever the loader wrote. */
#include "prove.h"

#include "mb2_tags.h"

void harness(void)
{
	struct view bytes = any_view();
	struct mem mem = { .host = (u8 *)bytes.at,
			   .start = 0x100000,
			   .len = bytes.len };
	struct mb2_tags tags;
	u32 type = nondet_u32();

	if (mb2_tags_open(&mem, nondet_u32(), nondet_u64(), &tags))
		return;
	prove(is_inside(tags.all, bytes));
	assume(type < MB2_NR_TAGS);
	prove(is_part(tags.of[type], tags.all));
}
