// SPDX-License-Identifier: BSD-2-Clause
/* Both Multiboots' address fields: what they load lies in the file. */
#include "prove.h"

#include "kludge.h"

void harness(void)
{
	struct view file = any_view();
	u64 header_at = nondet_u64();
	struct kludge kludge = { nondet_u32(), nondet_u32(), nondet_u32(),
				 nondet_u32(), nondet_u32() };
	struct image image;

	assume(header_at <= file.len);
	if (kludge_open(file, header_at, &kludge, &image))
		return;
	prove(is_inside(image.flat, file) && image.flat.len);
	prove(image.span.start < image.span.end && image.span.end <= 4 * GIB);
	prove(range_len(image.span) >= image.flat.len);
	prove(image.entry >= image.span.start && image.entry < image.span.end);
}
