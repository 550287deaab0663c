// SPDX-License-Identifier: BSD-2-Clause
/* Multiboot 1's information and what it points at. */
#include "prove.h"

#include "../../formats/multiboot/mb1_door.c"

static struct boot_info info;

void harness(void)
{
	struct mem mem = any_mem(BOUND);

	info.cmdline = info.loader = info.efi.memory_map = VIEW("");
	mb1_read(&mem, nondet_u32(), nondet_u64(), &info);
	prove(is_part(info.cmdline, all_of(mem)));
}
