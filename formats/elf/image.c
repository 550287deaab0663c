// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading and placing images.
 */
#include "image.h"

#include "reason.h"
#include "symbols.h"
#include "tell.h"

why image_open_segments(struct view file, struct image *out)
{
	why bad;

	memset(out, 0, sizeof(*out));
	bad = elf_open(file, &out->elf);
	if (!bad)
		bad = elf_span(&out->elf, &out->span);
	if (bad)
		return bad;
	if (out->span.end > 4 * GIB)
		return reason_format("the kernel is linked above 4 GiB: to "
				     "0x%lx-0x%lx",
				     out->span.start, out->span.end);
	return NULL;
}

why image_open_elf(struct view file, struct image *out)
{
	why bad = image_open_segments(file, out);

	if (bad)
		return bad;
	if (!elf_entry(&out->elf, out->elf.entry, &out->entry))
		return reason_format("the entry lies in no segment: it is "
				     "0x%lx",
				     out->elf.entry);
	return NULL;
}

/* Put the image delta (modulo 2^64) from where it is linked to. */
static why place(const struct boot *boot, const struct image *image, u64 delta,
		 struct plan *plan)
{
	struct range span = { image->span.start + delta,
			      image->span.end + delta };

	plan->delta = delta;
	plan->load = span.start;
	plan->load_len = range_len(span);
	plan->window = span;
	plan->entry_at = image->entry + delta;
	plan->load_from = mem_phys(boot->mem, image->is_flat ? image->flat
							     : image->elf.file);
	if (!image->is_flat)
		return elf_place(&image->elf, delta,
				 mem_phys(boot->mem, image->elf.file), plan);
	if (!plan_is_free_for_image(plan, span))
		return plan_no_place(plan, "the kernel", span, span.start);
	plan_copy(plan, span, mem_phys(boot->mem, image->flat),
		  image->flat.len);
	return NULL;
}

/* May it stay at the addresses it is linked to? */
static bool is_home(const struct image *image, const struct plan *plan)
{
	const struct room *room = &image->room;

	if (!image->is_relocatable)
		return true;
	return !image->leaves_home && image->span.start >= room->min &&
	       image->span.end <= room->end &&
	       image->span.start % room->align == 0 &&
	       plan_is_free(plan, image->span);
}

static why place_anywhere(const struct boot *boot, const struct image *image,
			  struct plan *plan)
{
	bool is_home_free = is_home(image, plan);
	struct room room = image->room;
	struct range found;

	if (is_home_free &&
	    (!image->is_relocatable || plan_is_calm(plan, image->span)))
		return place(boot, image, 0, plan);
	room.len = range_len(image->span);
	if (plan_find(plan, &room, UNTIL_FOREVER, &found) &&
	    (!is_home_free || plan_is_calm(plan, found)))
		return place(boot, image, found.start - image->span.start,
			     plan);
	if (is_home_free)
		return place(boot, image, 0, plan);
	return plan_no_room(plan, "the kernel where it may be");
}

static why try_plan(const struct boot *boot, const struct image *image,
		    bool leave, struct plan *plan)
{
	why bad;

	plan->overwrites = boot->options.overwrites;
	bad = place_anywhere(boot, image, plan);
	if (!bad)
		bad = tell_place_modules(boot, leave, plan);
	if (!bad && image->wants_symbols)
		symbols_plan(boot, &image->elf, plan);
	return bad ? bad : plan_seal(plan);
}

why image_plan(const struct boot *boot, const struct image *image,
	       struct plan *plan)
{
	const char *entry = plan->entry;
	u64 arena_len = plan->arena_len;
	phys arena_start = plan->arena_start, arena_end = plan->arena_end;
	why bad = try_plan(boot, image, true, plan);

	if (!bad)
		return NULL;
	plan_init(plan, boot->info);
	plan->entry = entry;
	plan->arena_len = arena_len;
	plan->arena_start = arena_start;
	plan->arena_end = arena_end;
	return try_plan(boot, image, false, plan);
}
