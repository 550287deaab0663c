// SPDX-License-Identifier: BSD-2-Clause
/*
 * From a file to a kernel: measured, then checked, then opened.
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

/* An application, such as a UKI with its own stub: the other modules are its
 * device tree and initrd, and the word for its profile goes first. */
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

/* Arguments that have not been measured come from the host, which a
 * confidential guest does not trust. */
static void doubt_words(struct boot *boot, bool is_measured,
			struct found *found)
{
	bool has_some = boot->info->cmdline.len ||
			boot->info->modules[0].line.len > found->words.len;

	if (is_measured || !guest_is_confidential())
		return;
	if (has_some)
		say("gangway: arguments from outside are ignored, because "
		    "this confidential guest has not measured them");
	find_forget_words(boot->info, found);
	found->is_line_fixed = true;
	boot->payload.line = boot->info->modules[0].line;
}

/* Measure what was found before it is used. */
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

/* If only gangway's hashes can vouch for a file, it is checked before it is
 * parsed. What is in a container may have its own signature. */
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
			bad = "a UKI is not unpacked while Secure Boot is on";
		}
	}
	boot->profile = found->profile;
	if (!bad)
		bad = open_payload(boot);
	if (bad)
		return bad;
	/* The FIT image's command line comes from outside as well. */
	if (found->is_line_fixed && !found->is_packed)
		boot->payload.bundle_line = VIEW("");
	boot_options(boot);
	return NULL;
}

/* The same, and judge the options known by then: one of them may be why opening
 * failed. */
why opening_open(struct boot *boot, const struct found *found, bool *is_whole)
{
	why bad = open_found(boot, found, is_whole);
	why judged = options_judge(&boot->options);

	if (judged)
		step_begin("options", "gangway");
	return judged ? judged : bad;
}
