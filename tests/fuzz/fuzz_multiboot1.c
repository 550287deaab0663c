// SPDX-License-Identifier: BSD-2-Clause
/*
 * Multiboot 1 kernels of any header. Input: where the header goes, 2 * segments
 * + class of a new ELF header (0: none), then as fuzz_kernel.h says.
 */
#include "fuzz_kernel.h"
#include "mb1.h"

/* The words of a header at an offset of the file; false if there is none. */
static bool read_head(u64 at, u32 head[3])
{
	return view_read(boot.payload.image, at, head, 12) &&
	       at + 12 <= MB1_HEADER_SEARCH;
}

static void put_header(u64 at)
{
	u8 *file = memory + (boot.payload.image.at - memory);
	u32 head[3];

	if (!read_head(at, head))
		return;
	head[0] = MB1_HEADER_MAGIC;
	head[2] = 0 - head[0] - head[1];
	memcpy(file + at, head, sizeof(head));
}

/* Has the first header address fields, all within the search? */
static bool is_flat(void)
{
	u64 len = min_u64(boot.payload.image.len, MB1_HEADER_SEARCH);
	u32 head[3];

	for (u64 at = 0; read_head(at, head); at += 4)
		if (head[0] == MB1_HEADER_MAGIC &&
		    !(head[0] + head[1] + head[2]) &&
		    (!(head[1] & MB1_HEADER_ADDRESSES) || at + 32 <= len))
			return head[1] & MB1_HEADER_ADDRESSES;
	return false;
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view input = { bytes, len };
	u64 header_at = take(&input, 2) % MB1_HEADER_SEARCH & ~3ull;
	u64 head = take(&input, 1);
	bool flat;

	if (!make_machine(&input))
		return 0;
	if (head)
		put_elf((u8)(head / 2), head % 2);
	put_header(header_at);
	flat = is_flat();
	if (!plan_image("multiboot1") || !leave())
		return 0;
	read_back(&mb1_door, handoff.ebx);
	info_add_bios_memory(&info); /* as the door does */
	check_told_map();
	check_told_modules();
	if (!flat)
		check_segments(plan.delta);
	return 0;
}
