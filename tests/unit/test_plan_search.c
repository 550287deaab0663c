// SPDX-License-Identifier: BSD-2-Clause
/*
 * plan_search.c, by those who ask for it: in tight worlds a plan is refused
 * only if the model, which tries every place, finds no layout either; and what
 * is planned is sound.
 */
#include "bzimage.h"
#include "image.h"
#include "search_world.h"

#define WORLDS 50000

static struct bzimage bz;
static struct image image;
static u32 arena_len;
static u64 planned, refused, squeezed;

static void make_bzimage(void)
{
	u32 len = world.pieces[0].len;

	memset(&bz, 0, sizeof(bz));
	bz.hdr.version = 0x20f;
	bz.kernel = (struct view){ mem.host + world.pieces[0].at * PAGE_SIZE,
				   len * PAGE_SIZE };
	bz.cmdline_max = 2047;
	bz.init_size = (len + below(6)) * PAGE_SIZE;
	bz.pref_address = address(below(PAGES / 2));
	bz.is_relocatable = below(4);
	bz.alignment = bz.min_alignment = 1;
	if (bz.is_relocatable) {
		bz.min_alignment = PAGE_SIZE;
		bz.alignment = PAGE_SIZE << below(4);
	}
	bz.is_64bit = below(2);
	bz.is_above_4g = bz.is_64bit && below(2);
	bz.initrd_end = below(2) ? 4 * GIB : address(PAGES - below(PAGES));
	bz.initrd_end = min_u64(bz.initrd_end, 4 * GIB);
}

/* The model's own pages of a run at an address; 0 if they are no RAM that can
 * be had for ever. */
static pages free_run(phys at, u64 len)
{
	pages set;

	if (at < world.base || at + len > address(PAGES) || at % PAGE_SIZE)
		return 0;
	set = bits(page_of(at), (u32)(len / PAGE_SIZE));
	return set & ~world.ram || set & world.forever ? 0 : set;
}

/* Every place of the initrd, with the kernel settled. */
static bool initrd_layout(struct move *moves, u32 nr, pages kernel)
{
	u32 len = 0;

	for (u32 i = 1; i < world.nr_pieces; i++)
		len += world.pieces[i].len;
	if (!len)
		return is_layout(moves, nr, kernel, arena_len);
	for (u32 at = 0; at + len <= PAGES; at++) {
		pages set = free_run(address(at), len * PAGE_SIZE);
		u32 to = at, more = nr;

		if (!set || set & kernel ||
		    (!bz.is_above_4g && address(at + len) > bz.initrd_end))
			continue;
		for (u32 i = 1; i < world.nr_pieces; i++) {
			u32 piece = world.pieces[i].len;

			if (to != world.pieces[i].at)
				moves[more++] =
					(struct move){ bits(to, piece),
						       piece_bits(i), piece };
			to += piece;
		}
		if (is_layout(moves, more, kernel | set, arena_len))
			return true;
	}
	return false;
}

/* Every place of the kernel. */
static bool linux_layout(void)
{
	phys lies = address(world.pieces[0].at);
	pages window, load;
	struct move moves[MAX_PIECES];

	for (u64 align = bz.alignment; align >= bz.min_alignment; align /= 2) {
		phys start = lies;

		if (!bz.is_relocatable && lies != bz.pref_address)
			break;
		if (bz.is_relocatable)
			start = align_up(max_u64(lies, bz.pref_address), align);
		window = free_run(start, bz.init_size);
		load = free_run(lies, bz.kernel.len);
		if (!bz.is_above_4g && (window | load) & ~world.below_4g)
			continue;
		if (window && load && initrd_layout(moves, 0, window | load))
			return true;
	}
	for (u32 at = 0; at < PAGES; at++) {
		window = free_run(address(at), bz.init_size);
		load = bits(at, world.pieces[0].len);
		if (!window || address(at) < bz.pref_address ||
		    (!bz.is_relocatable && address(at) != bz.pref_address) ||
		    (!bz.is_above_4g && window & ~world.below_4g))
			continue;
		moves[0] = (struct move){ load, piece_bits(0),
					  world.pieces[0].len };
		if (initrd_layout(moves, 1, window))
			return true;
	}
	return false;
}

/* What is true of every plan: each of these is in RAM, and in nobody's way. */
static void check_apart(pages kernel, pages others)
{
	pages arena = bits_of(plan.arena);

	check(!((kernel | others | arena) & (~world.ram | world.forever)));
	check(!(kernel & others));
	check(!(arena & (kernel | others | world.tell | world.sources)));
	check(!(arena & ~world.below_4g));
}

static void check_linux(void)
{
	struct range load = { plan.load, plan.load + plan.load_len };
	pages initrd = 0;
	u32 content[PAGES];
	phys at = plan.initrd.start;

	if (world.nr_pieces > 1)
		initrd = bits_of(plan.initrd);
	check(range_len(plan.window) == bz.init_size);
	check(plan.window.start % plan.alignment == 0);
	check_apart(bits_of(plan.window) | bits_of(load), initrd);
	do_copies(content);
	check_piece(content, 0, plan.load);
	for (u32 i = 1; i < world.nr_pieces; i++) {
		check_piece(content, i, at);
		at += world.pieces[i].len * PAGE_SIZE;
	}
}

static void count(why bad)
{
	planned += !bad;
	refused += bad != NULL;
	squeezed += !bad && plan.nr_early;
}

static void begin_plan(u64 tables)
{
	plan_init(&plan, &info);
	plan.arena_len = 1;
	arena_len = (u32)(align_up(1 + tables + 2 * MAX_PIECES * COPY_SIZE,
				   PAGE_SIZE) /
			  PAGE_SIZE);
}

static void linux_is_refused_only_where_there_is_no_layout(void **state)
{
	u64 number = from_environment("SEED", 1);
	u64 end = number + from_environment("WORLDS", WORLDS);
	why bad;

	(void)state;
	planned = refused = squeezed = 0;
	for (; number < end; number++) {
		if (!make_world(number, 3))
			continue;
		make_bzimage();
		begin_plan(zero_page_len(&boot, &bz));
		bad = linux_plan(&boot, &bz, &plan);
		count(bad);
		if (bad)
			check(!linux_layout());
		else
			check_linux();
	}
	print_message("%lu planned, %lu of them through spare memory, %lu "
		      "refused\n",
		      planned, squeezed, refused);
	assert_true(getenv("WORLDS") || (planned && refused && squeezed));
}

static void make_image(void)
{
	memset(&image, 0, sizeof(image));
	image.is_flat = true;
	image.flat = (struct view){ mem.host + world.pieces[0].at * PAGE_SIZE,
				    world.pieces[0].len * PAGE_SIZE };
	image.span.start = address(below(PAGES / 2));
	image.span.end =
		image.span.start + (world.pieces[0].len + below(4)) * PAGE_SIZE;
	image.entry = image.span.start;
	image.is_relocatable = below(2);
	image.leaves_home = below(2);
	image.room = (struct room){
		.align = PAGE_SIZE << below(3),
		.min = address(below(PAGES / 4)),
		.end = min_u64(address(PAGES - below(PAGES / 2)), 4 * GIB),
		.highest = below(2),
	};
}

/* Every place of modules i and on, with what is before settled. */
static bool modules_layout(struct move *moves, u32 nr, u32 i, pages kept)
{
	u32 len;

	if (i == world.nr_pieces)
		return is_layout(moves, nr, kept, arena_len);
	len = world.pieces[i].len;
	for (u32 at = 0; at + len <= PAGES; at++) {
		pages set = free_run(address(at), len * PAGE_SIZE);
		bool stays = at == world.pieces[i].at;

		if (!set || set & kept || set & ~world.below_4g)
			continue;
		moves[nr] = (struct move){ set, piece_bits(i), len };
		if (modules_layout(moves, nr + !stays, i + 1, kept | set))
			return true;
	}
	return false;
}

static bool image_layout(void)
{
	u64 len = range_len(image.span);
	const struct room *room = &image.room;

	for (u32 at = 0; at < PAGES; at++) {
		phys start = address(at);
		pages set = free_run(start, len);
		struct move moves[MAX_PIECES] = {
			{ set, piece_bits(0), world.pieces[0].len },
		};
		bool may = image.is_relocatable
				   ? start >= room->min &&
					     start + len <= room->end &&
					     start % room->align == 0
				   : start == image.span.start;
		bool stays = at == world.pieces[0].at && len == image.flat.len;

		if (may && set && modules_layout(moves, !stays, 1, set))
			return true;
	}
	return false;
}

static void check_image(void)
{
	pages modules = 0;
	u32 content[PAGES];

	do_copies(content);
	check_piece(content, 0, plan.load);
	for (u32 i = 1; i < world.nr_pieces; i++) {
		phys at = plan.module_at[i - 1];
		pages set = bits_of((struct range){
			at, at + world.pieces[i].len * PAGE_SIZE });

		check_piece(content, i, at);
		check(!(set & modules));
		modules |= set;
	}
	check_apart(bits_of(plan.window), modules);
}

static void images_are_refused_only_where_there_is_no_layout(void **state)
{
	u64 number = from_environment("SEED", 1);
	u64 end = number + from_environment("WORLDS", WORLDS);
	why bad;

	(void)state;
	planned = refused = squeezed = 0;
	for (; number < end; number++) {
		if (!make_world(number, 4))
			continue;
		make_image();
		begin_plan(0);
		bad = image_plan(&boot, &image, &plan);
		count(bad);
		if (bad)
			check(!image_layout());
		else
			check_image();
	}
	print_message("%lu planned, %lu of them through spare memory, %lu "
		      "refused\n",
		      planned, squeezed, refused);
	assert_true(getenv("WORLDS") || (planned && refused && squeezed));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			linux_is_refused_only_where_there_is_no_layout,
			world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(
			images_are_refused_only_where_there_is_no_layout,
			world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
