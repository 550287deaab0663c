// SPDX-License-Identifier: BSD-2-Clause
/*
 * Building the departure area.
 */
#include "departure.h"

#include "plan.h"

extern const u8 departure_code[], departure_code_end[];

why departure_build(const struct plan *plan, struct arena *arena,
		    struct handoff *handoff, phys *at)
{
	u64 code_len = (u64)(departure_code_end - departure_code);
	phys stack;
	why bad;

	bad = paging_depart(arena, &handoff->tables);
	if (bad)
		return bad;
	if (!arena_put(arena, departure_code, code_len, 16, &handoff->code) ||
	    !arena_take(arena, DEPARTURE_STACK_LEN, 16, &stack) ||
	    !arena_put(arena, plan->copies,
		       plan->nr_copies * sizeof(plan->copies[0]), 16,
		       &handoff->copies))
		return "the arena is too small for the departure";
	handoff->nr_copies = plan->nr_copies;
	handoff->rsp = stack + DEPARTURE_STACK_LEN;
	if (!arena_put(arena, handoff, sizeof(*handoff), 16, at))
		return "the arena is too small for the handoff";
	return NULL;
}
