// SPDX-License-Identifier: BSD-2-Clause
/*
 * bzImages of any header in a machine of any map, from its signatures to the
 * zero page.
 */
#include "bzimage.h"
#include "departure.h"
#include "oracle.h"

#define MEM_LEN 262144

static struct boot_info info;
static struct boot boot;
static struct plan plan;
static u8 memory[MEM_LEN];

/* Addresses near page, MiB and GiB boundaries, of few bits of input. */
static phys take_address(struct view *input)
{
	return (take(input, 2) << (take(input, 1) % 52)) + take(input, 1);
}

static void take_module(struct view *input, bool is_held)
{
	phys at = take_address(input);

	if (!info_add_module(&info, at, at + take(input, 3), VIEW(""), false) &&
	    !is_held)
		boot.payload.modules[boot.payload.nr_modules++] =
			info.modules[info.nr_modules - 1];
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view input = { bytes, len };
	struct mem mem = { memory, take_address(&input), MEM_LEN };
	u32 options = (u32)take(&input, 1);
	phys at;

	info_init(&info, "fuzz");
	boot_init(&boot, &mem, &info);
	for (u32 i = options % 8; i; i--)
		if (info_add_region(&info, take_address(&input),
				    take_address(&input), (u32)take(&input, 1)))
			return 0;
	for (u32 i = options / 8 % 4; i; i--)
		take_module(&input, false);
	if (input.len < 0x206 || input.len > MEM_LEN)
		return 0;
	memcpy(memory, input.at, input.len);
	memcpy(memory + 0x1fe, "\x55\xaa", 2);
	memcpy(memory + 0x202, "HdrS", 4);
	boot.payload.image = (struct view){ memory, input.len };
	boot.payload.format = format_of(boot.payload.image, RANK_BZIMAGE);
	if (info_hold(&info, mem.start, MEM_LEN) || info_check(&info))
		return 0;
	plan_init(&plan, &info);
	if (boot.payload.format->plan(&boot, &plan))
		return 0;
	check_plan(&plan);
	mem = (struct mem){ memory, plan.arena.start, MEM_LEN };
	boot.payload.image.at = input.at;
	if (range_len(plan.arena) <= MEM_LEN)
		must_be_told(boot_tell(&boot, &plan, &at));
	return 0;
}
