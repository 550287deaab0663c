// SPDX-License-Identifier: BSD-2-Clause
/*
 * Filling and asking the normalised boot information. The memory map is kept
 * sorted and free of overlaps while it grows, whatever order it comes in.
 */
#include "boot_info.h"

#include "efi_map.h"

#include "acpi.h"

static const char too_many_regions[] =
	"the memory map has more than " DIGITS_OF(MAX_REGIONS) " regions";
static const char too_many_modules[] =
	"there are more than " DIGITS_OF(MAX_MODULES) " modules";
static const char too_many_places[] =
	"the loader's tables and modules lie in more than " DIGITS_OF(
		MAX_HOLDS) " places";

/* How much a type forbids: of two claims on one byte the stricter holds. */
static u32 strictness(u32 type)
{
	static const u32 order[] = {
		REGION_RAM,	 REGION_SOFT_RESERVED, REGION_PRAM,
		REGION_PMEM,	 REGION_ACPI,	       REGION_NVS,
		REGION_RESERVED, REGION_UNUSABLE,
	};

	for (u32 i = 0; i < ARRAY_LEN(order); i++)
		if (order[i] == type)
			return i + 1;
	return 0;
}

void info_init(struct boot_info *info, const char *door)
{
	static const struct view empty = { (const u8 *)"", 0 };

	memset(info, 0, sizeof(*info));
	info->door = door;
	info->loader = info->name = info->cmdline = empty;
	info->rsdp_copy = info->smbios = info->devicetree = empty;
	info->tags = info->efi.memory_map = info->palette = empty;
	info->bios.vbe_control = info->bios.vbe_mode_info = empty;
	info->bios.apm = info->bios.drives = empty;
}

void info_refuse(struct boot_info *info, why reason)
{
	if (reason && !info->bad)
		info->bad = reason_keep(reason, info->bad_text);
}

static void insert(struct boot_info *info, u32 at, struct region region)
{
	struct region *here = &info->regions[at];

	if (range_empty(region.range))
		return;
	if (info->nr_regions == MAX_REGIONS) {
		info_refuse(info, too_many_regions);
		return;
	}
	if (at < info->nr_regions)
		memmove(here + 1, here,
			(info->nr_regions - at) * sizeof(*here));
	*here = region;
	info->nr_regions++;
}

/* Give the middle of a region another type; its ends stay as they were. */
static void retype(struct boot_info *info, u32 at, struct range middle,
		   u32 type)
{
	struct region whole = info->regions[at];
	struct region tail = { { middle.end, whole.range.end }, whole.type };
	struct region head = { { whole.range.start, middle.start },
			       whole.type };

	info->regions[at] = (struct region){ middle, type };
	insert(info, at + 1, tail);
	insert(info, at, head);
}

/* The first region that ends behind an address; nr_regions if none does. Most
 * maps come in order: then it is none. */
static u32 region_behind(const struct boot_info *info, phys at)
{
	u32 low = 0, high = info->nr_regions;

	if (high && info->regions[high - 1].range.end <= at)
		return high;
	while (low < high) {
		u32 middle = (low + high) / 2;

		if (info->regions[middle].range.end > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void info_join_regions(struct boot_info *info)
{
	u32 nr = 0;

	for (u32 i = 0; i < info->nr_regions; i++) {
		struct region next = info->regions[i];
		struct region *last = &info->regions[nr - !!nr];

		if (nr && last->type == next.type &&
		    last->range.end == next.range.start)
			last->range.end = next.range.end;
		else
			info->regions[nr++] = next;
	}
	info->nr_regions = nr;
}

void info_add_region(struct boot_info *info, phys start, u64 len, u32 type)
{
	phys end =
		start + len < start ? PHYS_END : min_u64(start + len, PHYS_END);

	if (len && !info->bad && !strictness(type)) {
		info->unknown_types++;
		type = REGION_RESERVED;
	}
	while (start < end && !info->bad) {
		struct region *known;
		phys stop = end;
		u32 i;

		/* Each step adds two at most. */
		if (info->nr_regions > MAX_REGIONS - 2)
			info_join_regions(info);
		i = region_behind(info, start);
		known = &info->regions[i];

		if (i < info->nr_regions && known->range.start <= start) {
			stop = min_u64(end, known->range.end);
			if (strictness(type) > strictness(known->type))
				retype(info, i, (struct range){ start, stop },
				       type);
		} else {
			if (i < info->nr_regions)
				stop = min_u64(end, known->range.start);
			insert(info, i,
			       (struct region){ { start, stop }, type });
		}
		start = stop;
	}
}

void info_add_basic_memory(struct boot_info *info, u32 lower, u32 upper)
{
	info_add_region(info, 0, lower * KIB, REGION_RAM);
	info_add_region(info, MIB, upper * KIB, REGION_RAM);
}

void info_add_bios_memory(struct boot_info *info)
{
	phys at = info->nr_regions ? info->regions[0].range.end : MIB, end;

	for (u32 i = 0; i < info->nr_regions; i++)
		if (info->regions[i].type != REGION_RAM)
			return;
	for (; at < MIB && !info->bad; at = end) {
		if (info_type_at(info, at, &end))
			continue;
		end = min_u64(end, MIB);
		info_add_region(info, at, end - at, REGION_RESERVED);
		info->had_ram_only = true;
	}
}

static void hold(struct boot_info *info, struct range range, enum until until)
{
	range.end = min_u64(range.end, PHYS_END);
	if (!info->bad && !holds_add(&info->holds, range, until))
		info_refuse(info, too_many_places);
}

void info_add_module(struct boot_info *info, phys start, phys end,
		     struct view string)
{
	struct module *module = &info->modules[info->nr_modules];

	if (end < start)
		info_refuse(
			info,
			reason_format("a module ends before it starts: number "
				      "%u, 0x%lx-0x%lx",
				      info->nr_modules, start, end));
	if (info->nr_modules == MAX_MODULES)
		info_refuse(info, too_many_modules);
	hold(info, (struct range){ start, end }, UNTIL_PLACE);
	if (info->bad)
		return;
	module->range = (struct range){ start, end };
	module->string = string;
	module->lacks_name = false;
	cmdline_split(string, info->names.modules, &module->name,
		      &module->line);
	info->nr_modules++;
}

void info_set_loader(struct boot_info *info, struct view loader)
{
	info->loader = loader;
	info->is_multiboot = true;
	info->names = cmdline_naming(loader);
}

void info_set_cmdline(struct boot_info *info, struct view string)
{
	cmdline_split(string, info->names.line, &info->name, &info->cmdline);
}

void info_keep(struct boot_info *info, phys start, u64 len)
{
	struct range range = { start, ~0ull };

	if (len < range_len(range))
		range.end = start + len;
	hold(info, range, UNTIL_FOREVER);
}

void info_hold(struct boot_info *info, phys start, u64 len)
{
	struct range range;

	if (range_of(start, len, &range))
		hold(info, range, UNTIL_TELL);
	else
		info_refuse(info,
			    "a table of the loader's passes the end of memory");
}

bool info_is_of(const struct boot_info *info, struct range range, u32 types)
{
	phys at = range.start;

	for (u32 i = region_behind(info, at); at < range.end; i++) {
		const struct region *region = &info->regions[i];

		if (i == info->nr_regions || region->range.start > at ||
		    !(types & region_bit(region->type)))
			return false;
		at = region->range.end;
	}
	return true;
}

bool info_covers(const struct boot_info *info, struct range range)
{
	return info_is_of(info, range, ~0u);
}

u32 info_type_at(const struct boot_info *info, phys at, phys *end)
{
	u32 i = region_behind(info, at);
	const struct region *region = &info->regions[i];

	*end = ~0ull;
	if (i == info->nr_regions)
		return 0;
	*end = region->range.start;
	if (region->range.start > at)
		return 0;
	*end = region->range.end;
	return region->type;
}

bool info_is_ram(const struct boot_info *info, struct range range)
{
	return info_is_of(info, range, region_bit(REGION_RAM));
}

bool info_may_be_device(const struct boot_info *info, phys at, u64 len)
{
	struct range range;

	if (!range_of(at, len, &range))
		return false;
	for (u32 i = 0; i < info->nr_regions; i++)
		if (info->regions[i].type == REGION_RAM &&
		    range_overlaps(info->regions[i].range, range))
			return false;
	return true;
}

bool info_readable(const struct boot_info *info, struct range range)
{
	phys low = max_u64(range.start, min_u64(range.end, MIB));

	return info_covers(info, (struct range){ low, range.end });
}

/* Some loaders call the memory of ACPI's tables RAM, others leave it out of
 * the map. */
static void protect_rsdp(struct boot_info *info)
{
	struct range pages = { align_down(info->rsdp, PAGE_SIZE),
			       align_up(info->rsdp + sizeof(struct acpi_rsdp),
					PAGE_SIZE) };
	u32 i = region_behind(info, info->rsdp);

	if (info->rsdp && i < info->nr_regions &&
	    info->regions[i].type == REGION_RAM &&
	    info->regions[i].range.start <= info->rsdp)
		info_add_region(info, pages.start, range_len(pages),
				REGION_ACPI);
}

static why no_memory(const struct boot_info *info, u32 i)
{
	struct range range = info->modules[i].range;

	return reason_format(
		"module %u lies at 0x%lx-0x%lx, outside the memory "
		"map, whose RAM ends at 0x%lx: give the machine "
		"more memory",
		i, range.start, range.end, info_ram_end(info));
}

why info_check(struct boot_info *info)
{
	if (!info_ram(info))
		info_refuse(info, "the memory map has no RAM");
	for (u32 i = 0; i < info->nr_modules && !info->bad; i++)
		if (!info_covers(info, info->modules[i].range))
			info_refuse(info, no_memory(info, i));
	protect_rsdp(info);
	efi_map_find_calm(info);
	return info->bad;
}

const char *region_name(u32 type)
{
	static const char names[][12] = {
		[REGION_RAM] = "RAM",		[REGION_RESERVED] = "reserved",
		[REGION_ACPI] = "ACPI",		[REGION_NVS] = "ACPI NVS",
		[REGION_UNUSABLE] = "unusable", [REGION_PMEM] = "persistent",
		[REGION_PRAM] = "pram",
	};

	return type < ARRAY_LEN(names) ? names[type] : "soft reserved";
}

u64 info_ram(const struct boot_info *info)
{
	u64 sum = 0;

	for (u32 i = 0; i < info->nr_regions; i++)
		if (info->regions[i].type == REGION_RAM)
			sum += range_len(info->regions[i].range);
	return sum;
}

phys info_ram_end(const struct boot_info *info)
{
	for (u32 i = info->nr_regions; i; i--)
		if (info->regions[i - 1].type == REGION_RAM)
			return info->regions[i - 1].range.end;
	return 0;
}
