// SPDX-License-Identifier: BSD-2-Clause
/*
 * bzImages of any header in a machine of any map, up to the zero page.
 */
#include "bzimage.h"
#include "oracle.h"

#define MEM_LEN 262144

static struct boot_info info;
static struct boot boot;
static struct plan plan;
static u8 memory[MEM_LEN];

static void take_region(struct view *input)
{
	phys start = take_address(input);
	u64 len = take_address(input), type = take(input, 1);

	info_add_region(&info, start, len, (u32)type);
	assert(!info.bad);
}

static void take_module(struct view *input)
{
	phys at = take_address(input), end = at + take(input, 3);

	if (end <= at)
		return;
	info_add_module(&info, at, end, VIEW(""));
	assert(!info.bad);
	boot.payload.modules[boot.payload.nr_modules++] =
		info.modules[info.nr_modules - 1];
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view input = { bytes, len };
	struct mem mem = { .host = memory,
			   .start = take_address(&input),
			   .len = MEM_LEN };
	u64 options = take(&input, 1);

	info_init(&info, "fuzz");
	boot_init(&boot, &mem, &info);
	for (u64 i = options % 8; i; i--)
		take_region(&input);
	for (u64 i = options / 8 % 4; i; i--)
		take_module(&input);
	info_hold(&info, mem.start, MEM_LEN);
	if (input.len < 0x206 || input.len > MEM_LEN || info_check(&info))
		return 0;
	memcpy(memory, input.at, input.len);
	memcpy(memory + 0x1fe, "\x55\xaa\xeb", 3);
	memcpy(memory + 0x202, "HdrS", 4);
	boot.payload.image = (struct view){ memory, input.len };
	boot.payload.format = format_of(
		boot.payload.image, format_named(VIEW("bzimage")), CLAIM_SURE);
	if (!plan_is_sound(&boot, &plan) || range_len(plan.arena) > MEM_LEN)
		return 0;
	/* The file's memory is the arena's now. */
	boot.payload.image.at = input.at;
	mem.start = plan.arena.start;
	must_be_told(&boot, &plan);
	return 0;
}
