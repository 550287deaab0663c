// SPDX-License-Identifier: BSD-2-Clause
/*
 * What gangway makes of a file: opened and planned by the loader's own code, on
 * a machine that has room for it.
 */
#include "inspect.h"

#include "format.h"
#include "world.h"

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

	fact_text(tree, "entry", "%s", plan->entry);
	fact_address(tree, "entry_at", plan->entry_at);
	fact_address(tree, "load", plan->load);
	fact_address(tree, "window", plan->window.start);
	fact_address(tree, "window_end", plan->window.end);
}

void inspect_boot(json_t *facts, const struct input *input)
{
	json_t *tree = fact_tree(facts, "gangway");
	why bad = world_open(input, VIEW(""));

	if (world.boot.payload.format)
		add_kernel(tree, &world.boot.payload);
	if (bad)
		fact_text(tree, "refused", "%s", bad);
	else
		add_plan(tree);
	world_end();
}
