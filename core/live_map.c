// SPDX-License-Identifier: BSD-2-Clause
/*
 * The firmware's map for a planner that must allocate what it uses.
 */
#include "live_map.h"

#include "efi_map.h"

static struct range pages_of(struct range range)
{
	return (struct range){ align_down(range.start, PAGE_SIZE),
			       align_up(range.end, PAGE_SIZE) };
}

static struct range common(struct range a, struct range b)
{
	struct range both = { max_u64(a.start, b.start),
			      min_u64(a.end, b.end) };

	return range_empty(both) ? (struct range){ 0, 0 } : both;
}

static bool is_free(const struct efi_descriptor *descriptor)
{
	return descriptor->type == EFI_MAP_CONVENTIONAL &&
	       !(descriptor->attribute & EFI_MAP_SPECIAL);
}

/* The first piece of a range that lies in pages of a module; empty if none. */
static struct range next_module(const struct boot_info *info,
				struct range range)
{
	struct range first = { 0, 0 };

	for (u32 i = 0; i < info->nr_modules; i++) {
		struct range own =
			common(range, pages_of(info->modules[i].range));

		if (!range_empty(info->modules[i].range) && !range_empty(own) &&
		    (range_empty(first) || own.start < first.start))
			first = own;
	}
	return first;
}

/* What becomes of memory that belongs to others: ACPI's stays ACPI's, which
 * the user may have overwritten. */
static u32 type_of(const struct efi_descriptor *descriptor)
{
	if (descriptor->type == EFI_MAP_ACPI_RECLAIM)
		return REGION_ACPI;
	if (descriptor->type == EFI_MAP_ACPI_NVS)
		return REGION_NVS;
	return REGION_RESERVED;
}

/* Add it, except the modules that they gave us. */
static void add_taken(struct boot_info *info, struct region taken)
{
	struct range range = taken.range;

	while (!range_empty(range)) {
		struct range own = next_module(info, range);
		phys end = range_empty(own) ? range.end : own.start;

		info_add_region(info, range.start, end - range.start,
				taken.type);
		info_add_region(info, own.start, range_len(own), REGION_RAM);
		range.start = max_u64(end, own.end);
	}
}

/* Neighbours of one kind become one region: firmware has hundreds. */
why live_map_read(struct boot_info *info)
{
	struct view left = info->efi.memory_map;
	const struct efi_descriptor *descriptor;
	struct region run = { { 0, 0 }, REGION_RESERVED };

	info->nr_regions = 0;
	while ((descriptor = efi_map_next(&left, info->efi.descriptor_size))) {
		struct range range = efi_map_range(descriptor);
		u32 type = type_of(descriptor);

		if (is_free(descriptor)) {
			info_add_region(info, range.start, range_len(range),
					REGION_RAM);
			continue;
		}
		if (range.start != run.range.end || type != run.type) {
			add_taken(info, run);
			run = (struct region){ range, type };
		}
		run.range.end = range.end;
	}
	add_taken(info, run);
	return info_check(info);
}

/* Add to a list whose ranges neither overlap nor touch. */
static u32 join(struct range *list, u32 nr, struct range new)
{
	for (u32 i = 0; i < nr;) {
		if (list[i].start > new.end || new.start > list[i].end) {
			i++;
			continue;
		}
		new.start = min_u64(new.start, list[i].start);
		new.end = max_u64(new.end, list[i].end);
		list[i] = list[--nr];
	}
	list[nr] = new;
	return nr + 1;
}

static why take_free(const struct efi_tables *efi, struct range pages,
		     bool is_code,
		     why (*take)(struct range pages, bool is_code))
{
	struct view left = efi->memory_map;
	const struct efi_descriptor *descriptor;
	why bad = NULL;

	while (!bad &&
	       (descriptor = efi_map_next(&left, efi->descriptor_size))) {
		struct range part = common(pages, efi_map_range(descriptor));

		if (is_free(descriptor) && !range_empty(part))
			bad = take(part, is_code);
	}
	return bad;
}

why live_map_take(const struct plan *plan,
		  why (*take)(struct range pages, bool is_code))
{
	static struct range list[MAX_HOLDS];
	const struct efi_tables *efi = &plan->info->efi;
	struct range code = pages_of(plan->window);
	why bad = NULL;
	u32 nr = 0;

	for (u32 i = 0; i < plan->holds.nr; i++)
		if (plan->holds.list[i].until == UNTIL_FOREVER)
			nr = join(list, nr,
				  pages_of(plan->holds.list[i].range));
	for (u32 i = 0; i < nr && !bad; i++) {
		struct range below = { 0, code.start },
			     above = { code.end, ~0ull };

		bad = take_free(efi, common(list[i], below), false, take);
		if (!bad)
			bad = take_free(efi, common(list[i], code), true, take);
		if (!bad)
			bad = take_free(efi, common(list[i], above), false,
					take);
	}
	return bad;
}
