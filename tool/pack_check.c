// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a bundle must be like before anything of it is written, and what is put
 * into it by itself.
 */
#include <unistd.h>

#include "bundle.h"
#include "bzimage.h"
#include "fit_images.h"
#include "format.h"
#include "pe.h"
#include "tool.h"
#include "world.h"

#define MAX_TEXT MIB

void text_check(const char *path, u64 len)
{
	if (len > MAX_TEXT)
		refuse(path, "it is longer than 1 MiB: is it the right file?");
}

/* What sbsign reads: of a FIFO, without end. */
static void check_key(const char *path)
{
	u64 len = input_open(path).bytes.len;

	if (!len)
		refuse(path, "it is empty");
	text_check(path, len);
}

static void check_sign(const struct bundle *bundle)
{
	if (!bundle->key && !bundle->certificate)
		return;
	if (!bundle->key || !bundle->certificate)
		misuse("to sign needs both a key and a certificate");
	check_key(bundle->key);
	check_key(bundle->certificate);
}

/* By profiles, then by kinds, else as they came; .sbat belongs to none. */
static void sort(struct bundle *bundle)
{
	for (u32 i = 1; i < bundle->nr; i++) {
		struct part part = bundle->parts[i];
		u32 rank = part.kind == PART_SBAT ? ~0u : part.profile;
		u32 j = i;

		for (; j; j--) {
			const struct part *other = &bundle->parts[j - 1];
			u32 its =
				other->kind == PART_SBAT ? ~0u : other->profile;

			if (its < rank ||
			    (its == rank && other->kind <= part.kind))
				break;
			bundle->parts[j] = *other;
		}
		bundle->parts[j] = part;
	}
}

/* Each kind but initrds and modules is there once in a profile. */
static void check_counts(const struct bundle *bundle)
{
	for (u32 i = 1; i < bundle->nr; i++) {
		const struct part *a = &bundle->parts[i - 1], *b = a + 1;

		if (a->kind == b->kind && a->profile == b->profile &&
		    a->kind != PART_INITRD && a->kind != PART_MODULE &&
		    a->kind != PART_DTBAUTO)
			misuse("an option is given twice: %s",
			       b->path ? b->path : (const char *)b->bytes.at);
	}
}

/* The longest command line that a kernel may get: a profile has those of all
 * that it has none of itself. */
static struct view line_of(const struct bundle *bundle,
			   const struct part *kernel)
{
	struct view line = VIEW("");

	for (u32 i = 0; i < bundle->nr; i++) {
		const struct part *part = &bundle->parts[i];

		if (part->kind == PART_CMDLINE &&
		    (part->profile == kernel->profile || !part->profile ||
		     !kernel->profile) &&
		    part->bytes.len > line.len)
			line = part->bytes;
	}
	return line;
}

/* What the loader's own code has to say, before anything is written. Of a UEFI
 * application, which Linux is as well, it leaves that to the firmware. */
static void check_kernel(const struct bundle *bundle, const struct part *kernel)
{
	struct input input = { kernel->path, kernel->descriptor,
			       kernel->bytes };
	why bad = world_open(&input, line_of(bundle, kernel));

	world_end();
	if (bad && !(pe_claims(kernel->bytes) &&
		     bzimage_claims(kernel->bytes) == CLAIM_NONE))
		refuse(kernel->path, "%s", bad);
}

static void check_tree(const struct part *dtb)
{
	struct view tree;
	why bad = fit_images_tree(dtb->bytes, &tree);

	if (bad)
		refuse(dtb->path, "it is no device tree: %s", bad);
}

void bundle_check(struct bundle *bundle)
{
	check_sign(bundle);
	sort(bundle);
	check_counts(bundle);
	for (u32 i = 0; i < bundle->nr; i++) {
		if (bundle->parts[i].kind == PART_KERNEL)
			check_kernel(bundle, &bundle->parts[i]);
		if (bundle->parts[i].kind == PART_DTB ||
		    bundle->parts[i].kind == PART_DTBAUTO)
			check_tree(&bundle->parts[i]);
	}
}

/* Facts that are a UKI's to tell, where nobody has given them. */
void bundle_facts(struct bundle *bundle)
{
	static const char *const places[] = { "/etc/os-release",
					      "/usr/lib/os-release" };
	const struct part *kernel = bundle_part(bundle, PART_KERNEL);
	const struct format *format;
	struct view version;

	if (!kernel)
		return;
	for (u32 i = 0; i < ARRAY_LEN(places); i++)
		if (!bundle_part(bundle, PART_OSREL) &&
		    !access(places[i], R_OK))
			bundle_add_file(bundle, PART_OSREL, 0, places[i]);
	format = format_of(kernel->bytes, NULL, CLAIM_FLAT);
	version = VIEW("");
	if (format && format->version)
		version = format->version(kernel->bytes);
	if (version.len && !bundle_part(bundle, PART_UNAME))
		bundle_add(bundle, PART_UNAME, 0, version);
}
