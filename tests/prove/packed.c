// SPDX-License-Identifier: BSD-2-Clause
/* What is packed behind gangway: each entry lies in the pack. */
#include "prove.h"

#include "packed.h"

void harness(void)
{
	struct view pack = any_file(LONG);
	struct packed_file file;
	u32 i = nondet_u32(), nr = packed_count(pack);

	prove(nr * 32ull <= pack.len);
	if (!packed_read(pack, i, &file))
		prove(is_inside(file.content, pack) &&
		      is_inside(file.string, pack) &&
		      is_inside(file.name, file.string));
}
