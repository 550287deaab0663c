// SPDX-License-Identifier: BSD-2-Clause
/* gzip's header: zlib gets nothing but what lies between it and the trailer. */
#include "prove.h"

#include "../../formats/containers/gzip.c"

void harness(void)
{
	struct view file = any_view();
	u64 at = nondet_u64();

	if (!skip_header(file, &at))
		prove(at >= FIXED_LEN && at <= file.len);
}
