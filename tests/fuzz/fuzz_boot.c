// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole boots from Multiboot1: the map and the modules' places are any, and so
 * is what is in the first module.
 */
#include "door.h"
#include "mb1.h"
#include "oracle.h"

#define MEM_LEN 0x400000
#define INFO_AT 0x1000

static struct boot_info info;
static struct boot boot;
static struct plan plan;
static u8 memory[MEM_LEN];

static void write_info(struct view *input)
{
	struct mb1_info mb1 = { .flags = MB1_INFO_CMDLINE | MB1_INFO_MODS |
					 MB1_INFO_MEM_MAP };
	struct mb1_mmap map[6] = { { 20, 0, MEM_LEN, 1 } };
	struct mb1_module modules[4] = { { 0x200000, 0, INFO_AT + 900, 0 } };

	mb1.mods_count = 1 + take(input, 1) % 4;
	mb1.mods_addr = INFO_AT + 1000;
	mb1.cmdline = INFO_AT + 900;
	mb1.mmap_addr = INFO_AT + 500;
	mb1.mmap_length = (u32)(1 + take(input, 1) % 6) * 24;
	for (u32 i = 1; i < mb1.mmap_length / 24; i++) {
		map[i].size = 20;
		map[i].base_addr = take(input, 5) << 4;
		map[i].length = take(input, 4);
		map[i].type = (u32)take(input, 1);
	}
	for (u32 i = 1; i < 4; i++) {
		modules[i].mod_start = (u32)take(input, 3);
		modules[i].mod_end = modules[i].mod_start;
		modules[i].mod_end += (u32)take(input, 3) / 8;
	}
	input->len = min_u64(input->len, MEM_LEN / 4);
	modules[0].mod_end = modules[0].mod_start + (u32)input->len;
	memset(memory, 0, sizeof(memory));
	memcpy(memory + INFO_AT, &mb1, sizeof(mb1));
	memcpy(memory + mb1.mmap_addr, map, sizeof(map));
	memcpy(memory + mb1.cmdline, "a \"b c\" gangway.log=debug", 26);
	memcpy(memory + mb1.mods_addr, modules, sizeof(modules));
	memcpy(memory + modules[0].mod_start, input->at, input->len);
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view input = { bytes, len }, word;
	const struct mem mem = { memory, 0, MEM_LEN };
	phys at;

	write_info(&input);
	info_init(&info, "fuzz");
	boot_init(&boot, &mem, &info);
	if (info_hold(&info, MIB, 256 * KIB) ||
	    door_of(DOOR_MULTIBOOT1)
		    ->read(&mem, MB1_LOADER_MAGIC, INFO_AT, &info) ||
	    info_check(&info) || boot_open(&boot, &plan) ||
	    boot_options(&boot, &word))
		return 0;
	plan_init(&plan, &info);
	if (boot.payload.format->plan(&boot, &plan))
		return 0;
	check_plan(&plan);
	if (plan.arena.end <= MEM_LEN)
		must_be_told(boot_tell(&boot, &plan, &at));
	return 0;
}
