// SPDX-License-Identifier: BSD-2-Clause
/*
 * Peeling: what is unpacked goes into free RAM, what lies in a bundle is used
 * where it is.
 */
#include "peel.h"

#include "elf.h"
#include "fit.h"
#include "looks.h"
#include "packing.h"
#include "plan.h"
#include "reason.h"
#include "room.h"
#include "start_info.h"
#include "tree.h"
#include "uki.h"

#define MAX_DEPTH 3 /* gzip of a FIT of gzip */

why peel_add_module(struct payload *payload, struct module module)
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
	       tree_claims(beginning) || packing_of(beginning) ||
	       uki_claims(beginning);
}

why peel_tree(struct boot *boot, struct plan *scratch, struct view file,
	      struct view *tree)
{
	struct view room = VIEW("");
	why bad;

	if ((u64)file.at % TREE_ALIGN == 0 ||
	    !view_cut(file, 0, tree_len(file), &file))
		return tree_check(file, tree);
	if (!room_find(boot, scratch, file.len, &room))
		return reason_format("there is no free RAM to move a tree of "
				     "%lu bytes to",
				     file.len);
	room.len = file.len;
	memcpy(mem_writable(boot->mem, room), file.at, file.len);
	bad = tree_check(room, tree);
	return bad ? bad : room_hold(boot, room);
}

/* What words there are by now choose between the parts of a bundle. */
static struct options read_choices(const struct boot *boot)
{
	struct options options;

	options_init(&options);
	options_read(&options, boot->payload.line);
	options_read(&options, boot->info->cmdline);
	return options;
}

static why choose_profile(const struct boot *boot, struct view image, u32 *out)
{
	struct view name = read_choices(boot).profile;

	*out = boot->profile;
	if (name.len && !uki_profile(image, PE_FILE, name, out))
		return reason_format("the UKI has no profile \"%.*s\"",
				     SHOW_WORD(name));
	return NULL;
}

/* What else is below a blank in a line is one too. */
static why clean_line(struct boot *boot, struct plan *scratch,
		      struct view *line)
{
	struct view out = VIEW("");
	bool is_clean = true;

	for (u64 i = 0; i < line->len; i++)
		is_clean &= line->at[i] >= ' ';
	if (is_clean)
		return NULL;
	if (!room_find(boot, scratch, line->len, &out))
		return "there is no free RAM to move a line to";
	out.len = line->len;
	for (u64 i = 0; i < line->len; i++)
		mem_writable(boot->mem, out)[i] = (u8)max_u64(line->at[i], ' ');
	*line = out;
	return room_hold(boot, out);
}

/* Of bundles in each other, the line of the innermost that has one counts. */
static void take_line(struct payload *payload, struct view line)
{
	if (line.len)
		payload->bundle_line = line;
}

/* A module of a bundle. Where strings begin with a name, it gets one later. */
static why add_content(struct boot *boot, struct view content,
		       struct view string, bool has_names)
{
	struct module module = { .range = mem_range(boot->mem, content),
				 .name = VIEW(""),
				 .line = string,
				 .string = has_names ? VIEW("") : string,
				 .lacks_name = has_names };

	return peel_add_module(&boot->payload, module);
}

/* A file that is being peeled. */
struct peeling {
	struct boot *boot;
	struct plan *scratch;
	struct view file; /* what is left of it */
	struct wanted wanted;
	why doubt;
	bool is_over; /* it is not to be opened */
};

static struct view board_of(const struct boot *boot, struct view uki)
{
	return boot->find_board
		       ? boot->find_board(uki, boot->payload.uki_profile)
		       : uki_board(boot->info->devicetree);
}

static why peel_uki(struct peeling *p)
{
	struct boot *boot = p->boot;
	struct payload *payload = &boot->payload;
	struct uki uki;
	why bad = choose_profile(boot, p->file, &payload->uki_profile);

	if (!bad)
		bad = uki_open(p->file, PE_FILE, payload->uki_profile,
			       board_of(boot, p->file), &uki);
	if (!bad)
		bad = clean_line(boot, p->scratch, &uki.line);
	if (!bad && uki.devicetree.len)
		bad = peel_tree(boot, p->scratch, uki.devicetree,
				&payload->devicetree);
	if (!bad && uki.ucode.len)
		bad = add_content(boot, uki.ucode, VIEW(""), true);
	if (!bad && uki.initrd.len)
		bad = add_content(boot, uki.initrd, VIEW(""), true);
	if (bad)
		return bad;
	take_line(payload, uki.line);
	payload->uki = p->file;
	payload->uki_tree = uki.devicetree;
	p->file = uki.kernel;
	return NULL;
}

void peel_read_format(struct view line, struct wanted *wanted)
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

/* Unpack an image that says it is packed, unless that is the initrd's own
 * business. */
static why unpack_image(struct peeling *p, struct fit_image *image)
{
	const struct packing *packing = packing_of(image->data);

	if (!image->compression.len ||
	    view_equal(image->compression, VIEW("none")) ||
	    view_equal(image->type, VIEW("ramdisk")))
		return NULL;
	if (!packing)
		return reason_format("the image \"%.*s\", packed with "
				     "\"%.*s\", is %s",
				     SHOW_WORD(image->name),
				     SHOW_WORD(image->compression),
				     looks_like(image->data, true));
	if (!view_equal(image->compression, view_string(packing->name)))
		return reason_format("the image \"%.*s\" is said to be packed "
				     "with \"%.*s\", and is with %s",
				     SHOW_WORD(image->name),
				     SHOW_WORD(image->compression),
				     packing->name);
	return room_unpack(p->boot, p->scratch, packing, &image->data);
}

/* Each a module, with its description as its string. */
static why add_loadables(struct peeling *p, const struct fit *fit)
{
	bool has_names = p->boot->info->names.modules;
	struct fit_image image;
	why bad = NULL;

	for (u32 n = 0; !bad; n++) {
		bad = fit_loadable(fit, n, &image);
		if (!bad && !image.data.len)
			return NULL;
		if (!bad)
			bad = unpack_image(p, &image);
		if (!bad)
			bad = add_content(p->boot, image.data,
					  image.description, has_names);
	}
	return bad;
}

static why take_devicetree(struct peeling *p, struct fit_image *image)
{
	struct view *out = &p->boot->payload.devicetree;
	why bad = unpack_image(p, image);

	if (bad || !image->data.len)
		return bad;
	if (!tree_claims(image->data))
		return "the configuration's device tree is none";
	return peel_tree(p->boot, p->scratch, image->data, out);
}

static why open_fit(struct peeling *p, struct view tree)
{
	struct view config = read_choices(p->boot).config;
	struct payload *payload = &p->boot->payload;
	struct fit fit;
	why bad = fit_open(p->file, tree, config, p->boot->pause, &fit);

	if (!bad)
		bad = take_devicetree(p, &fit.devicetree);
	if (!bad && fit.ramdisk.data.len)
		bad = add_content(p->boot, fit.ramdisk.data, VIEW(""), true);
	if (!bad)
		bad = add_loadables(p, &fit);
	if (bad)
		return bad;
	p->file = fit.kernel.data;
	take_line(payload, fit.bootargs);
	payload->fit_config = fit.is_default ? VIEW("") : fit.config;
	payload->fit_compression = fit.kernel.compression;
	payload->fit_unused = fit.unused;
	payload->fit_is_signed = fit.is_signed;
	return NULL;
}

static why peel_fit(struct peeling *p)
{
	struct view tree;

	p->doubt = peel_tree(p->boot, p->scratch, p->file, &tree);
	p->is_over = p->doubt || !fit_has_images(tree);
	return p->is_over ? NULL : open_fit(p, tree);
}

static why peel_packing(struct peeling *p)
{
	const struct packing *packing = packing_of(p->file);
	struct view beginning;

	p->doubt = room_peek(p->boot, p->scratch, packing, p->file, &beginning);
	p->is_over = p->doubt || !is_promising(beginning, p->wanted);
	return p->is_over ? NULL
			  : room_unpack(p->boot, p->scratch, packing, &p->file);
}

/* Is the file itself of the format that is forced? gangway.efi has a Multiboot
 * 2 header, and may have a kernel. */
static bool is_forced(const struct peeling *p)
{
	return p->wanted.format &&
	       format_of(p->file, p->wanted.format, CLAIM_FLAT);
}

/* Take off the next layer; false: there is none. */
static bool next_layer(const struct peeling *p, const char **name,
		       why (**open)(struct peeling *))
{
	const struct packing *packing;

	if (tree_claims(p->file)) {
		*name = "fit";
		*open = peel_fit;
		return true;
	}
	if (uki_claims(p->file) && !is_forced(p)) {
		*name = "uki";
		*open = peel_uki;
		return true;
	}
	packing = packing_of(p->file);
	if (packing) {
		*name = packing->name;
		*open = peel_packing;
	}
	return packing;
}

why peel(struct boot *boot, struct plan *scratch, struct view file,
	 struct wanted wanted, why *doubt)
{
	struct peeling p = { boot, scratch, file, wanted, NULL, false };
	struct payload *payload = &boot->payload;
	why (*open)(struct peeling *) = NULL;
	why bad = NULL;

	for (u32 depth = 0; !bad && !p.is_over; depth++) {
		payload->image = p.file;
		if (!next_layer(&p, &payload->container, &open))
			return ask_formats(boot, p.file, p.wanted);
		if (depth == MAX_DEPTH)
			return "containers lie too deep in each other";
		bad = open(&p);
		*doubt = p.doubt;
		if (!bad && !wanted.format)
			peel_read_format(payload->bundle_line, &p.wanted);
	}
	return bad;
}
