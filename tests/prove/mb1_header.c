// SPDX-License-Identifier: BSD-2-Clause
/* Multiboot 1's header: what is found lies whole where loaders look, and what
 * misses being one is told of. */
#include "prove.h"

#include "../../formats/multiboot/mb1_kernel.c"

void harness(void)
{
	struct view image = any_view();
	struct mb1_header header;
	u64 at = 0;

	if (find_header(image, &header, &at))
		prove(at % MB1_HEADER_ALIGN == 0 &&
		      at + 12 <= min_u64(image.len, MB1_HEADER_SEARCH));
	(void)claims_mb1(image);
	(void)misses_mb1(image);
}
