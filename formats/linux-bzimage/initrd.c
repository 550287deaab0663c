// SPDX-License-Identifier: BSD-2-Clause
/*
 * Linux's initrd: all modules behind the kernel, joined, each padded to 4
 * bytes, as the kernel's unpacking of concatenated archives wants them.
 */
#include "bzimage.h"

#include "reason.h"

/* The initrd: all modules, joined, each padded to 4 bytes. */
static u64 initrd_len(const struct payload *payload, u32 parts)
{
	u64 len = 0;

	for (u32 i = 0; i < parts; i++)
		len = align_up(len, 4) + range_len(payload->modules[i].range);
	return len;
}

why initrd_check(const struct bzimage *bz, const struct payload *payload)
{
	u64 len = 0;

	for (u32 i = 0; i < payload->nr_modules; i++) {
		u64 part = align_up(range_len(payload->modules[i].range), 4);

		if (len + part < len)
			return "the initrds are longer than any memory";
		len += part;
	}
	if (len > bz->initrd_end && !bz->is_above_4g)
		return reason_format("the initrd has %lu KiB, and the kernel "
				     "takes one only below 0x%lx",
				     align_up(len, KIB) / KIB, bz->initrd_end);
	return NULL;
}

/* Put the parts of the initrd from an address on, with zeroes between. */
static void put_parts(const struct payload *payload, struct plan *plan, phys at)
{
	for (u32 i = 0; i < payload->nr_modules; i++) {
		struct range part = payload->modules[i].range;
		struct range dst = { at, at + range_len(part) };

		at = align_up(dst.end, 4);
		if (i + 1 < payload->nr_modules)
			dst.end = at;
		plan_copy(plan, dst, part.start, range_len(part));
	}
}

void initrd_put(const struct payload *payload, struct plan *plan, phys at)
{
	struct range initrd = { at,
				at + initrd_len(payload, payload->nr_modules) };

	put_parts(payload, plan, at);
	plan->initrd = initrd;
	plan->initrd_from = payload->modules[0].range.start;
	/* The kernel frees the last page whole. */
	initrd.end = align_up(initrd.end, PAGE_SIZE);
	plan_keep(plan, initrd);
}

/* Where the whole initrd lies if one of its parts stays, which has so many
 * bytes before it. The kernel frees its pages, so it must begin on one; and
 * address 0 tells it that there is none. */
static bool place_around(const struct bzimage *bz, struct range part,
			 u64 before, u64 len, const struct plan *plan,
			 struct range *out)
{
	phys start = part.start - before;

	*out = (struct range){ start, start + len };
	return before < part.start && start % PAGE_SIZE == 0 &&
	       (out->end <= bz->initrd_end || bz->is_above_4g) &&
	       plan_is_calm(plan, (struct range){ start, align_up(out->end,
								  PAGE_SIZE) });
}

u32 initrd_parts(const struct bzimage *bz, const struct payload *payload,
		 const struct plan *plan, u32 parts[INITRD_PARTS])
{
	u64 len = initrd_len(payload, payload->nr_modules), before = 0;
	struct range initrd;
	u32 nr = 0, at;

	for (u32 i = 0; i < payload->nr_modules; i++) {
		struct range part = payload->modules[i].range;

		if (place_around(bz, part, before, len, plan, &initrd)) {
			nr = (u32)min_u64(nr + 1, INITRD_PARTS);
			for (at = nr - 1;
			     at &&
			     range_len(part) >
				     range_len(payload->modules[parts[at - 1]]
						       .range);
			     at--)
				parts[at] = parts[at - 1];
			parts[at] = i;
		}
		before = align_up(before + range_len(part), 4);
	}
	return nr;
}

bool initrd_leave(const struct bzimage *bz, const struct payload *payload,
		  struct plan *plan, u32 part)
{
	struct range initrd;

	if (!place_around(bz, payload->modules[part].range,
			  align_up(initrd_len(payload, part), 4),
			  initrd_len(payload, payload->nr_modules), plan,
			  &initrd))
		return false;
	initrd_put(payload, plan, initrd.start);
	return true;
}

/* Pages that begin where the initrd ends below its limit. */
static struct room room_of(const struct bzimage *bz,
			   const struct payload *payload)
{
	u64 len = initrd_len(payload, payload->nr_modules);
	u64 pages = align_up(len, PAGE_SIZE);

	return (struct room){
		.len = pages,
		.align = PAGE_SIZE,
		.end = align_down(min_u64(bz->initrd_end, 4 * GIB) - len,
				  PAGE_SIZE) +
		       pages,
		.highest = true,
	};
}

why initrd_move(const struct bzimage *bz, const struct payload *payload,
		struct plan *plan)
{
	struct room want = room_of(bz, payload);
	struct range found;

	if (!plan_find(plan, &want, UNTIL_FOREVER, &found)) {
		want.end = ANYWHERE;
		if (!bz->is_above_4g ||
		    !plan_find(plan, &want, UNTIL_FOREVER, &found))
			return plan_no_room(plan, "the initrd below its limit");
	}
	initrd_put(payload, plan, found.start);
	return NULL;
}

void initrd_search(const struct bzimage *bz, const struct payload *payload,
		   struct search *search)
{
	struct room room = room_of(bz, payload);
	u64 offset = 0;

	if (bz->is_above_4g)
		room.end = ANYWHERE;
	search_block(search, &room);
	for (u32 i = 0; i < payload->nr_modules; i++) {
		struct range part = payload->modules[i].range;
		u64 next = align_up(offset + range_len(part), 4);

		search_source(search, offset, next - offset, part);
		offset = next;
	}
}
