// SPDX-License-Identifier: BSD-2-Clause
/*
 * Device trees of any bytes, to be fixed up with lines of any length: refused,
 * or a tree again, and never longer than the room it was promised.
 */
#include "devicetree.h"
#include "oracle.h"

#include <libfdt.h>

#define GUARD 64

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view input = { bytes, len }, out;
	u64 options = take(&input, 1);
	static u8 line[256];
	struct chosen chosen = {
		.bootargs = { line, options },
		.rng_seed = { line, options & 1 ? 32 : 0 },
		.has_initrd = options & 2,
	};
	u64 room_len = devicetree_room(input, &chosen);
	u8 *tree = aligned_alloc(8, align_up(input.len + 1, 8));
	u8 *room = aligned_alloc(8, align_up(room_len + GUARD, 8));

	assert(tree && room);
	memcpy(tree, input.at, input.len);
	memset(room, 0xcc, room_len + GUARD);
	input.at = tree;
	if (!devicetree_fix(input, &chosen, room, &out)) {
		assert(out.at == room && out.len <= room_len);
		assert(!fdt_check_full(out.at, out.len));
		if (chosen.has_initrd)
			devicetree_set_initrd(room, (struct range){ 1, 2 });
	}
	for (u64 i = room_len; i < room_len + GUARD; i++)
		assert(room[i] == 0xcc);
	free(tree);
	free(room);
	return 0;
}
