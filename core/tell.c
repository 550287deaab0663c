// SPDX-License-Identifier: BSD-2-Clause
/*
 * Telling: the RSDP, memory and strings.
 */
#include "tell.h"

#include "print.h"

#define LOW_END MIB

phys tell_rsdp(struct boot_info *info, struct arena *arena)
{
	phys at = info->rsdp;
	u8 *host;

	if (at || !info->rsdp_copy.len || info->rsdp_copy.len > PAGE_SIZE)
		return at;
	host = arena_take(arena, PAGE_SIZE, PAGE_SIZE, &at);
	if (!host)
		return 0;
	memcpy(host, info->rsdp_copy.at, info->rsdp_copy.len);
	info_add_region(info, at, PAGE_SIZE, REGION_ACPI);
	return at;
}

u64 tell_memory_kib(const struct boot_info *info, phys from)
{
	phys end = from;

	for (u32 i = 0; i < info->nr_regions; i++) {
		struct region r = info->regions[i];

		if (r.type == REGION_RAM && r.range.start <= end &&
		    r.range.end > end)
			end = r.range.end;
	}
	return (end - from) / KIB;
}

static bool is_ram(const struct region *region)
{
	return region->type == REGION_RAM;
}

/* The region to tell before the others that are not chosen yet. */
static u32 next_region(const struct boot_info *info, const bool *chosen)
{
	const struct region *best = NULL;

	for (u32 i = 0; i < info->nr_regions; i++) {
		const struct region *r = &info->regions[i];

		if (chosen[i])
			continue;
		if (!best || (is_ram(r) && !is_ram(best)) ||
		    (is_ram(r) && best->range.start >= LOW_END &&
		     range_len(r->range) > range_len(best->range)))
			best = r;
	}
	return (u32)(best - info->regions);
}

u32 tell_regions(const struct boot_info *info, u32 max, const bool **chosen)
{
	static bool marks[MAX_REGIONS];
	u32 nr = info->nr_regions;

	memset(marks, nr <= max, nr * sizeof(marks[0]));
	*chosen = marks;
	if (nr <= max)
		return nr;
	for (nr = 0; nr < max; nr++)
		marks[next_region(info, marks)] = true;
	return nr;
}

struct text {
	char *at;
	u64 room, len;
};

static void append(struct text *text, struct view v)
{
	if (text->len < text->room)
		memcpy(text->at + text->len, v.at,
		       min_u64(v.len, text->room - text->len));
	text->len += v.len;
}

/* The file's name, or "kernel", or "moduleN": modules count from 1. */
static void append_name(struct text *text, u32 what, struct view name)
{
	char number[16];
	u64 len;

	if (name.len) {
		append(text, name);
	} else if (what == TELL_KERNEL) {
		append(text, VIEW("kernel"));
	} else {
		len = format_into(number, sizeof(number), "module%u", what + 1);
		append(text, (struct view){ (u8 *)number, len });
	}
}

u64 tell_string(const struct boot *boot, u32 what, bool is_named, char *out,
		u64 room)
{
	const struct payload *payload = &boot->payload;
	struct text text = { out, room, 0 };
	struct view name = payload->name, line;
	u64 len;

	if (what == TELL_LOADER) {
		append(&text, VIEW("gangway " GANGWAY_VERSION));
		return text.len;
	}
	if (what != TELL_KERNEL) {
		name = payload->modules[what].name;
		line = payload->modules[what].line;
	}
	len = what == TELL_KERNEL ? boot_cmdline(boot, NULL, 0) : line.len;
	if (is_named)
		append_name(&text, what, name);
	if (is_named && len)
		append(&text, VIEW(" "));
	if (what != TELL_KERNEL) {
		append(&text, line);
		return text.len;
	}
	len = min_u64(text.len, room);
	return text.len +
	       boot_cmdline(boot, out ? out + len : NULL, room - len);
}

phys tell_put_string(const struct boot *boot, u32 what, bool is_named,
		     struct arena *arena)
{
	u64 len = tell_string(boot, what, is_named, NULL, 0);
	phys at;
	char *host = arena_take(arena, len + 1, 1, &at);

	if (host)
		tell_string(boot, what, is_named, host, len);
	return at;
}

u64 tell_strings_len(const struct boot *boot, bool is_named)
{
	u64 len = 0;

	for (u32 i = 0; i < boot->payload.nr_modules; i++)
		len += 1 + tell_string(boot, i, is_named, NULL, 0);
	len += 1 + tell_string(boot, TELL_KERNEL, is_named, NULL, 0);
	return len + 1 + tell_string(boot, TELL_LOADER, is_named, NULL, 0);
}
