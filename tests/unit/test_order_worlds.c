// SPDX-License-Identifier: BSD-2-Clause
/*
 * plan_order.c in every small world there is: copies of one or two bytes, with
 * a zero behind them or none, from anywhere in a few bytes to anywhere there.
 * Each destination must get what its source held at first, and nothing else
 * there may change.
 */
#include "depart.h"
#include "plan_parts.h"

#define WORLD	 PAGE_SIZE /* where it begins, and spare RAM */
#define SPARE	 (2 * PAGE_SIZE)
#define LEN_MAX	 2
#define MOST	 4
#define BYTE(at) ((u8)(0x80 + (at)))

static struct boot_info info;
static struct plan plan;
static struct mem mem;

static struct copy asked[MOST];
static u32 nr_asked, nr_wanted;
static u64 len, nr_worlds; /* of the world in bytes; of worlds */

#define check(fact)                                                            \
	do {                                                                   \
		if (!(fact))                                                   \
			say(#fact);                                            \
	} while (0)

static void say(const char *fact)
{
	for (u32 i = 0; i < nr_asked; i++)
		print_error("%lu + %lu zeroes from %lu to %lu\n", asked[i].len,
			    asked[i].zero, asked[i].src, asked[i].dst);
	fail_msg("%s", fact);
}

static int setup(void **state)
{
	(void)state;
	info_init(&info, "test");
	assert_fine(try_region(&info, WORLD, 2 * PAGE_SIZE, REGION_RAM));
	assert_true(holds_add(&info.holds, (struct range){ WORLD, SPARE },
			      UNTIL_PLACE));
	mem = guest_new(WORLD, 2 * PAGE_SIZE);
	nr_worlds = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static void check_bytes(void)
{
	u8 wanted[PAGE_SIZE];

	for (u64 i = 0; i < len; i++)
		wanted[i] = BYTE(i);
	for (u32 i = 0; i < nr_asked; i++) {
		const struct copy *c = &asked[i];

		for (u64 k = 0; k < c->len; k++)
			wanted[c->dst + k] = BYTE(c->src + k);
		for (u64 k = 0; k < c->zero; k++)
			wanted[c->dst + c->len + k] = 0;
	}
	check(!memcmp(mem.host, wanted, len));
}

static void try_world(void)
{
	plan_init(&plan, &info);
	for (u64 i = 0; i < len; i++)
		mem.host[i] = BYTE(i);
	for (u32 i = 0; i < nr_asked; i++) {
		phys dst = WORLD + asked[i].dst;

		plan_copy(&plan,
			  (struct range){ dst,
					  dst + asked[i].len + asked[i].zero },
			  WORLD + asked[i].src, asked[i].len);
	}
	plan_order(&plan);
	check(!plan.bad && plan.nr_copies < 2 * nr_asked);
	depart_copies(&mem, plan.copies, plan.nr_copies);
	check_bytes();
	nr_worlds++;
}

static bool is_apart(const struct copy *copy)
{
	for (u32 i = 0; i < nr_asked; i++)
		if (range_overlaps(copy_destination(copy),
				   copy_destination(&asked[i])))
			return false;
	return copy_destination(copy).end <= len &&
	       copy_source(copy).end <= len;
}

/* Each that there can be besides those that are asked for; in every order. */
static void try_worlds(void)
{
	struct copy *next = &asked[nr_asked];

	if (nr_asked == nr_wanted) {
		try_world();
		return;
	}
	for (u64 i = 0; i < len * len * LEN_MAX * 2; i++) {
		*next = (struct copy){
			.dst = i / len % len,
			.src = i % len,
			.len = 1 + i / len / len % LEN_MAX,
			.zero = i / len / len / LEN_MAX,
		};
		if (!is_apart(next))
			continue;
		nr_asked++;
		try_worlds();
		nr_asked--;
	}
}

static u64 try_all(u32 nr_copies, u64 bytes)
{
	nr_wanted = nr_copies;
	len = bytes;
	try_worlds();
	return nr_worlds;
}

static void three_copies_among_eight_bytes(void **state)
{
	(void)state;
	assert_int_equal(try_all(3, 8), 2245866);
}

static void four_copies_among_six_bytes(void **state)
{
	(void)state;
	assert_int_equal(try_all(4, 6), 2337984);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(three_copies_among_eight_bytes),
		TEST(four_copies_among_six_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
