// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway.elf: a pack behind the image, which is never above 4 GiB.
 */
#include "own.h"

#include "packed.h"

extern u8 _image[];

why own_add(const struct mem *mem, struct boot_info *info)
{
	return info->nr_packed ? NULL
			       : packed_add(mem, (phys)(u64)_image, info);
}
