// SPDX-License-Identifier: BSD-2-Clause
/*
 * plan.c against a slow model: 100,000 random maps, holds and requests.
 */
#include "plan_world.h"

#define MAX_ASKED 9

static struct copy asked[MAX_ASKED];
static u32 nr_asked;

static void check_find(void)
{
	enum until needed = (enum until)below(3);
	struct room want = {
		.len = 1 + below(below(2) ? 4 * UNIT : 60 * UNIT),
		.align = UNIT << below(7),
		.min = below(2) ? 0 : base + below(UNITS * UNIT),
		.end = below(2) ? ANYWHERE : base + below(UNITS * UNIT),
		.highest = below(2),
	};
	struct range out = { 1, 2 };
	bool found = plan_find(&plan, &want, needed, &out);
	phys start = 0;

	check(found ==
	      (find(want, UNTIL_TELL, &start) || find(want, needed, &start)));
	check(out.start == (found ? start : 1));
	check(out.end == (found ? start + want.len : 2));
}

static void check_is_free(void)
{
	phys start = base + below(UNITS * UNIT);
	u64 len = 1 + below(20 * UNIT);

	check(plan_is_free(&plan, (struct range){ start, start + len }) ==
	      is_free(start, len, UNTIL_FOREVER));
}

static void check_largest(void)
{
	phys end = below(2) ? ANYWHERE : base + below(UNITS * UNIT);
	struct range out = plan_largest(&plan, 0, end, false), best = { 0, 0 };

	for (u64 i = 0; i < UNITS; i += PAGE_OF) {
		u64 len = 0;

		while (address(i) >= PAGE_SIZE &&
		       is_free(address(i) + len, UNIT, UNTIL_TELL))
			len += UNIT;
		len = min_u64(len, max_u64(end, address(i)) - address(i));
		if (len > range_len(best))
			best = (struct range){ address(i), address(i) + len };
	}
	check(out.start == best.start);
	check(out.end == best.end);
}

/* A free piece of at most that many units; its length, 0 if none was hit on. */
static u64 pick_place(u64 max, u64 *first)
{
	for (u32 tries = 0; tries < 8; tries++) {
		u64 len = 1 + below(max);

		*first = below(UNITS - len);
		if (is_free(address(*first), len * UNIT, UNTIL_FOREVER)) {
			raise_level(*first, len, UNTIL_FOREVER);
			return len;
		}
	}
	return 0;
}

static void keep_some(void)
{
	for (u64 i = 0; i < UNITS; i++)
		units[i].is_fixed = units[i].level == UNTIL_FOREVER + 1;
	for (u64 i = below(3); i; i--) {
		u64 first, len = pick_place(8, &first);

		check(!try_keep(&plan, (struct range){ address(first),
						       address(first + len) }));
		for (u64 j = first; j < first + len; j++)
			units[j].is_fixed = true;
	}
}

/* A source for copy i: anywhere, in its own place, or in that of another, so
 * that circles are frequent. */
static phys pick_source(u32 i)
{
	const struct copy *other = &asked[below(nr_asked)];
	phys src = address(below(UNITS));

	if (below(4))
		src = other->dst + below(3) * UNIT;
	if (!below(6))
		src = asked[i].dst;
	return min_u64(src, address(UNITS) - asked[i].len);
}

static void ask_for_copies(void)
{
	u64 first, len, zero;

	nr_asked = 0;
	for (u64 i = below(MAX_ASKED + 1); i; i--) {
		len = pick_place(16, &first);
		zero = below(3) ? 0 : below(len + 1);
		if (len)
			asked[nr_asked++] = (struct copy){
				.dst = address(first),
				.len = (len - zero) * UNIT,
				.zero = zero * UNIT,
			};
	}
	for (u32 i = 0; i < nr_asked; i++) {
		struct copy *c = &asked[i];

		c->src = pick_source(i);
		check(!try_copy(
			&plan,
			(struct range){ c->dst, c->dst + c->len + c->zero },
			c->src, c->len));
	}
}

/* What lies in its place already is no copy. */
static bool is_copy(u32 i)
{
	return asked[i].src != asked[i].dst || asked[i].zero;
}

static bool waits(u32 i, u32 j)
{
	struct range dst = { asked[i].dst,
			     asked[i].dst + asked[i].len + asked[i].zero };
	struct range src = { asked[j].src, asked[j].src + asked[j].len };

	return i != j && is_copy(i) && range_overlaps(dst, src);
}

/* How many copies wait, by way of others, for themselves; and the pages that
 * all their sources would take. */
static u32 count_circles(u64 *spare)
{
	bool reaches[MAX_ASKED][MAX_ASKED] = { { false } };
	u32 nr = 0;

	*spare = 0;
	for (u32 i = 0; i < nr_asked; i++)
		for (u32 j = 0; j < nr_asked; j++)
			reaches[i][j] = waits(i, j);
	for (u32 k = 0; k < nr_asked; k++)
		for (u32 i = 0; i < nr_asked; i++)
			for (u32 j = 0; j < nr_asked; j++)
				reaches[i][j] |= reaches[i][k] && reaches[k][j];
	for (u32 i = 0; i < nr_asked; i++)
		if (reaches[i][i]) {
			nr++;
			*spare += align_up(asked[i].len, PAGE_SIZE);
		}
	return nr;
}

/* A refusal is right if there is no arena; or if there is a circle, and no
 * room for all that is in one. */
static void check_refusal(struct room arena)
{
	phys at;
	u64 spare;

	if (!find(arena, UNTIL_TELL, &at))
		return;
	raise_level((at - base) / UNIT, arena.len / UNIT, UNTIL_FOREVER);
	check(count_circles(&spare));
	check(!find((struct room){ .len = spare,
				   .align = PAGE_SIZE,
				   .end = ANYWHERE },
		    UNTIL_PLACE, &at));
}

static void check_arena(struct room want)
{
	check(plan.arena.start % PAGE_SIZE == 0);
	check(range_len(plan.arena) == want.len);
	check(plan.arena.end <= 4 * GIB);
	check(is_free(plan.arena.start, range_len(plan.arena), UNTIL_TELL));
	for (u64 i = 0; i < UNITS; i++)
		units[i].is_arena = address(i) >= plan.arena.start &&
				    address(i) < plan.arena.end;
}

static u64 unit_of(phys at, u64 len)
{
	check(at >= base && at % UNIT == 0 && len % UNIT == 0);
	check(at + len <= address(UNITS));
	return (at - base) / UNIT;
}

/* Do the copies in their order. */
static void execute(u16 *memory)
{
	u16 buffer[UNITS];

	for (u32 i = 0; i < plan.nr_copies; i++) {
		const struct copy *c = &plan.copies[i];
		u64 src = unit_of(c->src, c->len);
		u64 dst = unit_of(c->dst, c->len + c->zero);
		u64 len = c->len / UNIT;

		memcpy(buffer, memory + src, len * sizeof(*memory));
		memset(buffer + len, 0, c->zero / UNIT * sizeof(*memory));
		for (u64 j = 0; j < len + c->zero / UNIT; j++) {
			check(units[dst + j].is_ram);
			check(!units[dst + j].is_fixed);
			check(!units[dst + j].is_arena);
			memory[dst + j] = buffer[j];
		}
	}
}

/* Every destination is as if all sources had been read before. */
static void check_copies(void)
{
	u16 memory[UNITS];
	u64 sum = 0;

	for (u16 i = 0; i < UNITS; i++)
		memory[i] = (u16)(i + 1);
	execute(memory);
	for (u32 i = 0; i < nr_asked; i++) {
		u64 dst = unit_of(asked[i].dst, 0);
		u64 src = unit_of(asked[i].src, 0);
		u64 len = asked[i].len / UNIT, zero = asked[i].zero / UNIT;

		for (u64 j = 0; j < len; j++)
			check(memory[dst + j] == src + j + 1);
		for (u64 j = 0; j < zero; j++)
			check(memory[dst + len + j] == 0);
	}
	for (u32 i = 0; i < plan.nr_copies; i++)
		sum += plan.copies[i].len;
	check(sum == plan_copied(&plan));
}

static void check_seal(void)
{
	struct room arena = { .align = PAGE_SIZE, .end = 4 * GIB };
	u32 nr = plan.nr_copies;
	u64 spare;

	for (u32 i = 0; i < nr_asked; i++)
		if (is_copy(i))
			raise_level((asked[i].src - base) / UNIT,
				    asked[i].len / UNIT, UNTIL_PLACE);
	plan.arena_len = 1 + below(2 * PAGE_SIZE);
	arena.len = align_up(plan.arena_len + 2 * nr * COPY_SIZE, PAGE_SIZE);
	if (plan_seal(&plan)) {
		check_refusal(arena);
		return;
	}
	check_arena(arena);
	check(plan.nr_copies - nr <= count_circles(&spare));
	check_copies();
}

static void plans_do_what_the_model_does(void **state)
{
	const char *seed = getenv("SEED"), *count = getenv("WORLDS");
	u64 first = seed ? strtoull(seed, NULL, 0) : 1;
	u64 nr = count ? strtoull(count, NULL, 0) : 100000;

	(void)state;
	for (world = first; world < first + nr; world++) {
		random_state = world << 20;
		make_world();
		for (u32 i = 0; i < 3; i++) {
			check_find();
			check_is_free();
		}
		check_largest();
		keep_some();
		ask_for_copies();
		check_find();
		check_seal();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_do_what_the_model_does),
	};

	info_init(&info, "test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
