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
#include "looks.h"
#include "plan.h"
#include "reason.h"
#include "start_info.h"
#include "tree.h"

#define MAX_DEPTH    3	       /* gzip of a FIT of gzip */
#define MAX_UNPACKED (4 * GIB) /* more is no kernel, and need not be seen */

#define LOOKS_ROOM 168 /* so that the sentence around it fits a reason */

/* What is looked for. */
struct wanted {
	const struct format *format; /* NULL: of any */
	enum claim least;	     /* how sure it must be one */
};

/* What the modules look like, as far as a reason takes it. */
struct looks {
	u64 len;
	u32 left_out;
	char text[LOOKS_ROOM];
};

static why add_module(struct payload *payload, struct module module)
{
	if (payload->nr_modules == MAX_MODULES)
		return "more modules than there is room for";
	payload->modules[payload->nr_modules++] = module;
	return NULL;
}

/* Could a file be worth unpacking that begins so? */
static bool is_promising(struct view beginning, struct wanted wanted)
{
	/* Of an ELF file the notes tell, which may lie anywhere in it. */
	return format_of(beginning, wanted.format, wanted.least) ||
	       (elf_claims(beginning) && wanted.least == CLAIM_SURE) ||
	       tree_claims(beginning) || gzip_claims(beginning);
}

/* A free piece of RAM of least bytes or more: one below 4 GiB, which all
 * kernels reach, if there is any, and one that has never been the firmware's
 * before all others. */
static bool find_room(const struct boot *boot, struct plan *scratch, u64 least,
		      struct view *out)
{
	plan_init(scratch, boot->info);
	for (u32 i = 0; i < 3; i++) {
		phys end = i < 2 ? 4 * GIB : ANYWHERE;
		struct range room = plan_largest(scratch, 0, end, !i);
		u64 len = min_u64(range_len(room), MAX_UNPACKED);

		if (len >= least && mem_view(boot->mem, room.start, len, out))
			return true;
	}
	return false;
}

/* Keep what was written to the beginning of such a piece. */
static why hold(struct boot *boot, struct view written)
{
	return holds_add(&boot->info->holds, mem_range(boot->mem, written),
			 UNTIL_PLACE)
		       ? NULL
		       : "more than " DIGITS_OF(
				 MAX_HOLDS) " pieces of memory are held";
}

static why open_gzip(struct boot *boot, struct plan *scratch, struct view *file)
{
	struct view out;
	u64 len, room = 0;
	why bad = NULL;

	do { /* How long it is, nothing tells for sure. */
		if (!find_room(boot, scratch, room + 1, &out))
			return bad ? bad : "there is no free RAM to unpack to";
		room = out.len;
		bad = gzip_open(*file, mem_writable(boot->mem, out), room,
				boot->pause, &len);
	} while (bad && len > room);
	if (bad)
		return bad;
	out.len = len;
	*file = out;
	return hold(boot, out);
}

/* The tree at a file's beginning, whole, and moved if it does not lie as libfdt
 * wants it. */
static why open_tree(struct boot *boot, struct plan *scratch, struct view file,
		     struct view *tree)
{
	struct view room = VIEW("");
	why bad;

	if ((u64)file.at % TREE_ALIGN == 0)
		return tree_check(file, tree);
	if (!view_cut(file, 0, tree_len(file), &file))
		return "the tree is cut off";
	if (!find_room(boot, scratch, file.len, &room))
		return reason_format("there is no free RAM to move a tree of "
				     "%lu bytes to",
				     file.len);
	room.len = file.len;
	memcpy(mem_writable(boot->mem, room), file.at, file.len);
	bad = tree_check(room, tree);
	return bad ? bad : hold(boot, room);
}

static why open_fit(struct boot *boot, struct view tree, struct view *file)
{
	struct payload *payload = &boot->payload;
	struct module ramdisk = { .name = VIEW(""),
				  .line = VIEW(""),
				  .string = VIEW("") };
	struct fit fit;
	why bad = fit_open(*file, tree, &fit);

	if (bad)
		return bad;
	*file = fit.kernel;
	payload->bundle_line = fit.bootargs;
	payload->fit_config = fit.is_default ? VIEW("") : fit.config;
	payload->fit_compression = fit.compression;
	payload->devicetree = fit.devicetree;
	ramdisk.range = mem_range(boot->mem, fit.ramdisk);
	return fit.ramdisk.len ? add_module(payload, ramdisk) : NULL;
}

/* A line that names a format says that the kernel is one of it. */
static void read_format(struct view line, struct wanted *wanted)
{
	struct options options;

	options_init(&options);
	options_read(&options, line);
	if (options.format)
		*wanted = (struct wanted){ options.format, CLAIM_POSSIBLE };
}

/* Only by PVH does a kernel learn that it is to be Xen's dom0. */
static why ask_formats(struct boot *boot, struct view file,
		       struct wanted wanted)
{
	struct payload *payload = &boot->payload;

	if (!wanted.format &&
	    boot->info->pvh_flags & PVH_START_FLAG_INITIAL_DOMAIN)
		payload->format = format_of(file, format_named(VIEW("pvh")),
					    wanted.least);
	if (!payload->format)
		payload->format = format_of(file, wanted.format, wanted.least);
	return !payload->format && wanted.format != boot->options.format
		       ? "the kernel is not of that format"
		       : NULL;
}

/*
 * Peel a file until there is no container left, and ask the formats for it.
 * payload.format stays NULL if none claims it; a gzip file is opened whole only
 * if its beginning is promising, so that a compressed initrd is neither
 * unpacked nor judged: if not even its beginning can be read, or a tree, that
 * is a doubt only, which concerns whoever meant it to be a kernel.
 */
static why peel(struct boot *boot, struct plan *scratch, struct view file,
		struct wanted wanted, why *doubt)
{
	struct payload *payload = &boot->payload;
	struct view beginning, tree;
	why bad = NULL;

	for (u32 depth = 0; !bad; depth++) {
		bool is_tree = tree_claims(file);

		payload->image = file;
		if (!is_tree && !gzip_claims(file))
			return ask_formats(boot, file, wanted);
		if (depth == MAX_DEPTH)
			return "containers lie too deep in each other";
		if (is_tree) {
			payload->container = "fit";
			bad = open_tree(boot, scratch, file, &tree);
			*doubt = bad;
			if (bad || !fit_has_images(tree))
				return NULL;
			bad = open_fit(boot, tree, &file);
			if (!wanted.format)
				read_format(payload->bundle_line, &wanted);
			continue;
		}
		payload->container = "gzip";
		bad = gzip_peek(file, &beginning);
		*doubt = bad;
		if (bad || !is_promising(beginning, wanted))
			return NULL;
		bad = open_gzip(boot, scratch, &file);
	}
	return bad;
}

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
			bad = open_tree(boot, scratch, file, &tree);
		is_tree = !bad && tree.len && !fit_has_images(tree);
		if (is_tree)
			payload->devicetree = tree;
		if (!is_linux) /* for which a damaged one is data */
			bad = add_module(payload, *module);
		else if (!bad && !is_tree && file.len)
			bad = add_module(payload, *module);
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
		read_format(module->line, &wanted);
	payload->name = module->name;
	payload->line = module->line;
	payload->string = module->string;
	return peel(boot, scratch, file, wanted, doubt);
}

/* What the module in hand looks like, that is no kernel. */
static const char *look(const struct payload *payload, why doubt)
{
	bool is_gzip =
		payload->container &&
		view_equal(view_string(payload->container), VIEW("gzip"));
	struct view inside = payload->image;
	bool is_whole = !is_gzip || !gzip_claims(inside);

	if (doubt)
		return reason_format(is_gzip ? "gzip data, but %s"
					     : "a FIT image or a device tree, "
					       "but %s",
				     doubt);
	if (!is_whole && gzip_peek(payload->image, &inside))
		return "gzip data";
	if (is_gzip)
		return reason_format("gzip of %s",
				     looks_like(inside, is_whole));
	if (payload->container && !tree_claims(inside))
		return reason_format("a FIT image with %s as its kernel",
				     looks_like(inside, true));
	return looks_like(inside, true);
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
