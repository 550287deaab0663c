// SPDX-License-Identifier: BSD-2-Clause
/*
 * Applying base relocations.
 */
#include "base_relocs.h"

#define TYPE_SHIFT 12
#define OFFSET	   ((1u << TYPE_SHIFT) - 1)

static void add(u8 *at, u64 delta)
{
	u64 value;

	memcpy(&value, at, sizeof(value));
	value += delta;
	memcpy(at, &value, sizeof(value));
}

static void apply_block(u8 *page, u64 delta, struct view entries)
{
	u16 entry;

	for (u64 at = 0; view_read(entries, at, &entry, sizeof(entry));
	     at += sizeof(entry))
		if (entry >> TYPE_SHIFT == BASE_RELOC_DIR64)
			add(page + (entry & OFFSET), delta);
}

void base_relocs_apply(u8 *image, u64 delta, struct view blocks)
{
	struct base_reloc_block block;
	struct view entries;

	while (view_read(blocks, 0, &block, sizeof(block)) &&
	       block.size >= sizeof(block) &&
	       view_cut(blocks, sizeof(block), block.size - sizeof(block),
			&entries)) {
		apply_block(image + block.page, delta, entries);
		blocks = view_from(blocks, block.size);
	}
}
