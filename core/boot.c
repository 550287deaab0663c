// SPDX-License-Identifier: BSD-2-Clause
/*
 * The steps that are the same for all kernels: the command line, gangway's own
 * words in it, and the writing of the arena.
 */
#include "boot.h"

#include "cmdline.h"
#include "departure.h"
#include "format.h"
#include "plan.h"

void payload_forget(struct payload *payload)
{
	payload->format = NULL;
	payload->container = NULL;
	payload->image = payload->name = payload->line = VIEW("");
	payload->string = VIEW("");
	payload->bundle_line = payload->devicetree = VIEW("");
	payload->uki = payload->uki_tree = VIEW("");
	payload->fit_config = payload->fit_compression = VIEW("");
	payload->fit_unused = VIEW("");
	payload->fit_is_signed = false;
	payload->nr_modules = 0;
}

void boot_init(struct boot *boot, const struct mem *mem, struct boot_info *info)
{
	boot->mem = mem;
	boot->info = info;
	boot->plan = NULL;
	boot->pause = NULL;
	boot->profile = 0;
	boot->find_board = NULL;
	options_init(&boot->options);
	payload_forget(&boot->payload);
}

void boot_lines(const struct boot *boot, struct view lines[BOOT_LINES])
{
	lines[0] = boot->payload.bundle_line;
	lines[1] = boot->payload.line;
	lines[2] = boot->info->cmdline;
}

void boot_options(struct boot *boot)
{
	struct view lines[BOOT_LINES];

	options_init(&boot->options);
	boot_lines(boot, lines);
	for (u32 i = 0; i < BOOT_LINES; i++)
		options_read(&boot->options, lines[i]);
}

u64 boot_named_line(const struct boot *boot, struct view name, struct view rest,
		    char *out, u64 room)
{
	struct line line = { .out = out, .room = room };

	line_add(&line, name);
	line_add_words(&line, boot->payload.bundle_line);
	line_add_words(&line, rest);
	line_add_words(&line, boot->info->cmdline);
	return line.len;
}

u64 boot_cmdline(const struct boot *boot, char *out, u64 room)
{
	return boot_named_line(boot, VIEW(""), boot->payload.line, out, room);
}

u64 boot_cmdline_bound(const struct boot *boot, u64 max)
{
	struct view lines[BOOT_LINES];
	u64 sum = BOOT_LINES - 1;

	boot_lines(boot, lines);
	for (u32 i = 0; i < BOOT_LINES; i++)
		sum += lines[i].len;
	return sum <= max ? sum : boot_cmdline(boot, NULL, 0);
}

why boot_tell(struct boot *boot, const struct plan *plan,
	      const struct departure *departure, phys *at)
{
	struct arena arena = { boot->mem, plan->arena.start, plan->arena.end,
			       false };
	struct handoff handoff = { .mode = HANDOFF_PROTECTED,
				   .entry = plan->entry_at };
	why bad = boot->payload.format->tell(boot, plan, &arena, &handoff);

	*at = departure_build(departure, plan, &arena, &handoff);
	wipe(boot->info->seed, sizeof(boot->info->seed));
	boot->info->seed_len = 0;
	if (!bad && arena.is_full)
		bad = "the arena is too small for what the kernel is told";
	return bad ? bad : boot->info->bad;
}
