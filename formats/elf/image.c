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

enum place {
	FIRST_FIT, /* and modules move out of its way */
	AT_HOME,   /* where it is linked to */
	SEARCHED,  /* wherever the complete search finds one */
};

/* The ways to plan an image, in the order in which they are tried. All but
 * those of FIRST_FIT search for the places of all that moves. */
static const struct way {
	enum place place;
	bool leaves_modules; /* as far as they may stay */
} ways[] = {
	{ FIRST_FIT, true }, { FIRST_FIT, false }, { AT_HOME, true },
	{ AT_HOME, false },  { SEARCHED, true },   { SEARCHED, false },
};

/* If none leads to a plan, this one says why in words that help. */
static const struct way *const telling_way = &ways[1];

/* Place the image, unless it is searched for. */
static why place_by(const struct way *way, const struct boot *boot,
		    const struct image *image, struct plan *plan)
{
	if (way->place == FIRST_FIT)
		return place_anywhere(boot, image, plan);
	if (way->place == AT_HOME && may_be_home(image))
		return place(boot, image, 0, plan);
	if (way->place == SEARCHED && image->is_relocatable)
		return NULL;
	return "it may not be there";
}

static why try_way(const struct way *way, const struct boot *boot,
		   const struct image *image, struct plan *plan)
{
	bool searches = way->place != FIRST_FIT;
	const struct block *block = NULL;
	struct search search;
	why bad;

	plan->overwrites = boot->options.overwrites;
	bad = place_by(way, boot, image, plan);
	if (bad)
		return bad;
	tell_leave_modules(boot, way->leaves_modules, plan);
	search_begin(&search, plan);
	if (searches)
		tell_search_modules(boot, plan, &search);
	if (way->place == SEARCHED)
		block = search_image(boot, image, &search);
	if (searches && !search_run(&search))
		return "there is no layout";
	if (block)
		bad = place(boot, image, block->at - image->span.start, plan);
	if (!bad)
		bad = tell_move_modules(boot, searches ? search.blocks : NULL,
					plan);
	if (!bad && image->wants_symbols)
		symbols_plan(boot, &image->elf, !searches, plan);
	return bad ? bad : search_seal(&search);
}

why image_plan(const struct boot *boot, const struct image *image,
	       struct plan *plan)
{
	const char *entry = plan->entry;
	u64 arena_len = plan->arena_len;
	phys arena_start = plan->arena_start, arena_end = plan->arena_end;
	why bad = try_way(&ways[0], boot, image, plan);

	for (u32 i = 1; bad && i <= ARRAY_LEN(ways); i++) {
		plan_init(plan, boot->info);
		plan->entry = entry;
		plan->arena_len = arena_len;
		plan->arena_start = arena_start;
		plan->arena_end = arena_end;
		bad = try_way(i < ARRAY_LEN(ways) ? &ways[i] : telling_way,
			      boot, image, plan);
	}
	return bad;
}
