// SPDX-License-Identifier: BSD-2-Clause
/*
 * Compressed files, and what is in them.
 */
#include "inspect.h"

#include "compress.h"

#define MAX_UNPACKED (256 * MIB)

void inspect_packed(json_t *facts, struct view file, u32 depth)
{
	enum compression compression = compression_of(file);
	struct unpacked inside;
	json_t *tree;
	why bad;

	if (compression == COMPRESSION_NONE || depth == INSPECT_DEPTH)
		return;
	tree = fact_tree(facts, "compressed");
	fact_text(tree, "by", "%s", compression_name(compression));
	bad = decompress(file, MAX_UNPACKED, &inside);
	if (bad) {
		fact_damage(tree, 0, bad);
		fact_number(tree, "unpacked_before", inside.len);
	} else {
		inspect_file(fact_tree(tree, "file"),
			     (struct view){ inside.at, inside.len }, depth + 1);
	}
	unpacked_free(&inside);
}
