// SPDX-License-Identifier: BSD-2-Clause
/*
 * Opening: which module is the kernel, taken out of the containers it is in,
 * and what the other modules are.
 */
#include "open.h"

#include "elf.h"
#include "fit.h"
#include "format.h"
#include "gzip.h"
#include "plan.h"
#include "start_info.h"
#include "tree.h"

#define MAX_DEPTH 3 /* gzip of a FIT of gzip */

static why add_module(struct payload *payload, struct module module)
{
	if (range_empty(module.range))
		return NULL;
	if (payload->nr_modules == MAX_MODULES)
		return "more modules than there is room for";
	payload->modules[payload->nr_modules++] = module;
	return NULL;
}

/* Could a file be worth unpacking that begins so? */
static bool is_promising(struct view beginning)
{
	/* Of an ELF file the notes tell, which may lie anywhere in it. */
	return format_of(beginning, RANK_ANY) || elf_claims(beginning) ||
	       tree_claims(beginning) || gzip_claims(beginning);
}

/* Unpack to the largest free piece of RAM, below 4 GiB if any is there. */
static why open_gzip(struct boot *boot, struct plan *scratch, struct view *file)
{
	struct range room;
	struct view out;
	u64 len;
	why bad;

	plan_init(scratch, boot->info);
	room = plan_largest(scratch, 4 * GIB);
	if (range_empty(room))
		room = plan_largest(scratch, ANYWHERE);
	if (!mem_view(boot->mem, room.start, range_len(room), &out))
		return "free RAM is out of sight";
	bad = gzip_open(*file, mem_writable(boot->mem, out), out.len,
			boot->pause, &len);
	if (bad)
		return bad;
	if (!holds_add(&boot->info->holds,
		       (struct range){ room.start, room.start + len },
		       UNTIL_PLACE))
		return "too many pieces of memory are held";
	*file = (struct view){ out.at, len };
	return NULL;
}

static why open_fit(struct boot *boot, struct view *file)
{
	struct payload *payload = &boot->payload;
	struct module ramdisk = { .name = VIEW(""), .line = VIEW("") };
	struct fit fit;
	why bad = fit_open(*file, &fit);

	if (bad)
		return bad;
	*file = fit.kernel;
	payload->bundle_line = fit.bootargs;
	payload->devicetree = fit.devicetree;
	ramdisk.range = mem_range(boot->mem, fit.ramdisk);
	return add_module(payload, ramdisk);
}

/* Only by PVH does a kernel learn that it is to be Xen's dom0. */
static const struct format *ask_formats(const struct boot *boot,
					struct view file)
{
	u8 forced = boot->options.format;
	const struct format *format = NULL;

	if (!forced && boot->info->pvh_flags & PVH_START_FLAG_INITIAL_DOMAIN)
		format = format_of(file, RANK_PVH);
	return format ? format : format_of(file, forced);
}

/*
 * Peel a file until there is no container left, and ask the formats for it.
 * payload.format stays NULL if none claims it; a gzip file is opened whole only
 * if its beginning is promising, so that a compressed initrd is neither
 * unpacked nor judged: if not even its beginning can be read, that is a doubt
 * only.
 */
static why peel(struct boot *boot, struct plan *scratch, struct view file,
		why *doubt)
{
	struct payload *payload = &boot->payload;
	struct view beginning, whole;
	why bad = NULL;

	for (u32 depth = 0; !bad; depth++) {
		bool is_tree = tree_claims(file);

		payload->image = file;
		if (!is_tree && !gzip_claims(file)) {
			payload->format = ask_formats(boot, file);
			return NULL;
		}
		if (depth == MAX_DEPTH)
			return "containers lie too deep in each other";
		if (is_tree) {
			payload->container = "fit";
			whole = file;
			bad = open_fit(boot, &file);
			if (bad && !fit_claims(whole))
				return NULL;
			continue;
		}
		payload->container = "gzip";
		bad = gzip_peek(file, &beginning);
		if (bad && !*doubt)
			*doubt = bad;
		if (bad || !is_promising(beginning))
			return NULL;
		bad = open_gzip(boot, scratch, &file);
	}
	return bad;
}

/* Everything but the kernel: device trees are the machine's, the rest is the
 * kernel's. */
static why sort_rest(struct boot *boot)
{
	struct payload *payload = &boot->payload;
	why bad = NULL;

	for (u32 i = 0; i < boot->info->nr_modules && !bad; i++) {
		const struct module *module = &boot->info->modules[i];
		struct view file, tree;

		if (i == payload->index)
			continue;
		if (!mem_view(boot->mem, module->range.start,
			      range_len(module->range), &file))
			return "a module is out of sight";
		bad = tree_claims(file) ? tree_check(file, &tree) : NULL;
		if (bad)
			return bad;
		if (tree_claims(file) && !fit_claims(file))
			payload->devicetree = tree;
		else
			bad = add_module(payload, *module);
	}
	if (!payload->devicetree.len)
		payload->devicetree = boot->info->devicetree;
	return bad;
}

why boot_open(struct boot *boot, struct plan *scratch)
{
	const struct boot_info *info = boot->info;
	struct payload *payload = &boot->payload;
	why doubt = NULL, bad = NULL;

	if (!info->nr_modules)
		return "there is no module, so there is no kernel";
	for (u32 i = 0; i < info->nr_modules; i++) {
		const struct module *module = &info->modules[i];
		struct view file;

		payload_forget(payload);
		if (!mem_view(boot->mem, module->range.start,
			      range_len(module->range), &file))
			return "a module lies where memory cannot be seen";
		bad = peel(boot, scratch, file, &doubt);
		if (bad)
			return bad;
		if (!payload->format)
			continue;
		payload->index = i;
		payload->name = module->name;
		payload->line = module->line;
		return sort_rest(boot);
	}
	payload->container = doubt ? "gzip" : NULL;
	if (doubt)
		return doubt;
	return boot->options.format ? "no module is a kernel of that format"
				    : "no module is a kernel";
}

struct view boot_devicetree(const struct boot *boot)
{
	const struct boot_info *info = boot->info;
	struct view file;

	if (boot->payload.devicetree.len)
		return boot->payload.devicetree;
	for (u32 i = 0; i < info->nr_modules; i++)
		if (mem_view(boot->mem, info->modules[i].range.start,
			     range_len(info->modules[i].range), &file) &&
		    tree_claims(file) && !fit_claims(file))
			return file;
	return info->devicetree;
}
