// SPDX-License-Identifier: BSD-2-Clause
/* Words that name files, of any line: they lie in it, and what is copied of
 * the others into the room. */
#include "prove.h"

#include "words.h"

void harness(void)
{
	struct view line = any_view(), all = line;
	struct named_file file;
	static char out[4];
	u64 room = nondet_u64();
	u32 profile = 0;

	assume(room <= sizeof(out));
	(void)words_without_files(all, out + (sizeof(out) - room), room);
	if (words_next_file(&line, &file))
		prove(is_part(file.path, all) && is_part(file.line, all));
	if (words_profile(all, &profile))
		prove(profile <= 9999);
}
