// SPDX-License-Identifier: BSD-2-Clause
/* EFI's memory map: descriptors of any size lie in it and end, and their ranges
 * do not wrap. */
#include "prove.h"

#include "efi_map.h"

void harness(void)
{
	struct view left = any_file(BOUND);
	u32 size = nondet_u32();
	const struct efi_descriptor *at;
	struct efi_descriptor any;
	struct range range;

	__CPROVER_havoc_object(&any);
	range = efi_map_range(&any);
	prove(range.start == any.physical_start && range.start <= range.end);
	while ((at = efi_map_next(&left, size)))
		prove(__CPROVER_r_ok(at, sizeof(*at)));
}
