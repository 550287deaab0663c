// SPDX-License-Identifier: BSD-2-Clause
/*
 * Packed files of any bytes: nothing is read or written outside of what was
 * given, more room changes nothing, and a peek shows what comes out.
 */
#include "oracle.h"
#include "packing.h"

#define SMALL (2 * MIB)
#define LARGE (8 * MIB)
#define MOST  (16 * KIB) /* of a file: each byte can unpack to many */

static why open_in(const struct packing *packing, struct view file, u64 room,
		   u8 **out, u64 *len)
{
	struct packing_room to = { malloc(room), room, NULL };
	why bad = packing->open(packing, file, &to, len);

	assert(bad || *len <= room);
	*out = to.at;
	return bad;
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view file = { bytes, len }, seen;
	const struct packing *packing = packing_of(file);
	struct packing_room room = { NULL, SMALL, NULL };
	u64 small_len = 0, large_len = 0;
	u8 *small, *large;
	why bad;

	if (len > MOST || !packing)
		return 0;
	room.at = malloc(SMALL);
	bad = open_in(packing, file, SMALL, &small, &small_len);
	if (!bad) {
		assert(!open_in(packing, file, LARGE, &large, &large_len));
		assert(small_len == large_len);
		assert(!memcmp(small, large, small_len));
		free(large);
		assert(!packing->peek(packing, file, &room, &seen));
		assert(seen.len <= small_len || !small_len);
		assert(!memcmp(small, seen.at, seen.len));
	} else if (!packing->peek(packing, file, &room, &seen)) {
		assert(seen.len <= SMALL || seen.at != room.at);
	}
	free(small);
	free(room.at);
	return 0;
}
