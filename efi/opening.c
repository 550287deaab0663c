// SPDX-License-Identifier: BSD-2-Clause
/*
 * From a file that was found to a kernel: measured, checked, and only then
 * opened.
 */
#include "opening.h"

#include "confidential.h"
#include "console.h"
#include "firmware.h"
#include "fit.h"
#include "format.h"
#include "library.h"
#include "measure.h"
#include "open_in_pages.h"
#include "packing.h"
#include "pe.h"
#include "print.h"
#include "step.h"
#include "tree.h"
#include "trust.h"
#include "way.h"

static why open_payload(struct boot *boot)
{
	why bad = open_in_pages(boot);

	if (bad && boot->payload.container)
		step_for = boot->payload.container;
	return bad;
}

/* A kernel that is an application only, such as a UKI with a stub of its own:
 * the modules behind it are its device tree and its initrd, and a profile's
 * number goes first. */
static why take_whole(struct boot *boot, struct view file,
		      const struct found *found)
{
	struct payload *payload = &boot->payload;
	why bad = NULL;

	payload->image = file;
	payload->name = boot->info->modules[0].name;
	payload->line = boot->info->modules[0].line;
	payload->bundle_line = found->profile_word;
	payload->devicetree = boot->info->devicetree;
	for (u32 i = 1; i < boot->info->nr_modules && !bad; i++) {
		struct view rest = way_file(boot, i), tree = VIEW("");
		bool has_images = false;

		library_begin();
		if (tree_claims(rest))
			bad = tree_check(rest, &tree);
		if (tree.len)
			has_images = fit_has_images(tree);
		library_end();
		if (tree.len && !has_images)
			payload->devicetree = tree;
		else
			payload->modules[payload->nr_modules++] =
				boot->info->modules[i];
	}
	return bad;
}

/* Words that nobody has measured are the host's, who is not to be trusted in a
 * guest that is hidden from it. */
static void doubt_words(struct boot *boot, bool is_measured,
			struct found *found)
{
	bool has_some = boot->info->cmdline.len ||
			boot->info->modules[0].line.len > found->words.len;

	if (is_measured || !guest_is_confidential())
		return;
	if (has_some)
		say("gangway: words from outside are ignored, since nothing "
		    "has measured them in this confidential guest");
	find_forget_words(boot->info, found);
	found->is_line_fixed = true;
	boot->payload.line = boot->info->modules[0].line;
}

/* Measure what was found, before anything is made of it. */
void opening_measure(struct boot *boot, struct found *found)
{
	bool is_measured = measure_words(boot->info, found);

	step_begin("options", "gangway");
	boot->payload.line = boot->info->modules[0].line;
	doubt_words(boot, is_measured, found);
	boot_options(boot);
	is_measured = measure_files(boot->info, found, way_loads_file(boot));
	doubt_words(boot, is_measured, found);
	boot_options(boot);
}

why opening_check(struct boot *boot, const struct found *found)
{
	why bad;

	library_begin();
	bad = trust_check(boot, found);
	library_end();
	return bad;
}

/* Of a file in which nobody but us would find anything to check, nothing is
 * read before its hash is known. In a container there may be a signature. */
static why check_file(struct boot *boot, const struct found *found,
		      struct view file)
{
	enum claim least = boot->options.format ? CLAIM_POSSIBLE : CLAIM_INSIDE;
	const struct format *format =
		format_of(file, boot->options.format, least);

	if (!firmware_is_secure() || pe_claims(file) || packing_of(file) ||
	    tree_claims(file) || !format)
		return NULL;
	step_begin("start", format->name);
	boot->payload.image = file;
	boot->payload.format = format;
	return opening_check(boot, found);
}

/* Open what was found; *is_whole if only the firmware can start it. */
static why open_found(struct boot *boot, const struct found *found,
		      bool *is_whole)
{
	struct view file = way_file(boot, 0), kernel = VIEW("");
	why bad = NULL;

	*is_whole = false;
	bad = check_file(boot, found, file);
	if (bad)
		return bad;
	step_begin("open", "module");
	if (way_is_application(boot, file)) {
		bad = pe_section(file, PE_FILE, VIEW(".linux"), &kernel);
		if (!bad && !(kernel.len && way_is_zeropage(boot))) {
			*is_whole = true;
			return take_whole(boot, file, found);
		}
		/* What is in it is covered by its signature, which nobody would
		 * look at then. */
		if (!bad && firmware_is_secure()) {
			step_begin("open", "uki");
			bad = "a UKI is not taken apart while Secure Boot is on";
		}
	}
	boot->profile = found->profile;
	if (!bad)
		bad = open_payload(boot);
	if (bad)
		return bad;
	/* The line of a FIT image is as much from outside as the image. */
	if (found->is_line_fixed && !found->is_packed)
		boot->payload.bundle_line = VIEW("");
	boot_options(boot);
	return NULL;
}

/* The same with the words that are known then, one of which may be the cause
 * of what went wrong. */
why opening_open(struct boot *boot, const struct found *found, bool *is_whole)
{
	why bad = open_found(boot, found, is_whole);
	why judged = options_judge(&boot->options);

	if (judged)
		step_begin("options", "gangway");
	return judged ? judged : bad;
}
