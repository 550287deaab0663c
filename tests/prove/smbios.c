// SPDX-License-Identifier: BSD-2-Clause
/* SMBIOS's entry point, and the strings of its table. */
#include "prove.h"

#include "smbios.h"

void harness(void)
{
	struct mem mem = any_mem(BOUND), all = any_mem(LONG);
	u8 put[SMBIOS_TOLD_MAX];
	struct view told = any_file(SMBIOS_TOLD_MAX);

	prove(smbios_put(&all, nondet_u64(), put) <= sizeof(put));
	prove(is_part(smbios_field(&mem, told, nondet_u8(), nondet_u8()),
		      all_of(mem)));
	prove(is_part(smbios_string(&mem, told, any_file(4)), all_of(mem)));
}
