// SPDX-License-Identifier: BSD-2-Clause
/*
 * Building the departure area.
 */
#include "departure.h"

#include "plan.h"

extern const u8 departure_code[], departure_code_end[];

phys departure_build(const struct plan *plan, struct arena *arena,
		     struct handoff *handoff)
{
	phys stack;

	handoff->tables = paging_depart(arena);
	handoff->code =
		arena_put(arena, departure_code,
			  (u64)(departure_code_end - departure_code), 16);
	arena_take(arena, DEPARTURE_STACK_LEN, 16, &stack);
	handoff->rsp = stack + DEPARTURE_STACK_LEN;
	handoff->nr_copies = plan->nr_copies;
	handoff->copies =
		arena_put(arena, plan->copies,
			  plan->nr_copies * sizeof(plan->copies[0]), 16);
	return arena_put(arena, handoff, sizeof(*handoff), 16);
}
