// SPDX-License-Identifier: BSD-2-Clause
/*
 * PVH kernels of any notes. Input: 2 * segments + class of a new ELF header (0:
 * none), then as fuzz_kernel.h says.
 */
#include "fuzz_kernel.h"

#define LINUX_MAX 126

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view input = { bytes, len };
	u64 head = take(&input, 1);
	struct elf elf;

	if (!make_machine(&input))
		return 0;
	if (head)
		put_elf((u8)(head / 2), head % 2);
	if (!plan_image("pvh"))
		return 0;
	assert(!elf_open(boot.payload.image, &elf));
	assert(plan.arena.end <= GIB);
	if (!leave())
		return 0;
	read_back(&pvh_door, handoff.ebx);
	if (info.nr_regions <= LINUX_MAX)
		check_told_map();
	check_told_modules();
	check_segments(plan.delta);
	return 0;
}
