// SPDX-License-Identifier: BSD-2-Clause
/* PE images: a name is found at the beginning of a section's header only. */
#include "prove.h"

#include "../../formats/containers/pe.c"

void harness(void)
{
	struct view table = any_view();
	u64 at = before(table, nondet_u64());

	prove(at == table.len ||
	      (at < table.len && at % sizeof(struct pe_section) == 0));
}
