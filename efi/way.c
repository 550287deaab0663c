// SPDX-License-Identifier: BSD-2-Clause
/*
 * Applications, stubs, and the rest.
 */
#include "way.h"

#include "format.h"
#include "pe.h"
#include "tree.h"
#include "uki.h"

#define FIRST_FOR_INITRD 1 /* the major version of images that ask for one */

struct view way_file(const struct boot *boot, u32 module)
{
	struct range range = boot->info->modules[module].range;
	struct view file = VIEW("");

	return mem_view(boot->mem, range.start, range_len(range), &file)
		       ? file
		       : VIEW("");
}

bool way_is_zeropage(const struct boot *boot)
{
	return boot->options.linux_way == LINUX_ZEROPAGE;
}

bool way_is_application(const struct boot *boot, struct view file)
{
	const struct format *format = format_of(file, NULL, CLAIM_INSIDE);
	const struct format *forced = boot->options.format;

	if (!pe_claims(file) || !format)
		return pe_claims(file);
	/* gangway.efi is a kernel by two of its headers; with one in it, it is
	 * what starts that, and by its own rules. */
	return (format_is(format, VIEW("multiboot2")) || uki_claims(file)) &&
	       !(forced && format_is(forced, VIEW("multiboot2")));
}

static bool is_for_stub(const struct boot *boot, struct view image,
			u32 nr_initrds)
{
	if (!pe_claims(image) || way_is_zeropage(boot))
		return false;
	return boot->options.linux_way == LINUX_EFI || !nr_initrds ||
	       pe_image_version(image) >= FIRST_FOR_INITRD;
}

bool way_is_stub(const struct boot *boot)
{
	const struct payload *payload = &boot->payload;

	return format_is(payload->format, VIEW("bzimage")) &&
	       is_for_stub(boot, payload->image, payload->nr_modules);
}

bool way_stub_is_deaf(const struct boot *boot)
{
	const struct payload *payload = &boot->payload;

	return format_is(payload->format, VIEW("bzimage")) &&
	       pe_claims(payload->image) && payload->nr_modules &&
	       pe_image_version(payload->image) < FIRST_FOR_INITRD;
}

static u32 count_initrds(const struct boot *boot)
{
	u32 nr = 0;

	for (u32 i = 1; i < boot->info->nr_modules; i++)
		nr += !tree_claims(way_file(boot, i));
	return nr;
}

bool way_loads_file(const struct boot *boot)
{
	struct view file = way_file(boot, 0), kernel = VIEW("");
	const struct format *bzimage = format_named(VIEW("bzimage"));
	const struct format *forced = boot->options.format;

	if (way_is_application(boot, file))
		return !way_is_zeropage(boot) ||
		       pe_section(file, PE_FILE, VIEW(".linux"), &kernel) ||
		       !kernel.len;
	return (!forced || forced == bzimage) &&
	       format_of(file, bzimage, CLAIM_SURE) &&
	       is_for_stub(boot, file, count_initrds(boot));
}
