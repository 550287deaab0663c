// SPDX-License-Identifier: BSD-2-Clause
/*
 * Linux as an ELF file, of any segments and notes. Input: 2 * segments + class
 * of a new ELF header (0: none), then as fuzz_kernel.h says.
 */
#include "fuzz_kernel.h"

#define MOVE_ALIGN (2 * MIB)

/* The parts of the initrd, each padded to 4 bytes. */
static void check_initrd(void)
{
	phys at = plan.initrd.start;

	assert(at % PAGE_SIZE == 0);
	for (u32 i = 0; i < boot.payload.nr_modules; i++) {
		struct range part = boot.payload.modules[i].range;

		at = align_up(at, 4);
		check_moved(at, part.start, range_len(part));
		at += range_len(part);
	}
	assert(at == plan.initrd.end);
	assert(told.nr_modules == !range_empty(plan.initrd));
	if (told.nr_modules)
		assert(told.modules[0].range.end == plan.initrd.end);
}

/* How far it was moved. */
static u64 moved_by(void)
{
	struct range span = { 0, 0 };
	struct elf elf;

	assert(!elf_open(boot.payload.image, &elf) && !elf_span(&elf, &span));
	return plan.load - span.start;
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view input = { bytes, len };
	u64 head = take(&input, 1), moved;
	bool wide = head % 2;

	if (!make_machine(&input))
		return 0;
	if (head)
		put_elf((u8)(head / 2), wide);
	if (!plan_image(wide ? "vmlinux" : "vmlinux32"))
		return 0;
	moved = moved_by();
	assert(!moved || (wide && moved % MOVE_ALIGN == 0));
	if (!leave())
		return 0;
	read_back(&linux_door, handoff.rsi);
	check_told_map();
	check_initrd();
	check_segments(moved);
	return 0;
}
