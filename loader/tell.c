// SPDX-License-Identifier: BSD-2-Clause
/*
 * Telling: strings, RSDP, memory sizes, and where modules go.
 */
#include "tell.h"

#define LOADER_NAME  "gangway " GANGWAY_VERSION
#define NAME_MAX_LEN 16 /* of a name we give: "module" and a number */

static struct range pages_of(struct range r)
{
	return (struct range){ r.start, align_up(r.end, PAGE_SIZE) };
}

static why move_module(struct plan *plan, struct range module, phys end,
		       phys *at)
{
	struct room want = {
		.len = align_up(range_len(module), PAGE_SIZE),
		.align = PAGE_SIZE,
		.min = MIB,
		.end = end,
	};
	struct range dst;

	if (!plan_find(plan, &want, UNTIL_FOREVER, &dst))
		return "no free RAM for a module";
	*at = dst.start;
	dst.end = dst.start + range_len(module);
	return plan_copy(plan, dst, module.start, range_len(module));
}

why plan_modules(const struct boot *boot, struct plan *plan, phys end)
{
	const struct payload *payload = &boot->payload;
	why bad = NULL;

	for (u32 i = 0; i < payload->nr_modules && !bad; i++) {
		struct range pages = pages_of(payload->modules[i].range);

		plan->module_at[i] = 0;
		if (pages.start % PAGE_SIZE || pages.end > end ||
		    !plan_is_free(plan, pages))
			continue;
		plan->module_at[i] = pages.start;
		bad = plan_keep(plan, pages);
	}
	for (u32 i = 0; i < payload->nr_modules && !bad; i++)
		if (!plan->module_at[i])
			bad = move_module(plan, payload->modules[i].range, end,
					  &plan->module_at[i]);
	return bad;
}

u64 tell_strings_len(const struct boot *boot)
{
	const struct payload *payload = &boot->payload;
	u64 len = boot_cmdline_bound(boot, ANYWHERE) + payload->name.len +
		  2 * NAME_MAX_LEN + sizeof(LOADER_NAME);

	for (u32 i = 0; i < payload->nr_modules; i++)
		len += payload->modules[i].name.len +
		       payload->modules[i].line.len + NAME_MAX_LEN + 8;
	return len;
}

/* Write a name, a blank if there is a line, and leave room for the line. */
static char *put_name(struct arena *arena, struct view name, u64 line_len,
		      phys *at)
{
	u64 blank = name.len && line_len;
	char *out = arena_take(arena, name.len + blank + line_len + 1, 1, at);

	if (!out)
		return NULL;
	memcpy(out, name.at, name.len);
	if (blank)
		out[name.len] = ' ';
	return out + name.len + blank;
}

why tell_cmdline(const struct boot *boot, struct arena *arena, bool named,
		 phys *at)
{
	u64 len = boot_cmdline(boot, NULL, 0);
	struct view name = boot->payload.name;
	char *line;

	if (!name.len)
		name = VIEW("kernel");
	if (!named || boot->options.no_argv0)
		name.len = 0;
	line = put_name(arena, name, len, at);
	if (!line)
		return "the arena is too small for the command line";
	boot_cmdline(boot, line, len);
	return NULL;
}

why tell_module_line(const struct boot *boot, u32 i, struct arena *arena,
		     bool named, phys *at)
{
	const struct module *module = &boot->payload.modules[i];
	u8 digits[] = { 'm', 'o', 'd', 'u', 'l', 'e', 0, 0, 0 };
	struct view name = module->name;
	u64 len = 6;
	char *line;

	/* Counted from 1, at most MAX_MODULES. */
	for (u32 power = 100; power; power /= 10)
		if (i + 1 >= power)
			digits[len++] = (u8)('0' + (i + 1) / power % 10);
	if (!name.len)
		name = (struct view){ digits, len };
	if (!named || boot->options.no_argv0)
		name.len = 0;
	line = put_name(arena, name, module->line.len, at);
	if (!line)
		return "the arena is too small for the modules' strings";
	memcpy(line, module->line.at, module->line.len);
	return NULL;
}

why tell_loader_name(struct arena *arena, phys *at)
{
	if (!arena_put(arena, LOADER_NAME, sizeof(LOADER_NAME), 1, at))
		return "the arena is too small for our name";
	return NULL;
}

why tell_rsdp(struct boot_info *info, struct arena *arena, phys *at)
{
	u8 *host;

	*at = info->rsdp;
	if (*at || !info->rsdp_copy.len || info->rsdp_copy.len > PAGE_SIZE)
		return NULL;
	host = arena_take(arena, PAGE_SIZE, PAGE_SIZE, at);
	if (!host)
		return "the arena is too small for the RSDP";
	memcpy(host, info->rsdp_copy.at, info->rsdp_copy.len);
	return info_add_region(info, *at, PAGE_SIZE, REGION_ACPI);
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
