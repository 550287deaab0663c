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

/* May it be at the addresses it is linked to? */
static bool may_be_home(const struct image *image)
{
	const struct room *room = &image->room;

	return !image->is_relocatable || (image->span.start >= room->min &&
					  image->span.end <= room->end &&
					  image->span.start % room->align == 0);
}

/* Can it stay there? */
static bool is_home(const struct image *image, const struct plan *plan)
{
	return may_be_home(image) &&
	       (!image->is_relocatable ||
		(!image->leaves_home && plan_is_free(plan, image->span)));
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

/* Have a place for an image that is moved searched for. */
static struct block *search_image(const struct boot *boot,
				  const struct image *image,
				  struct search *search)
{
	struct view file = image->is_flat ? image->flat : image->elf.file;
	struct room room = image->room;
	struct block *block;

	room.len = range_len(image->span);
	block = search_block(search, &room);
	search_source(search, 0, room.len, mem_range(boot->mem, file));
	search->nr_copies += (u32)image->elf.phnum;
	return block;
}

/* The ways to plan an image: by what comes first; by the complete search where
 * it is linked to; and by that elsewhere. Of each, the second one does not
 * leave any modules. */
static why try_way(const struct boot *boot, const struct image *image, u32 way,
		   struct plan *plan)
{
	const struct block *found = NULL, *block = NULL;
	struct search search;
	why bad = NULL;

	plan->overwrites = boot->options.overwrites;
	if (way < 2)
		bad = place_anywhere(boot, image, plan);
	else if (way < 4 && may_be_home(image))
		bad = place(boot, image, 0, plan);
	else if (way < 4 || !image->is_relocatable)
		bad = "it may not be there";
	if (bad)
		return bad;
	tell_leave_modules(boot, way % 2 == 0, plan);
	search_begin(&search, plan);
	if (way >= 2) {
		tell_search_modules(boot, plan, &search);
		if (way >= 4)
			block = search_image(boot, image, &search);
		if (!search_run(&search))
			return "there is no layout";
		found = search.blocks;
	}
	if (block)
		bad = place(boot, image, block->at - image->span.start, plan);
	if (!bad)
		bad = tell_move_modules(boot, found, plan);
	if (!bad && image->wants_symbols)
		symbols_plan(boot, &image->elf, way < 2, plan);
	return bad ? bad : search_seal(&search);
}

#define WAYS 6

why image_plan(const struct boot *boot, const struct image *image,
	       struct plan *plan)
{
	const char *entry = plan->entry;
	u64 arena_len = plan->arena_len;
	phys arena_start = plan->arena_start, arena_end = plan->arena_end;
	why bad = try_way(boot, image, 0, plan);

	/* If there is none, the second one says why. */
	for (u32 way = 1; bad && way <= WAYS; way++) {
		plan_init(plan, boot->info);
		plan->entry = entry;
		plan->arena_len = arena_len;
		plan->arena_start = arena_start;
		plan->arena_end = arena_end;
		bad = try_way(boot, image, way < WAYS ? way : 1, plan);
	}
	return bad;
}
