// SPDX-License-Identifier: BSD-2-Clause
/*
 * What gangway makes of a file: opened and planned by the loader's own code, on
 * a machine that has room for it.
 */
#include "inspect.h"

#include <sys/mman.h>

#include "format.h"
#include "open.h"
#include "world.h"

#define LOW_RAM	  (3 * GIB)
#define MODULE_AT (4 * GIB)
#define SPARE	  (8 * GIB) /* to unpack it into */

/* By which sign of its own the format knows the kernel. */
static const char *rule_of(const struct format *format, struct view image)
{
	switch (format->claims(image)) {
	case CLAIM_SURE:
		return "it bears this format's signature or note";
	case CLAIM_FLAT:
		return "it begins with this format's header";
	case CLAIM_INSIDE:
		return "it has this format's header in it";
	default:
		return "its command line names this format";
	}
}

static void add_kernel(json_t *tree, const struct payload *payload)
{
	const struct format *format = payload->format;

	fact_text(tree, "format", "%s", format->name);
	fact_text(tree, "because", "%s", rule_of(format, payload->image));
	if (payload->container)
		fact_text(tree, "container", "%s", payload->container);
	if (format->version)
		fact_view(tree, "version", format->version(payload->image));
	fact_number(tree, "kernel_size", payload->image.len);
	fact_view(tree, "bundle_line", payload->bundle_line);
	fact_number(tree, "modules", payload->nr_modules);
	fact_flag(tree, "device_tree", payload->devicetree.len);
}

static void add_plan(json_t *tree)
{
	const struct plan *plan = &world.plan;
	why bad;

	plan_init(&world.plan, &world.info);
	world.boot.plan = plan;
	bad = world.boot.payload.format->plan(&world.boot, &world.plan);
	if (bad) {
		fact_text(tree, "refused", "plan %s: %s",
			  world.boot.payload.format->name, bad);
		return;
	}
	fact_text(tree, "entry", "%s", plan->entry);
	fact_address(tree, "entry_at", plan->entry_at);
	fact_address(tree, "load", plan->load);
	fact_address(tree, "window", plan->window.start);
	fact_address(tree, "window_end", plan->window.end);
}

void inspect_boot(json_t *facts, struct view file)
{
	struct boot_info *info = &world.info;
	json_t *tree = fact_tree(facts, "gangway");
	phys end = MODULE_AT + file.len + SPARE;
	why bad;

	world_begin(end);
	world.mem.len = end;
	memcpy(world_at(MODULE_AT, file.len), file.at, file.len);
	input_forget(file);
	info_init(info, "inspect");
	boot_init(&world.boot, &world.mem, info);
	info_add_region(info, 0, 640 * KIB, REGION_RAM);
	info_add_region(info, MIB, LOW_RAM - MIB, REGION_RAM);
	info_add_region(info, MODULE_AT, end - MODULE_AT, REGION_RAM);
	info_add_module(info, MODULE_AT, MODULE_AT + file.len, VIEW(""));
	bad = info_check(info);
	bad = bad ? bad : boot_open(&world.boot, &world.plan);
	if (bad) {
		fact_text(tree, "refused", "open %s: %s",
			  world.boot.payload.container
				  ? world.boot.payload.container
				  : "module",
			  bad);
	} else {
		add_kernel(tree, &world.boot.payload);
		add_plan(tree);
	}
	world_end();
}
