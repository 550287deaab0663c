// SPDX-License-Identifier: BSD-2-Clause
/*
 * Files of any bytes, as if they were gangway with a pack: what is found lies
 * in the pack, and a beginning is patched as a whole or refused.
 */
#include "lies_in.h"
#include "oracle.h"
#include "packed.h"

static void read_all(struct view file)
{
	struct packed_file found;

	for (u32 i = 0; i < packed_count(file); i++) {
		if (packed_read(file, i, &found))
			continue;
		assert(lies_in(file, found.content));
		assert(lies_in(file, found.string));
		assert(lies_in(found.string, found.name));
	}
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	u8 *copy = malloc(PACKED_WITHIN + len);
	struct view file = { copy, len }, pack = file;
	struct packed_mark mark;
	u64 at;

	memset(copy, 0, PACKED_WITHIN);
	memcpy(copy, bytes, len);
	read_all(file);
	if (packed_find(file, &mark, &at) &&
	    view_cut(file, mark.image_len, mark.len, &pack))
		read_all(pack);
	if (!packed_patch(copy, 4096, PACKED_SEALED)) {
		assert(packed_find((struct view){ copy, PACKED_WITHIN }, &mark,
				   NULL));
		assert(mark.len == 4096 && mark.flags == PACKED_SEALED);
	}
	free(copy);
	return 0;
}
