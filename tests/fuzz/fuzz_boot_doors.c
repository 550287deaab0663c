// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole boots by each door: the same machine, with any map, any places and any
 * first module, told by four protocols. Each of them must lead to the same
 * regions and modules, and to a plan that is sound, or to a refusal.
 */
#include "bootparam.h"
#include "doors.h"
#include "mb1.h"
#include "mb2.h"
#include "open.h"
#include "oracle.h"
#include "start_info.h"

#define MEM_LEN	   0x180000
#define INFO_AT	   0x1000
#define TABLE_AT   0x2000
#define LIST_AT	   0x3000
#define NR_REGIONS 6
#define NR_MODULES 3

struct machine {
	struct xen_e820_entry regions[NR_REGIONS];
	struct range modules[NR_MODULES];
};

static struct boot_info info, first;
static struct boot boot;
static struct plan plan;
static u8 memory[MEM_LEN];
static const struct mem mem = { .host = memory, .len = MEM_LEN };

static void put_at(phys at, const void *bytes, u64 len)
{
	memcpy(memory + at, bytes, len);
}

static u32 tell_mb1(const struct machine *machine)
{
	struct mb1_mmap map[NR_REGIONS];
	struct mb1_module list[NR_MODULES] = { 0 };
	struct mb1_info told = { .flags = 0x48,
				 .mmap_length = sizeof(map),
				 .mmap_addr = TABLE_AT,
				 .mods_count = NR_MODULES,
				 .mods_addr = LIST_AT };

	for (u32 i = 0; i < NR_REGIONS; i++)
		map[i] = (struct mb1_mmap){ 20, machine->regions[i].addr,
					    machine->regions[i].size,
					    machine->regions[i].type };
	for (u32 i = 0; i < NR_MODULES; i++) {
		list[i].mod_start = (u32)machine->modules[i].start;
		list[i].mod_end = (u32)machine->modules[i].end;
	}
	put_at(INFO_AT, &told, sizeof(told));
	put_at(TABLE_AT, map, sizeof(map));
	put_at(LIST_AT, list, sizeof(list));
	return MB1_LOADER_MAGIC;
}

static u32 tell_mb2(const struct machine *machine)
{
	u32 total = 8 + 16 + NR_REGIONS * 24 + NR_MODULES * 24 + 8;
	u32 head[] = { total, 0, MB2_TAG_MMAP, 16 + NR_REGIONS * 24, 24, 0 };
	u32 end[] = { MB2_TAG_END, 8 };
	phys at = INFO_AT;

	put_at(at, head, sizeof(head));
	at += sizeof(head);
	for (u32 i = 0; i < NR_REGIONS; i++, at += 24) {
		memset(memory + at, 0, 24);
		put_at(at, &machine->regions[i], 20);
	}
	for (u32 i = 0; i < NR_MODULES; i++, at += 24) {
		u32 tag[6] = { MB2_TAG_MODULE, 17,
			       (u32)machine->modules[i].start,
			       (u32)machine->modules[i].end };

		put_at(at, tag, sizeof(tag));
	}
	put_at(at, end, sizeof(end));
	return MB2_LOADER_MAGIC;
}

static u32 tell_pvh(const struct machine *machine)
{
	struct pvh_start_info told = { .magic = PVH_START_MAGIC,
				       .version = 1,
				       .nr_modules = NR_MODULES,
				       .modlist_paddr = LIST_AT,
				       .memmap_paddr = TABLE_AT,
				       .memmap_entries = NR_REGIONS };

	put_at(INFO_AT, &told, sizeof(told));
	for (u32 i = 0; i < NR_REGIONS; i++) {
		struct pvh_memmap_entry entry = { machine->regions[i].addr,
						  machine->regions[i].size,
						  machine->regions[i].type, 0 };

		put_at(TABLE_AT + i * sizeof(entry), &entry, sizeof(entry));
	}
	for (u32 i = 0; i < NR_MODULES; i++) {
		struct pvh_modlist_entry entry = {
			.paddr = machine->modules[i].start,
			.size = range_len(machine->modules[i])
		};

		put_at(LIST_AT + i * sizeof(entry), &entry, sizeof(entry));
	}
	return 0;
}

/* Of the modules it has the first. */
static u32 tell_linux(const struct machine *machine)
{
	static struct linux_boot_params told;

	memset(&told, 0, sizeof(told));
	told.hdr.boot_flag = 0xaa55;
	memcpy(&told.hdr.header, "HdrS", 4);
	told.hdr.version = 0x20f;
	told.hdr.type_of_loader = 0xff;
	told.hdr.ramdisk_image = (u32)machine->modules[0].start;
	told.hdr.ramdisk_size = (u32)range_len(machine->modules[0]);
	told.e820_entries = NR_REGIONS;
	memcpy(told.e820_table, machine->regions, sizeof(machine->regions));
	put_at(INFO_AT, &told, sizeof(told));
	return 0;
}

static void load(struct view input, struct machine *machine)
{
	machine->regions[0] = (struct xen_e820_entry){ 0, MEM_LEN, REGION_RAM };
	for (u32 i = 1; i < NR_REGIONS; i++)
		machine->regions[i] =
			(struct xen_e820_entry){ take_address(&input), MIB, i };
	for (u32 i = 1; i < NR_MODULES; i++) {
		machine->modules[i].start = take(&input, 3) % MEM_LEN;
		machine->modules[i].end =
			machine->modules[i].start + 1 + (u32)take(&input, 2);
	}
	input.len = min_u64(input.len, MEM_LEN - MIB);
	machine->modules[0] = (struct range){ MIB, MIB + input.len };
	memset(memory, 0, sizeof(memory));
	memcpy(memory + MIB, input.at, input.len);
	memcpy(memory + 0xf0000, "RSD PTR \xe1", 9); /* or a search is slow */
}

static void check_same(bool is_linux)
{
	assert(!info.bad == !first.bad || is_linux);
	if (info.bad || first.bad)
		return;
	assert(info.nr_regions == first.nr_regions);
	for (u32 i = 0; i < info.nr_regions; i++) /* not what pads them */
		assert(info.regions[i].range.start ==
			       first.regions[i].range.start &&
		       info.regions[i].range.end ==
			       first.regions[i].range.end &&
		       info.regions[i].type == first.regions[i].type);
	assert(is_linux || info.nr_modules == first.nr_modules);
	for (u32 i = 0; i < info.nr_modules; i++)
		assert(info.modules[i].range.start ==
			       first.modules[i].range.start &&
		       info.modules[i].range.end == first.modules[i].range.end);
}

static void boot_by(const struct door *door, u32 magic)
{
	info_init(&info, door->name);
	boot_init(&boot, &mem, &info);
	door->read(&mem, magic, INFO_AT, &info);
	if (door == &mb1_door)
		first = info;
	check_same(door == &linux_door);
	info_hold(&info, 0x20000, 0x20000);
	if (info_check(&info) || boot_open(&boot, &plan))
		return;
	if (plan_is_sound(&boot, &plan) && plan.arena.end <= MEM_LEN)
		must_be_told(&boot, &plan);
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	static const struct {
		const struct door *door;
		u32 (*tell)(const struct machine *machine);
	} ways[] = { { &mb1_door, tell_mb1 },
		     { &mb2_door, tell_mb2 },
		     { &pvh_door, tell_pvh },
		     { &linux_door, tell_linux } };
	static struct machine machine;

	for (u32 i = 0; i < ARRAY_LEN(ways); i++) {
		load((struct view){ bytes, len }, &machine);
		boot_by(ways[i].door, ways[i].tell(&machine));
	}
	return 0;
}
