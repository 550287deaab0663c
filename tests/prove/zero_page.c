// SPDX-License-Identifier: BSD-2-Clause
/* The zero page as a door, any 4 KiB: what it points at is seen in memory. Its
 * chain of setup_data is a proof of its own. */
#include "prove.h"

#include "../../formats/linux-bzimage/bzimage_door.c"

static struct boot_info info;

void harness(void)
{
	static struct linux_boot_params params;
	struct mem mem = any_mem(BOUND);

	info.cmdline = info.efi.memory_map = VIEW("");
	__CPROVER_havoc_object(&params);
	read_entries(&mem, nondet_u64(), nondet_u8(), &info);
	read_initrd(&params, &info);
	read_cmdline(&mem, &params, &info);
	read_efi(&mem, params.efi_info, &info);
	read_screen(&params.screen_info, &info.framebuffer);
	prove(is_part(info.cmdline, all_of(mem)));
	prove(is_part(info.efi.memory_map, all_of(mem)));
	if (!check_params(&params))
		prove(!params.sentinel &&
		      params.e820_entries <= LINUX_E820_MAX);
}
