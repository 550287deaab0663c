// SPDX-License-Identifier: BSD-2-Clause
/*
 * The lines of a normal boot.
 */
#include "log.h"

#include "console.h"
#include "format.h"
#include "odd.h"
#include "print.h"
#include "report.h"
#include "uki.h"

#define MAX_LINE_SHOWN 200
#define MAX_ODD_SHOWN  2

void log_door(const struct boot *boot)
{
	const struct boot_info *info = boot->info;

	if (boot->options.log < LOG_NORMAL)
		return;
	say("gangway %s: entered by %s%s%.*s", GANGWAY_VERSION, info->door,
	    info->loader.len ? " from " : "", SHOW(info->loader));
	say("memory: %lu KiB RAM in %u regions up to 0x%lx, RSDP 0x%lx",
	    info_ram(info) / KIB, info->nr_regions, info_ram_end(info),
	    info->rsdp);
	if (boot->options.log == LOG_DEBUG)
		report_all(info);
}

/* A boot has ten lines; these are three of them at most. */
static void log_odd(const struct boot *boot)
{
	static struct odd odd;
	u32 max = boot->options.log == LOG_DEBUG ? MAX_ODD : MAX_ODD_SHOWN;

	odd_find(boot, &odd);
	for (u32 i = 0; i < odd.nr && i < max; i++)
		say("odd: %s", odd.said[i]);
	if (odd.nr > max)
		say("odd: and %u more, which gangway.log=debug shows",
		    odd.nr - max);
}

/* What firmware would make use of, and we cannot. */
static void log_uki(const struct payload *payload)
{
	char names[MAX_LINE_SHOWN];
	u64 len;

	if (!payload->uki.len)
		return;
	len = uki_unused(payload->uki, payload->uki_profile, payload->uki_tree,
			 names, sizeof(names));
	say("uki: profile %u%s%.*s", payload->uki_profile,
	    len ? ", not used: " : "", (int)len, names);
}

void log_payload(const struct boot *boot)
{
	const struct payload *payload = &boot->payload;
	struct view version;

	if (boot->options.log < LOG_NORMAL)
		return;
	version = VIEW("");
	if (payload->format->version)
		version = payload->format->version(payload->image);
	say("kernel: %s%s%.*s, %lu bytes, module %u%s%s \"%.*s\"",
	    payload->format->name, version.len ? " " : "", SHOW(version),
	    payload->image.len, payload->index,
	    payload->container ? " in " : "",
	    payload->container ? payload->container : "", SHOW(payload->name));
	log_uki(payload);
	log_odd(boot);
}

static void log_piece(const char *what, struct range dst, phys from)
{
	if (dst.start == from)
		say("%s: 0x%lx-0x%lx, in place", what, dst.start, dst.end);
	else
		say("%s: 0x%lx-0x%lx, moved from 0x%lx", what, dst.start,
		    dst.end, from);
}

static void log_cmdline(const struct boot *boot)
{
	char line[MAX_LINE_SHOWN];
	u64 len = boot_cmdline(boot, line, sizeof(line));

	say("command line: %.*s%s", (int)min_u64(len, sizeof(line)), line,
	    len > sizeof(line) ? "..." : "");
}

void log_plan(const struct boot *boot, const struct plan *plan)
{
	if (boot->options.log < LOG_NORMAL)
		return;
	log_piece("image",
		  (struct range){ plan->load, plan->load + plan->load_len },
		  plan->load_from);
	if (plan->odd)
		say("odd: %s", plan->odd);
	if (!range_empty(plan->left_out))
		say("image: 0x%lx-0x%lx of it is left out, since there is "
		    "no RAM",
		    plan->left_out.start, plan->left_out.end);
	if (!range_empty(plan->initrd))
		log_piece("initrd", plan->initrd, plan->initrd_from);
	log_cmdline(boot);
	if (boot->options.log == LOG_DEBUG) {
		for (u32 i = 0; i < plan->nr_copies; i++)
			say("copy: 0x%lx bytes from 0x%lx to 0x%lx, 0x%lx "
			    "zeroes",
			    plan->copies[i].len, plan->copies[i].src,
			    plan->copies[i].dst, plan->copies[i].zero);
		say("arena: 0x%lx-0x%lx", plan->arena.start, plan->arena.end);
	}
	say("jump: %s, window 0x%lx-0x%lx, %lu bytes copied", plan->entry,
	    plan->window.start, plan->window.end, plan_copied(plan));
}
