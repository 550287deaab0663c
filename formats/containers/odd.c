// SPDX-License-Identifier: BSD-2-Clause
/*
 * Words that nobody reads, files that go where they do no good.
 */
#include "odd.h"

#include "cmdline.h"
#include "elf.h"
#include "format.h"
#include "packing.h"
#include "tree.h"

/* Of what is no ELF file: a bzImage shows itself there, by its setup header. */
#define HEAD_LEN 0x210

static void add(struct odd *odd, why sentence)
{
	if (odd->nr < MAX_ODD)
		reason_keep(sentence, odd->said[odd->nr]);
	odd->nr++;
}

static void find_words(const struct boot *boot, struct odd *odd)
{
	struct view lines[BOOT_LINES], word;

	boot_lines(boot, lines);
	for (u32 i = 0; i < BOOT_LINES; i++)
		while (cmdline_next(&lines[i], &word))
			if (cmdline_is_near(word))
				add(odd, reason_format(
						 "\"%.*s\" goes to the kernel: "
						 "words for gangway begin with "
						 "\"gangway.\"",
						 SHOW_WORD(word)));
}

/* A FIT image of which nobody said what to take, or that says what its kernel
 * is not. */
static void find_fit(const struct payload *payload, struct odd *odd)
{
	struct view said = payload->fit_compression;
	const char *is = payload->container ? payload->container : "none";

	if (payload->fit_config.len)
		add(odd, reason_format("the FIT image has no default, so its "
				       "first configuration \"%.*s\" was "
				       "taken: gangway.config= takes another",
				       SHOW_WORD(payload->fit_config)));
	if (payload->fit_unused.len)
		add(odd, reason_format("the FIT image's configuration names a "
				       "%.*s, which is not used",
				       SHOW_WORD(payload->fit_unused)));
	if (payload->fit_is_signed)
		add(odd, "the FIT image is signed, which nobody checks here");
	if (view_equal(view_string(is), VIEW("fit")))
		is = "none";
	if (said.len && !view_equal(said, view_string(is)))
		add(odd, reason_format("the FIT image calls its kernel's "
				       "compression \"%.*s\", and it is %s",
				       SHOW_WORD(said), is));
}

/* The format of a file that is a kernel by all signs; or NULL. */
static const struct format *kernel_in(struct view file)
{
	struct view inside = file;

	const struct packing *packing = packing_of(file);

	if (packing && (packing->peeks_into_room ||
			packing->peek(packing, file, NULL, &inside)))
		return NULL;
	if (!elf_claims(inside))
		inside.len = min_u64(inside.len, HEAD_LEN);
	return format_of(inside, NULL, CLAIM_FLAT);
}

/* A module that became a part of Linux's initrd. */
static void find_module(const struct boot *boot, u32 i, struct odd *odd)
{
	const struct module *module = &boot->info->modules[i];
	struct range range = module->range;
	struct range kernel = boot->info->modules[boot->payload.index].range;
	const struct format *format;
	struct view file, first;

	if (range_empty(range) ||
	    !mem_view(boot->mem, range.start, range_len(range), &file) ||
	    !mem_view(boot->mem, kernel.start, range_len(kernel), &first) ||
	    tree_claims(file))
		return;
	if (module->line.len)
		add(odd, reason_format("the words \"%.*s\" behind module %u "
				       "reach nobody, as it is a part of the "
				       "initrd: put them behind the kernel",
				       SHOW_WORD(module->line), i));
	format = kernel_in(file);
	if (view_equal(file, first))
		add(odd, reason_format("module %u is the kernel once more, and "
				       "went into the initrd: leave it out",
				       i));
	else if (format)
		add(odd, reason_format("module %u looks like a kernel (%s) and "
				       "went into the initrd: is it the one to "
				       "start, put it first",
				       i, format->name));
}

void odd_find(const struct boot *boot, struct odd *out)
{
	const struct boot_info *info = boot->info;
	const struct payload *payload = &boot->payload;

	out->nr = 0;
	if (info->had_ram_only)
		add(out, "the loader's memory map has nothing but RAM, so what "
			 "it leaves out below 1 MiB is taken as reserved");
	if (info->unknown_types)
		add(out, reason_format("%u regions of memory are of unknown "
				       "type and taken as reserved",
				       info->unknown_types));
	if (info->lost_setup_data)
		add(out, "the loader's setup_data leaves memory, or is more "
			 "than " DIGITS_OF(
				 MAX_SETUP_DATA) " nodes, "
						 "so none of it is passed on");
	find_words(boot, out);
	find_fit(payload, out);
	if (!payload->format->is_linux)
		return;
	for (u32 i = 0; i < info->nr_modules; i++)
		if (i != payload->index)
			find_module(boot, i, out);
	if (!payload->nr_modules)
		add(out, "there is no initrd for Linux: pass one beside it, "
			 "unless it needs none");
}
