// SPDX-License-Identifier: BSD-2-Clause
/*
 * Linux: where its image, the memory it unpacks itself into and its initrd go;
 * and its form as a bzImage. What may stay where it lies, stays; otherwise the
 * cheaper of the two is moved.
 *
 * The image runs from the window [S, S + init_size), S being the aligned
 * maximum of load and preferred address (boot.rst, 1.11); it destroys what
 * lies there before it reads the zero page.
 */
#include "bzimage.h"

#include "elf.h"
#include "format.h"

#define NO_PART	    MAX_MODULES
#define MAX_LAYOUTS (2 * (INITRD_PARTS + 1))

/* One way to lay things out, and the bytes it costs. */
struct layout {
	bool kernel_stays;
	u8 lowered;	/* its alignment then, so often by half */
	u32 part_stays; /* which part of the initrd; NO_PART: none */
	u64 cost;
};

static struct range window_of(const struct bzimage *bz, phys load, u64 align)
{
	phys start = load;

	if (bz->is_relocatable)
		start = align_up(max_u64(load, bz->pref_address), align);
	return (struct range){ start, start + bz->init_size };
}

static void keep_kernel(const struct bzimage *bz, struct plan *plan, phys load,
			u64 align)
{
	plan->load = load;
	plan->load_len = bz->kernel.len;
	plan->window = window_of(bz, load, align);
	plan->alignment = align;
	plan_keep(plan, plan->window);
}

/* Run the kernel where it lies, if its window there is free. */
static why leave_kernel(const struct boot *boot, const struct bzimage *bz,
			u64 align, bool is_tight, struct plan *plan)
{
	struct range image = mem_range(boot->mem, bz->kernel);
	struct range window = window_of(bz, image.start, align);

	if (bz->elf || (!bz->is_relocatable && image.start != bz->pref_address))
		return "the kernel cannot run where it lies";
	if (max_u64(image.end, window.end) > 4 * GIB && !bz->is_above_4g)
		return "the kernel cannot run above 4 GiB";
	if (!plan_is_free(plan, image) ||
	    !(is_tight ? plan_is_free(plan, window)
		       : plan_is_calm(plan, window)))
		return "the kernel has no room around it";
	plan_keep(plan, image);
	keep_kernel(bz, plan, image.start, align);
	plan->load_from = image.start;
	return NULL;
}

/* Where a kernel that is moved goes; with a lower alignment, down to the
 * least one, only if there is no other way. */
static bool find_window(const struct bzimage *bz, struct plan *plan, u64 *align,
			struct range *out)
{
	struct room want = {
		.len = bz->init_size,
		.min = bz->pref_address,
		.end = 4 * GIB,
	};
	struct range wished = window_of(bz, bz->pref_address, bz->alignment);

	*align = bz->alignment;
	*out = wished;
	if (plan_is_calm(plan, wished))
		return true;
	if (!bz->is_relocatable)
		return plan_is_free_for_image(plan, wished);
	want.align = *align;
	if (plan_find(plan, &want, UNTIL_FOREVER, out) &&
	    plan_is_calm(plan, *out))
		return true;
	*out = wished;
	if (plan_is_free(plan, wished))
		return true;
	for (; *align >= bz->min_alignment; *align /= 2) {
		want.align = *align;
		if (plan_find(plan, &want, UNTIL_FOREVER, out))
			return true;
	}
	want.align = *align = bz->alignment;
	want.end = ANYWHERE;
	return bz->is_above_4g && plan_find(plan, &want, UNTIL_FOREVER, out);
}

/* The largest alignment that an address has, of those it may have. */
static u64 align_of(const struct bzimage *bz, phys at)
{
	return bz->is_relocatable ? min_u64(bz->alignment, at & -at)
				  : bz->alignment;
}

/* Move the kernel to the place that was found for it, or find one. */
static why move_kernel(const struct boot *boot, const struct bzimage *bz,
		       const struct block *found, struct plan *plan)
{
	phys lies = mem_phys(boot->mem, bz->kernel);
	struct range window, dst;
	why bad = NULL;
	u64 align;

	if (found) {
		window.start = found->at;
		align = align_of(bz, found->at);
	} else if (!find_window(bz, plan, &align, &window)) {
		return bz->is_relocatable
			       ? plan_no_room(plan,
					      "the kernel and what it unpacks")
			       : plan_no_place(plan, "the kernel", window,
					       window.start);
	}
	dst = (struct range){ window.start, window.start + bz->kernel.len };
	if (bz->elf)
		bad = elf_place(bz->elf, window.start - bz->pref_address, lies,
				plan);
	else
		plan_copy(plan, dst, lies, bz->kernel.len);
	keep_kernel(bz, plan, dst.start, align);
	plan->load_from = lies;
	return bad;
}

/* Have a place for the kernel searched for. */
static struct block *search_kernel(const struct boot *boot,
				   const struct bzimage *bz,
				   struct search *search)
{
	struct room room = {
		.len = bz->init_size,
		.align = bz->min_alignment,
		.min = bz->pref_address,
		.end = bz->is_above_4g ? ANYWHERE : 4 * GIB,
	};
	struct block *block = search_block(search, &room);

	if (!bz->is_relocatable) {
		block->room.min = room.min;
		block->room.end = room.min + room.len;
		block->types |= search->plan->overwrites;
	}
	search_source(search, 0, bz->elf ? room.len : bz->kernel.len,
		      mem_range(boot->mem, bz->kernel));
	if (bz->elf)
		search->nr_copies += (u32)bz->elf->phnum;
	return block;
}

/* What stays is settled first: what moves can go around it. */
static why try_layout(const struct boot *boot, const struct bzimage *bz,
		      const struct layout *layout, bool is_tight,
		      struct plan *plan)
{
	const struct payload *payload = &boot->payload;
	bool moves_initrd =
		layout->part_stays == NO_PART && payload->nr_modules;
	const struct block *kernel = NULL;
	struct search search;
	why bad = NULL;

	if (layout->kernel_stays)
		bad = leave_kernel(boot, bz, bz->alignment >> layout->lowered,
				   is_tight, plan);
	if (!bad && layout->part_stays != NO_PART &&
	    !initrd_leave(bz, payload, plan, layout->part_stays))
		bad = "the initrd has no room where it lies";
	if (bad)
		return bad;
	search_begin(&search, plan);
	if (is_tight) {
		if (moves_initrd)
			initrd_search(bz, payload, &search);
		if (!layout->kernel_stays)
			kernel = search_kernel(boot, bz, &search);
		if (!search_run(&search))
			return "there is no layout";
	}
	if (!layout->kernel_stays)
		bad = move_kernel(boot, bz, kernel, plan);
	if (!bad && moves_initrd && is_tight)
		initrd_put(payload, plan, search.blocks[0].at);
	else if (!bad && moves_initrd)
		bad = initrd_move(bz, payload, plan);
	return bad ? bad : search_seal(&search);
}

/* All ways to lay things out that are worth a try, those that move less of
 * equal cost first. Returns how many; the last one moves everything. */
static u32 list_layouts(const struct bzimage *bz, const struct payload *payload,
			const struct plan *plan,
			struct layout layouts[MAX_LAYOUTS])
{
	u32 parts[INITRD_PARTS + 1];
	u32 nr_parts = initrd_parts(bz, payload, plan, parts), nr = 0;
	u64 len = 0;

	parts[nr_parts++] = NO_PART;
	for (u32 i = 0; i < payload->nr_modules; i++)
		len += range_len(payload->modules[i].range);
	for (u32 i = 0; i < nr_parts; i++) {
		u64 cost = len;

		if (parts[i] != NO_PART)
			cost -= range_len(payload->modules[parts[i]].range);
		layouts[nr++] = (struct layout){ true, 0, parts[i], cost };
		layouts[nr++] = (struct layout){ false, 0, parts[i],
						 cost + bz->kernel.len };
	}
	return nr;
}

/* The cheapest layout, the first of equals; it is taken off the list. */
static struct layout take_cheapest(struct layout *layouts, u32 *nr)
{
	u32 best = 0;
	struct layout found;

	for (u32 i = 1; i < *nr; i++)
		if (layouts[i].cost < layouts[best].cost)
			best = i;
	found = layouts[best];
	memmove(&layouts[best], &layouts[best + 1],
		(--*nr - best) * sizeof(layouts[0]));
	return found;
}

/* Try all layouts, from the cheapest on: with the places that come first, or
 * with all places there are, and all alignments that a kernel which stays may
 * have. */
static why try_layouts(const struct boot *boot, const struct bzimage *bz,
		       bool is_tight, struct plan *plan)
{
	struct layout layouts[MAX_LAYOUTS], layout;
	u64 arena_len = plan->arena_len;
	u32 nr = 0;
	why bad = "none was tried yet";

	while (bad) {
		plan_init(plan, boot->info);
		plan->arena_len = arena_len;
		plan->overwrites = boot->options.overwrites;
		if (!nr)
			nr = list_layouts(bz, &boot->payload, plan, layouts);
		layout = take_cheapest(layouts, &nr);
		bad = try_layout(boot, bz, &layout, is_tight, plan);
		layout.lowered++;
		if (bad && is_tight && layout.kernel_stays &&
		    bz->alignment >> layout.lowered >= bz->min_alignment)
			layouts[nr++] = layout;
		else if (!nr)
			break;
	}
	plan->arena_len = arena_len;
	return bad;
}

/* If there is none at all, say why the dearest of the usual layouts, in which
 * everything may move, was not possible. */
static why lay_out(const struct boot *boot, const struct bzimage *bz,
		   struct plan *plan)
{
	why bad = NULL;

	for (u32 pass = 0; pass < 3; pass++) {
		bad = try_layouts(boot, bz, pass == 1, plan);
		if (!bad)
			break;
	}
	return bad;
}

/* It goes to its preferred address or above, so no place helps if an entry
 * with 32-bit addresses cannot have that. */
static why check_reach(const struct bzimage *bz)
{
	struct range window =
		window_of(bz, bz->pref_address, bz->min_alignment);

	if (bz->is_above_4g || window.end <= 4 * GIB)
		return NULL;
	return "the kernel wants memory above 4 GiB, which its entry does not "
	       "reach";
}

why linux_plan(const struct boot *boot, const struct bzimage *bz,
	       struct plan *plan)
{
	why bad = zero_page_check(boot, bz);

	if (!bad)
		bad = check_reach(bz);
	if (!bad)
		bad = initrd_check(bz, &boot->payload);
	if (bad)
		return bad;
	plan->arena_len += zero_page_len(boot, bz);
	bad = lay_out(boot, bz, plan);
	plan->entry = bz->is_64bit ? "64-bit entry" : "32-bit entry";
	plan->entry_at = plan->load;
	return bad;
}

void linux_tell(const struct boot *boot, const struct plan *plan,
		const struct bzimage *bz, struct arena *arena,
		struct handoff *out)
{
	out->mode = bz->is_64bit ? HANDOFF_LONG : HANDOFF_LINUX32;
	out->rsi = zero_page_put(boot, plan, bz, arena);
}

static why plan_bzimage(const struct boot *boot, struct plan *plan)
{
	struct bzimage bz;
	why bad = bzimage_parse(boot->payload.image, &bz);

	if (!bad)
		bad = linux_plan(boot, &bz, plan);
	if (bz.is_64bit)
		plan->entry_at += LINUX_ENTRY_64;
	return bad;
}

static why tell_bzimage(const struct boot *boot, const struct plan *plan,
			struct arena *arena, struct handoff *out)
{
	struct bzimage bz;
	why bad = bzimage_parse(boot->payload.image, &bz);

	if (!bad)
		linux_tell(boot, plan, &bz, arena, out);
	return bad;
}

static const struct format bzimage = {
	.name = "bzimage",
	/* Its signature has one place: whatever is searched for may lie in it
	 * by chance. */
	.rank = 10,
	.is_linux = true,
	.claims = bzimage_claims,
	.plan = plan_bzimage,
	.tell = tell_bzimage,
	.version = bzimage_version,
};
FORMAT(bzimage);
