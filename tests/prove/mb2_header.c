// SPDX-License-Identifier: BSD-2-Clause
/* Multiboot 2's header and its tags: they lie in the file, and end. */
#include "prove.h"

#include "../../formats/multiboot/mb2_kernel.c"

/* What elf.c proves. */
why image_open_segments(struct view file, struct image *out)
{
	(void)file;
	__CPROVER_havoc_object(out);
	assume(out->span.start < out->span.end);
	out->is_relocatable = false;
	return nondet_bool() ? "damaged" : NULL;
}

why image_open_elf(struct view file, struct image *out)
{
	return image_open_segments(file, out);
}

void harness(void)
{
	struct view image = any_view(), tags = VIEW(""), tag;
	struct mb2_header_tag head;
	struct mb2_kernel kernel;
	u64 at = 0;

	if (find_header(image, &at, &tags)) {
		prove(at % MB2_ALIGN == 0 && is_inside(tags, image));
		prove(at + sizeof(struct mb2_header) <= MB2_HEADER_SEARCH);
		if (next_tag(&tags, &head, &tag))
			prove(is_inside(tag, image) && is_inside(tags, image));
	}
	(void)claims_mb2(image);
	(void)misses_mb2(image);
	if (!mb2_open(image, nondet_bool(), &kernel) &&
	    kernel.image.is_relocatable)
		prove(is_power_of_two(kernel.image.room.align));
}
