// SPDX-License-Identifier: BSD-2-Clause
/*
 * Multiboot2 kernels of any header tags. Input: where the header goes and how
 * long it is, 2 * segments + class of a new ELF header (0: none), then as
 * fuzz_kernel.h says.
 */
#include "fuzz_kernel.h"
#include "mb2.h"

static void put_header(u64 at, u32 len)
{
	struct mb2_header head = {
		.magic = MB2_HEADER_MAGIC,
		.header_length = len,
		.checksum = 0 - MB2_HEADER_MAGIC - len,
	};
	u8 *file = memory + (boot.payload.image.at - memory);

	if (view_has(boot.payload.image, at, sizeof(head)))
		memcpy(file + at, &head, sizeof(head));
}

/* The tags fill the information to its end. */
static void check_tags(void)
{
	phys at = handoff.ebx, end;
	u32 head[2];

	assert(at % MB2_ALIGN == 0 && mem_read(&mem, at, head, 8));
	end = at + head[0];
	for (at += 8; at < end; at += align_up(head[1], MB2_ALIGN)) {
		assert(mem_read(&mem, at, head, 8) && head[1] >= 8);
		assert(at + head[1] <= end);
		assert((head[0] == MB2_TAG_END) == (at + 8 == end));
	}
	assert(at == end && end <= plan.arena.end);
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view input = { bytes, len };
	u64 header_at = take(&input, 2) % MB2_HEADER_SEARCH & ~7ull;
	u32 header_len = (u32)take(&input, 2);
	u64 head = take(&input, 1);

	if (!make_machine(&input))
		return 0;
	if (head)
		put_elf((u8)(head / 2), head % 2);
	put_header(header_at, header_len);
	if (!plan_image("multiboot2") || !leave())
		return 0;
	check_tags();
	read_back(&mb2_door, handoff.ebx);
	if (!told.efi.system_table && !told.efi.memory_map.len)
		info_add_bios_memory(&info); /* as the door does */
	check_told_map();
	check_told_modules();
	return 0;
}
