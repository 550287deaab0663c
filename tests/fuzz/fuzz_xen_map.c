// SPDX-License-Identifier: BSD-2-Clause
/*
 * PVH's door where there is no memory map, and Xen answers anything: fewer
 * entries than it says, more than there is room for, any of them.
 */
#include "fuzz_door.h"
#include "start_info.h"

static struct view answer;

static u32 ask(struct xen_e820_entry *entries, u32 max)
{
	u32 nr = answer.len ? answer.at[0] : 0;
	u64 len = answer.len ? answer.len - 1 : 0;

	if (len > max * sizeof(*entries))
		len = max * sizeof(*entries);
	memcpy(entries, answer.at + 1, len);
	return nr;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct boot_info info;
	static u8 memory[FUZZ_LEN];
	struct mem mem = { .host = memory,
			   .start = FUZZ_START,
			   .len = FUZZ_LEN };
	struct pvh_start_info start = { .magic = PVH_START_MAGIC };

	answer = (struct view){ data, size };
	if (!size)
		return 0;
	memcpy(memory, &start, sizeof(start));
	info_init(&info, "fuzz");
	info.ask_xen = ask;
	pvh_door.read(&mem, 0, FUZZ_START, &info);
	check_map(&info);
	assert(info_check(&info) || info.nr_regions);
	return 0;
}
