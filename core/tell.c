// SPDX-License-Identifier: BSD-2-Clause
/*
 * Telling: the RSDP, memory and strings.
 */
#include "tell.h"

#include "cmdline.h"
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

u32 tell_lower_kib(const struct boot_info *info)
{
	return (u32)min_u64(tell_memory_kib(info, 0), 640);
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

/* How early regions are told: RAM below 1 MiB first, then the longest, then
 * all else. */
static u32 weights[MAX_REGIONS]; /* pages of RAM */

/* Choose low RAM, and weigh the rest; returns all bits that any weight has. */
static u32 weigh(const struct boot_info *info, bool *chosen, u32 *left)
{
	const struct region *r = info->regions;
	u32 bits = 0;

	for (u32 i = 0; i < info->nr_regions; i++, r++) {
		weights[i] = 0;
		if (!is_ram(r))
			continue;
		if (r->range.start < LOW_END && *left) {
			chosen[i] = true;
			--*left;
			continue;
		}
		weights[i] =
			(u32)min_u64(range_len(r->range) / PAGE_SIZE + 1, ~0u);
		bits |= weights[i];
	}
	return bits;
}

/* The weight of the last region to be told of those not chosen yet, and at
 * *left how many of that weight are. Digit by digit, as a radix sort goes:
 * comparing each with each would not do for a thousand. */
static u32 least_weight(u32 nr, u32 bits, u32 *left)
{
	u32 least = 0, known = 0; /* its digits so far, and their bits */

	if (!*left)
		return ~0u;
	for (u32 shift = bits >> 16 ? 32 : 16; shift;) {
		u16 counts[256] = { 0 };
		u32 digit = 255;

		shift -= 8;
		for (const u32 *w = weights, *end = w + nr; w < end; w++)
			if ((*w & known) == least)
				counts[*w >> shift & 255]++;
		while (counts[digit] < *left)
			*left -= counts[digit--];
		least |= digit << shift;
		known |= 255u << shift;
	}
	return least;
}

u32 tell_regions(struct boot_info *info, u32 max, bool chosen[MAX_REGIONS])
{
	u32 nr, left = max, least;

	if (info->nr_regions > max)
		info_join_regions(info);
	nr = info->nr_regions;
	memset(chosen, nr <= max, nr * sizeof(chosen[0]));
	if (nr <= max)
		return nr;
	least = least_weight(nr, weigh(info, chosen, &left), &left);
	for (u32 i = 0; i < nr; i++)
		if (!chosen[i] && weights[i] >= least &&
		    (weights[i] > least || left)) {
			chosen[i] = true;
			left -= weights[i] == least;
		}
	return max;
}

/* Has a gangway in front put its name there already? */
static bool names_gangway(struct view loader)
{
	struct view ours = VIEW("gangway ");

	for (u64 i = 0; i + ours.len <= loader.len; i++)
		if (view_starts(view_from(loader, i), ours) &&
		    (!i || loader.at[i - 1] == ' '))
			return true;
	return false;
}

/* Kernels know loaders by how their name begins, and what it means for the
 * strings: gangway's stands behind the one in front of it, once. */
static void put_loader(const struct boot_info *info, struct line *line)
{
	if (info->is_multiboot)
		line_add(line, info->loader);
	if (!info->is_multiboot || !names_gangway(info->loader))
		line_add(line, VIEW("gangway " GANGWAY_VERSION));
}

/* Modules count from 1. */
static void put_module(const struct boot *boot, u32 i, bool has_name,
		       struct line *line)
{
	const struct module *module = &boot->payload.modules[i];
	struct view name = module->name;
	char number[16];

	if (has_name && boot->info->is_multiboot && !module->lacks_name) {
		line_add(line, module->string);
		return;
	}
	if (!name.len)
		name = (struct view){ (const u8 *)number,
				      format_into(number, sizeof(number),
						  "module%u", i + 1) };
	if (has_name)
		line_add(line, name);
	line_add(line, module->line);
}

/* A loader's string up to the end of the name in it, and what follows. */
static struct view cut_name(const struct payload *payload, struct view *rest)
{
	struct view head = payload->string;
	const u8 *end = payload->name.at + payload->name.len;

	head.len = payload->name.len ? (u64)(end - head.at) : 0;
	*rest = view_from(payload->string, head.len);
	return head;
}

/* No string came, but words that the kernel would take for a name. */
static bool lacks_name(const struct boot *boot)
{
	return !boot->payload.string.len && boot_cmdline(boot, NULL, 0);
}

static u64 put_kernel(const struct boot *boot, bool has_name, char *out,
		      u64 room)
{
	const struct boot_info *info = boot->info;
	const struct payload *payload = &boot->payload;
	struct view rest = payload->line, name = VIEW("");

	if (has_name &&
	    (!info->is_multiboot || (info->names.line && lacks_name(boot))))
		name = payload->name.len ? payload->name : VIEW("kernel");
	else if (has_name && info->names.line)
		name = cut_name(payload, &rest);
	return boot_named_line(boot, name, rest, out, room);
}

u64 tell_string(const struct boot *boot, u32 what, bool has_name, char *out,
		u64 room)
{
	struct line line = { .out = out, .room = room };

	if (what == TELL_KERNEL)
		return put_kernel(boot, has_name, out, room);
	if (what == TELL_LOADER)
		put_loader(boot->info, &line);
	else
		put_module(boot, what, has_name, &line);
	return line.len;
}

phys tell_put_string(const struct boot *boot, u32 what, bool has_name,
		     struct arena *arena)
{
	u64 len = tell_string(boot, what, has_name, NULL, 0);
	phys at;
	char *host = arena_take(arena, len + 1, 1, &at);

	if (host)
		tell_string(boot, what, has_name, host, len);
	return at;
}

u64 tell_strings_len(const struct boot *boot, bool has_name)
{
	u64 len = 0;

	for (u32 i = 0; i < boot->payload.nr_modules; i++)
		len += 1 + tell_string(boot, i, has_name, NULL, 0);
	len += 1 + tell_string(boot, TELL_KERNEL, has_name, NULL, 0);
	return len + 1 + tell_string(boot, TELL_LOADER, has_name, NULL, 0);
}
