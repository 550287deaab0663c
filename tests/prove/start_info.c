// SPDX-License-Identifier: BSD-2-Clause
/* PVH's start_info, its map and its modules, at any address. */
#include "prove.h"

#include "../../formats/pvh/pvh_door.c"

static struct boot_info info;

void harness(void)
{
	struct mem mem = any_mem(BOUND);

	info.cmdline = info.loader = info.efi.memory_map = VIEW("");
	pvh_read(&mem, nondet_u32(), nondet_u64(), &info);
	prove(is_part(info.cmdline, all_of(mem)));
}
