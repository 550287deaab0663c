// SPDX-License-Identifier: BSD-2-Clause
/*
 * The PVH door: started by Xen, QEMU, Cloud Hypervisor, Firecracker and the
 * like (Xen docs/misc/pvh.pandoc, public/arch-x86/hvm/start_info.h).
 */
#include "start_info.h"

#include "acpi.h"
#include "door.h"

static why read_map(const struct mem *mem, const struct pvh_start_info *start,
		    struct boot_info *info)
{
	u64 len = start->memmap_entries * sizeof(struct pvh_memmap_entry);
	struct pvh_memmap_entry entry;
	struct view map;
	why bad = NULL;

	if (!start->memmap_paddr || !start->memmap_entries)
		return "start_info has no memory map";
	if (!mem_view(mem, start->memmap_paddr, len, &map))
		return "the memory map cannot be reached";
	for (u64 at = 0; !bad && view_read(map, at, &entry, sizeof(entry));
	     at += sizeof(entry))
		bad = info_add_region(info, entry.addr, entry.size, entry.type);
	if (bad)
		return bad;
	if (!door_view(mem, info, start->memmap_paddr, len, &map))
		return "the memory map lies outside memory";
	return NULL;
}

/* Xen gives an empty module on as one; it need not lie anywhere. */
static why read_module(const struct mem *mem,
		       const struct pvh_modlist_entry *module,
		       struct boot_info *info)
{
	struct range range;
	struct view string;

	if (!module->size)
		return NULL;
	if (!range_of(module->paddr, module->size, &range))
		return "a module passes the end of memory";
	if (!door_string(mem, info, module->cmdline_paddr, &string))
		return "a module's string lies outside memory";
	return info_add_module(info, range.start, range.end, string, false);
}

static why read_modules(const struct mem *mem,
			const struct pvh_start_info *start,
			struct boot_info *info)
{
	u64 len = start->nr_modules * sizeof(struct pvh_modlist_entry);
	struct pvh_modlist_entry module;
	struct view list;
	why bad = NULL;

	if (!start->nr_modules)
		return NULL;
	if (start->nr_modules > MAX_MODULES)
		return "the module list is too long";
	if (!door_view(mem, info, start->modlist_paddr, len, &list))
		return "the module list lies outside memory";
	for (u64 at = 0; !bad && view_read(list, at, &module, sizeof(module));
	     at += sizeof(module))
		bad = read_module(mem, &module, info);
	return bad;
}

static why read_start(const struct mem *mem, phys at,
		      struct pvh_start_info *start, u64 *len)
{
	memset(start, 0, sizeof(*start));
	*len = PVH_START_SIZE_V0;
	if (!mem_read(mem, at, start, *len))
		return "start_info cannot be reached";
	if (start->magic != PVH_START_MAGIC)
		return "start_info has a wrong magic number";
	if (!start->version)
		return NULL;
	*len = sizeof(*start);
	if (!mem_read(mem, at, start, *len))
		return "start_info is shorter than its version says";
	return NULL;
}

static why pvh_read(const struct mem *mem, u32 magic, phys at,
		    struct boot_info *info)
{
	struct pvh_start_info start;
	struct view bytes, line;
	u64 len;
	why bad = read_start(mem, at, &start, &len);

	(void)magic; /* EAX is undefined: qboot leaves Multiboot's number */
	if (!bad)
		bad = read_map(mem, &start, info);
	if (!bad && !door_view(mem, info, at, len, &bytes))
		bad = "start_info lies outside memory";
	if (!bad && !door_string(mem, info, start.cmdline_paddr, &line))
		bad = "the command line lies outside memory";
	if (bad)
		return bad;
	info_set_cmdline(info, line, false);
	bad = read_modules(mem, &start, info);
	if (bad)
		return bad;
	/* Firecracker leaves it out and the tables at 0xE0000. */
	info->rsdp =
		start.rsdp_paddr ? start.rsdp_paddr : acpi_search(mem, info);
	return NULL;
}

static const struct door pvh_door = {
	.name = "pvh",
	.number = DOOR_PVH,
	.read = pvh_read,
};
DOOR(pvh_door);
