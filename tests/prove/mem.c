// SPDX-License-Identifier: BSD-2-Clause
/* Memory as a window: any address, any length; and an arena filled from it. */
#include "prove.h"

#include "mem.h"

void harness(void)
{
	struct view bytes = any_view(), v = { outside, 77 };
	struct range above = { nondet_u64(), nondet_u64() };
	struct mem mem = { .host = (u8 *)bytes.at,
			   .start = nondet_u64(),
			   .len = bytes.len,
			   .above = &above };
	struct arena arena = { .mem = &mem,
			       .next = nondet_u64(),
			       .end = nondet_u64() };
	u64 align = nondet_bool() ? 1 : PAGE_SIZE, len = nondet_u64();
	phys next = arena.next, at;
	u8 *taken;

	assume(mem.start <= ~0ull - BOUND);
	if (mem_view(&mem, nondet_u64(), len, &v))
		prove(is_inside(v, bytes) && v.len == len);
	else
		prove(v.at == outside && v.len == 77);
	if (mem_string(&mem, nondet_u64(), nondet_u64(), &v))
		prove(is_inside(v, bytes) && !v.at[v.len]);
	taken = arena_take(&arena, len, align, &at);
	prove(!taken == arena.is_full);
	if (taken)
		prove(at % align == 0 && at >= next &&
		      arena.next <= arena.end && arena.next == at + len &&
		      is_inside((struct view){ taken, len }, bytes));
	else
		prove(!at && arena.next == next);
}
