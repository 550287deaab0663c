// SPDX-License-Identifier: BSD-2-Clause
/*
 * Rooms: how long something will be that is unpacked, nothing tells for sure,
 * so where one does not do the next larger one is tried.
 */
#include "room.h"

#include "plan.h"

#define MAX_UNPACKED (4 * GIB) /* more is no kernel, and need not be seen */

bool room_find(const struct boot *boot, struct plan *scratch, u64 least,
	       struct view *out)
{
	plan_init(scratch, boot->info);
	for (u32 i = 0; i < 3; i++) {
		phys end = i < 2 ? 4 * GIB : ANYWHERE;
		struct range room = plan_largest(scratch, 0, end, !i);
		u64 len = min_u64(range_len(room), MAX_UNPACKED);

		if (len >= least && mem_view(boot->mem, room.start, len, out))
			return true;
	}
	return false;
}

why room_hold(struct boot *boot, struct view written)
{
	return holds_add(&boot->info->holds, mem_range(boot->mem, written),
			 UNTIL_PLACE)
		       ? NULL
		       : "more than " DIGITS_OF(
				 MAX_HOLDS) " pieces of memory are held";
}

/* One of least bytes, as long as nothing else asks for some. */
static why take(const struct boot *boot, struct plan *scratch, u64 least,
		struct packing_room *out)
{
	struct view room = VIEW("");

	if (!room_find(boot, scratch, least, &room))
		return "there is no free RAM to unpack to";
	*out = (struct packing_room){ mem_writable(boot->mem, room), room.len,
				      boot->pause };
	return NULL;
}

why room_unpack(struct boot *boot, struct plan *scratch,
		const struct packing *packing, struct view *file)
{
	struct packing_room room = { .len = 0 };
	why bad = NULL, none;
	u64 len;

	do {
		none = take(boot, scratch, room.len + 1, &room);
		if (none)
			return bad ? bad : none;
		bad = packing->open(packing, *file, &room, &len);
	} while (bad && len > room.len);
	if (bad)
		return bad;
	*file = (struct view){ room.at, len };
	return room_hold(boot, *file);
}

why room_peek(struct boot *boot, struct plan *scratch,
	      const struct packing *packing, struct view file, struct view *out)
{
	struct packing_room room = { .len = 0 };
	why bad = NULL, none;

	if (!packing->peeks_into_room)
		return packing->peek(packing, file, NULL, out);
	do {
		none = take(boot, scratch, room.len + 1, &room);
		if (none)
			return bad ? bad : none;
		bad = packing->peek(packing, file, &room, out);
	} while (bad);
	return NULL;
}
