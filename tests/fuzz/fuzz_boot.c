// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole boots from Multiboot1: any map, any places, any first module.
 */
#include "doors.h"
#include "mb1.h"
#include "open.h"
#include "oracle.h"

#define MEM_LEN 0x180000
#define INFO_AT 0x1000
#define MAP_AT	0x1100
#define LIST_AT 0x1300

static struct boot_info info;
static struct boot boot;
static struct plan plan;
static u8 memory[MEM_LEN];

static void load(struct view input)
{
	struct mb1_mmap map[6] = { { 20, 0, MEM_LEN, REGION_RAM } };
	struct mb1_module list[4] = { { MIB, MIB, 0, 0 } };
	struct mb1_info mb1 = { .flags = 0x48, .mmap_length = sizeof(map) };

	for (u32 i = 1; i < 6; i++)
		map[i] = (struct mb1_mmap){ 20, take_address(&input), MIB, i };
	for (u32 i = 1; i < 4; i++) {
		list[i].mod_start = (u32)take(&input, 3);
		list[i].mod_end = list[i].mod_start + (u32)take(&input, 2);
	}
	input.len = min_u64(input.len, MEM_LEN - MIB);
	list[0].mod_end += (u32)input.len;
	mb1.mmap_addr = MAP_AT;
	mb1.mods_addr = LIST_AT;
	mb1.mods_count = 4;
	memset(memory, 0, sizeof(memory));
	memcpy(memory + INFO_AT, &mb1, sizeof(mb1));
	memcpy(memory + MAP_AT, map, sizeof(map));
	memcpy(memory + LIST_AT, list, sizeof(list));
	memcpy(memory + MIB, input.at, input.len);
	memcpy(memory + 0xf0000, "RSD PTR \xe1", 9); /* or a search is slow */
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	const struct door *mb1 = &mb1_door;
	const struct mem mem = { .host = memory, .len = MEM_LEN };

	load((struct view){ bytes, len });
	info_init(&info, "fuzz");
	boot_init(&boot, &mem, &info);
	mb1->read(&mem, MB1_LOADER_MAGIC, INFO_AT, &info);
	info_hold(&info, 0x20000, 0x20000);
	if (info_check(&info) || boot_open(&boot, &plan))
		return 0;
	if (plan_is_sound(&boot, &plan) && plan.arena.end <= MEM_LEN)
		must_be_told(&boot, &plan);
	return 0;
}
