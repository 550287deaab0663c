// SPDX-License-Identifier: BSD-2-Clause
/*
 * The PVH door: started by Xen, QEMU, Cloud Hypervisor, Firecracker and the
 * like (Xen docs/misc/pvh.pandoc, public/arch-x86/hvm/start_info.h).
 */
#include "start_info.h"

#include "acpi.h"
#include "door.h"
#include "reason.h"

#define MAX_XEN_ENTRIES 128

/* A dom0, and before Xen 4.11 every domain, gets its map by this call only. Xen
 * cuts a map that does not fit, without a word. */
static void ask_xen(struct boot_info *info)
{
	static struct xen_e820_entry entries[MAX_XEN_ENTRIES];
	u32 nr = info->ask_xen ? info->ask_xen(entries, MAX_XEN_ENTRIES) : 0;

	if (!nr)
		info_refuse(info, "start_info has no memory map");
	if (nr >= MAX_XEN_ENTRIES)
		info_refuse(info, "the map that Xen gives is too long");
	for (u32 i = 0; i < nr && !info->bad; i++)
		info_add_region(info, entries[i].addr, entries[i].size,
				entries[i].type);
}

static void read_map(const struct mem *mem, const struct pvh_start_info *start,
		     struct boot_info *info)
{
	u64 len = start->memmap_entries * sizeof(struct pvh_memmap_entry);
	struct pvh_memmap_entry entry;
	struct view map = VIEW("");

	if (!start->memmap_paddr || !start->memmap_entries) {
		ask_xen(info);
		return;
	}
	if (!mem_view(mem, start->memmap_paddr, len, &map))
		info_refuse(info, "the memory map cannot be reached");
	for (u64 at = 0;
	     view_read(map, at, &entry, sizeof(entry)) && !info->bad;
	     at += sizeof(entry))
		info_add_region(info, entry.addr, entry.size, entry.type);
	door_view(mem, info, start->memmap_paddr, len, "the memory map");
}

/* qboot never sets the address of a module's string: it is what was on the
 * stack, in QEMU 10.0 0x202000f18f5. What is not in memory is no string. */
static struct view read_string(const struct mem *mem, phys at,
			       struct boot_info *info)
{
	struct range first = { at, at + 1 };

	if (first.end < first.start || !info_readable(info, first))
		return VIEW("");
	return door_string(mem, info, at, "a module's string");
}

/* Xen gives an empty module on as one; it need not lie anywhere. */
static void read_module(const struct mem *mem,
			const struct pvh_modlist_entry *module,
			struct boot_info *info)
{
	struct range range;

	if (!range_of(module->paddr, module->size, &range))
		info_refuse(info, "a module passes the end of memory");
	else
		info_add_module(info, range.start, range.end,
				read_string(mem, module->cmdline_paddr, info));
}

static void read_modules(const struct mem *mem,
			 const struct pvh_start_info *start,
			 struct boot_info *info)
{
	u64 len = start->nr_modules * sizeof(struct pvh_modlist_entry);
	struct pvh_modlist_entry module;
	struct view list;

	if (!start->nr_modules)
		return;
	list = door_view(mem, info, start->modlist_paddr, len,
			 "the module list");
	for (u64 at = 0;
	     view_read(list, at, &module, sizeof(module)) && !info->bad;
	     at += sizeof(module))
		read_module(mem, &module, info);
}

/* Read as much of start_info as its version has; returns its length. */
static u64 read_start(const struct mem *mem, phys at,
		      struct pvh_start_info *start, struct boot_info *info)
{
	memset(start, 0, sizeof(*start));
	if (!mem_read(mem, at, start, PVH_START_SIZE_V0))
		info_refuse(info, "start_info cannot be reached");
	else if (start->magic != PVH_START_MAGIC)
		info_refuse(info,
			    reason_format(
				    "start_info has a wrong magic number: 0x%x",
				    start->magic));
	else if (start->version && !mem_read(mem, at, start, sizeof(*start)))
		info_refuse(info,
			    "start_info is shorter than its version says");
	return start->version ? sizeof(*start) : PVH_START_SIZE_V0;
}

static void pvh_read(const struct mem *mem, u32 magic, phys at,
		     struct boot_info *info)
{
	struct pvh_start_info start;
	u64 len = read_start(mem, at, &start, info);

	(void)magic; /* EAX is undefined: qboot leaves Multiboot's number */
	if (info->bad)
		return;
	info->pvh_flags = start.flags;
	read_map(mem, &start, info);
	door_view(mem, info, at, len, "start_info");
	info_set_cmdline(info, door_string(mem, info, start.cmdline_paddr,
					   "the command line"));
	read_modules(mem, &start, info);
	/* Firecracker leaves it out and the tables at 0xE0000. */
	info->rsdp = acpi_check(mem, info, start.rsdp_paddr);
}

DOOR(pvh_door)
= {
	.name = "pvh",
	.first = PVH_START_MAGIC,
	.read = pvh_read,
};
