// SPDX-License-Identifier: BSD-2-Clause
/*
 * Building the departure area.
 */
#include "departure.h"

#include "plan.h"

phys departure_build(const struct departure *departure, const struct plan *plan,
		     struct arena *arena, struct handoff *handoff)
{
	phys stack;

	handoff->tables = departure->put_tables(plan, arena);
	handoff->code =
		arena_put(arena, departure->code.at, departure->code.len, 16);
	arena_take(arena, DEPARTURE_STACK_LEN, 16, &stack);
	handoff->rsp = stack + DEPARTURE_STACK_LEN;
	handoff->nr_copies = plan->nr_copies;
	handoff->copies =
		arena_put(arena, plan->copies,
			  plan->nr_copies * sizeof(plan->copies[0]), 16);
	return arena_put(arena, handoff, sizeof(*handoff), 16);
}
