// SPDX-License-Identifier: BSD-2-Clause
/*
 * Opening: which module is the kernel, taken out of the containers it is in,
 * and what the other modules are.
 */
#include "open.h"

#include "fit.h"
#include "format.h"
#include "looks.h"
#include "packing.h"
#include "peel.h"
#include "reason.h"
#include "tree.h"

#define LOOKS_ROOM 168 /* so that the sentence around it fits a reason */

/* What the modules look like, as far as a reason takes it. */
struct looks {
	u64 len;
	u32 left_out;
	char text[LOOKS_ROOM];
};

/* Everything but the kernel is the kernel's, and counts for it, be it empty or
 * a device tree; only of Linux's initrd neither is a part. */
static why sort_rest(struct boot *boot, struct plan *scratch)
{
	struct payload *payload = &boot->payload;
	bool is_linux = payload->format->is_linux;
	why bad = NULL;

	for (u32 i = 0; i < boot->info->nr_modules && !bad; i++) {
		const struct module *module = &boot->info->modules[i];
		struct view file = VIEW(""), tree = VIEW("");
		bool is_tree;

		if (i == payload->index)
			continue;
		if (!range_empty(module->range) &&
		    !mem_view(boot->mem, module->range.start,
			      range_len(module->range), &file))
			return "a module is out of sight";
		if (tree_claims(file))
			bad = peel_tree(boot, scratch, file, &tree);
		is_tree = !bad && tree.len && !fit_has_images(tree);
		if (is_tree)
			payload->devicetree = tree;
		if (!is_linux) /* for which a damaged one is data */
			bad = peel_add_module(payload, *module);
		else if (!bad && !is_tree && file.len)
			bad = peel_add_module(payload, *module);
	}
	if (!payload->devicetree.len)
		payload->devicetree = boot->info->devicetree;
	return bad;
}

/* Is module i the kernel? Then payload.format is set. */
static why try_module(struct boot *boot, struct plan *scratch, u32 i,
		      enum claim least, why *doubt)
{
	const struct module *module = &boot->info->modules[i];
	struct wanted wanted = { boot->options.format, least };
	struct payload *payload = &boot->payload;
	struct view file;

	*doubt = NULL;
	payload_forget(payload);
	payload->index = i;
	if (range_empty(module->range))
		return NULL;
	if (!mem_view(boot->mem, module->range.start, range_len(module->range),
		      &file))
		return "a module lies where memory cannot be seen";
	if (!wanted.format)
		peel_read_format(module->line, &wanted);
	payload->name = module->name;
	payload->line = module->line;
	payload->string = module->string;
	return peel(boot, scratch, file, wanted, doubt);
}

static bool is_from(const struct payload *payload, const char *container)
{
	return payload->container && view_equal(view_string(payload->container),
						view_string(container));
}

/* What a packed file has in it, that was opened or not. */
static const char *look_into(const struct payload *payload)
{
	const struct packing *packing = packing_of(payload->image);
	struct view inside = payload->image;

	if (packing && (packing->peeks_into_room ||
			packing->peek(packing, payload->image, NULL, &inside)))
		return reason_format("%s data", payload->container);
	return reason_format("%s of %s", payload->container,
			     looks_like(inside, !packing));
}

/* What the module in hand looks like, that is no kernel. */
static const char *look(const struct payload *payload, why doubt)
{
	bool is_fit = is_from(payload, "fit");
	bool is_packed =
		payload->container && !is_fit && !is_from(payload, "uki");

	if (doubt && is_fit)
		return reason_format("a FIT image or a device tree, but %s",
				     doubt);
	if (doubt)
		return reason_format("%s data, but %s", payload->container,
				     doubt);
	if (is_packed)
		return look_into(payload);
	if (payload->container && !tree_claims(payload->image))
		return reason_format("%s with %s as its kernel",
				     is_fit ? "a FIT image" : "a UKI",
				     looks_like(payload->image, true));
	return looks_like(payload->image, true);
}

static void add_look(const struct payload *payload, why doubt,
		     struct looks *looks)
{
	const char *what = look(payload, doubt);
	char text[LOOKS_ROOM];
	u64 len = format_into(text, sizeof(text), "%smodule %u is %s",
			      looks->len ? "; " : "", payload->index, what);

	if (looks->len && len > sizeof(looks->text) - looks->len) {
		looks->left_out++;
		return;
	}
	memcpy(looks->text + looks->len, text, len);
	looks->len += len;
}

static why no_kernel(const struct boot *boot, const struct looks *looks)
{
	const char *that = boot->options.format ? " of that format" : "";
	int len = (int)looks->len;

	return looks->left_out
		       ? reason_format("no module is a kernel%s: %.*s, "
				       "and %u more",
				       that, len, looks->text, looks->left_out)
		       : reason_format("no module is a kernel%s: %.*s", that,
				       len, looks->text);
}

why boot_open(struct boot *boot, struct plan *scratch)
{
	const struct boot_info *info = boot->info;
	struct payload *payload = &boot->payload;
	enum claim last = boot->options.format ? CLAIM_POSSIBLE : CLAIM_INSIDE;
	struct looks looks = { .len = 0 };
	u32 nr = info->nr_packed ? 1 : info->nr_modules;
	why doubt = NULL, bad = NULL;

	if (!info->nr_modules)
		return "there is no module, so there is no kernel: pass it as "
		       "the first one, by module2 in GRUB or -initrd in QEMU";
	for (enum claim least = CLAIM_SURE; least >= last; least--)
		for (u32 i = 0; i < nr; i++) {
			bad = try_module(boot, scratch, i, least, &doubt);
			if (bad)
				return bad;
			if (payload->format)
				return sort_rest(boot, scratch);
			if (least == last)
				add_look(payload, doubt, &looks);
		}
	payload_forget(payload);
	return no_kernel(boot, &looks);
}

struct view boot_devicetree(const struct boot *boot)
{
	const struct boot_info *info = boot->info;
	struct view file, tree;

	if (boot->payload.devicetree.len)
		return boot->payload.devicetree;
	for (u32 i = 0; i < info->nr_modules; i++)
		if (mem_view(boot->mem, info->modules[i].range.start,
			     range_len(info->modules[i].range), &file) &&
		    tree_claims(file) && !tree_check(file, &tree) &&
		    !fit_has_images(tree))
			return tree;
	return info->devicetree;
}
