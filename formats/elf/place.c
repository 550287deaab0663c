// SPDX-License-Identifier: BSD-2-Clause
/*
 * Placing pieces of images. Linkers put a file's headers in front of the
 * program: of one that is linked to 1 MiB they come to lie in ROM.
 */
#include "place.h"

#define SCREEN 0xa0000 /* to 1 MiB: the adapters' memory and ROM */

/* The bytes of the piece that belong into a part of where it goes. */
static struct view bytes_of(const struct piece *piece, struct range dst,
			    struct range part)
{
	struct view bytes = view_from(piece->bytes, part.start - dst.start);

	bytes.len = min_u64(bytes.len, range_len(part));
	return bytes;
}

/* Is nothing lost if this part is left out? Headers are for loaders, and are
 * padded with zeroes. */
static bool is_dispensable(const struct piece *piece, struct range dst,
			   struct range part)
{
	struct view bytes = bytes_of(piece, dst, part);
	u64 offset = part.start - dst.start, i = 0;

	if (offset < piece->headers)
		i = min_u64(bytes.len, piece->headers - offset);
	while (i < bytes.len && !bytes.at[i])
		i++;
	return piece->headers && i == bytes.len &&
	       part.end - dst.start <= piece->bytes.len;
}

static void copy_part(struct plan *plan, struct range dst, struct range part,
		      const struct piece *piece)
{
	plan_copy(plan, part, piece->at + (part.start - dst.start),
		  bytes_of(piece, dst, part).len);
}

/* Below the screen a BIOS's machine has RAM all the way, whatever the BIOS
 * keeps there. */
static bool is_bios_data(const struct plan *plan, struct range part, u32 type)
{
	const struct boot_info *info = plan->info;

	return part.end <= SCREEN && !info->efi.system_table &&
	       !info->efi.memory_map.len &&
	       (!type || type == REGION_RESERVED) &&
	       !(info->rsdp >= part.start && info->rsdp < part.end) &&
	       !plan_is_needed(plan, part);
}

/* The part from an address on that is of one kind of memory, and all of it
 * taken by another piece of the image or nothing. */
static struct range next_part(const struct plan *plan, phys at, phys end,
			      u32 *type, bool *is_taken)
{
	struct range part = { at, end };
	phys limit = at < SCREEN ? SCREEN : at < MIB ? MIB : end;
	const struct hold *taken;
	phys stretch;

	*type = info_type_at(plan->info, at, &stretch);
	part.end = min_u64(end, min_u64(limit, stretch));
	taken = holds_first(&plan->holds, part, UNTIL_FOREVER);
	*is_taken = taken && taken->range.start <= at;
	if (taken)
		part.end = min_u64(part.end, *is_taken ? taken->range.end
						       : taken->range.start);
	return part;
}

why place_piece(struct plan *plan, struct range dst, const struct piece *piece)
{
	struct range part = { dst.start, dst.start };

	if (plan_is_free_for_image(plan, dst)) {
		copy_part(plan, dst, dst, piece);
		return NULL;
	}
	if (dst.end < dst.start)
		return "a segment passes the end of memory";
	while (part.end < dst.end) {
		bool is_taken;
		u32 type;

		part = next_part(plan, part.end, dst.end, &type, &is_taken);
		if (is_taken)
			continue;
		if (plan_is_free_for_image(plan, part) ||
		    is_bios_data(plan, part, type)) {
			copy_part(plan, dst, part, piece);
			continue;
		}
		if (type != REGION_RAM && part.start < MIB &&
		    is_dispensable(piece, dst, part))
			continue;
		if (type == REGION_RAM || part.start < SCREEN ||
		    part.start >= MIB)
			return plan_no_place(plan, "a segment", dst,
					     part.start);
		plan->left_out = part;
	}
	return NULL;
}
