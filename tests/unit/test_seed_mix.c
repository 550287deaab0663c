// SPDX-License-Identifier: BSD-2-Clause
/*
 * core/seed_mix.c: each bit of each source, and where one ends, changes both
 * seeds.
 */
#include "guest.h"

#include "seed_mix.h"

struct seeds {
	u8 next[SEED_LEN], now[SEED_LEN];
};

static struct seeds mix(struct view a, struct view b)
{
	struct view sources[] = { a, b };
	struct seeds out;

	seed_mix(sources, ARRAY_LEN(sources), out.next, out.now);
	return out;
}

static void assert_differ(const struct seeds *a, const struct seeds *b)
{
	assert_memory_not_equal(a->next, b->next, SEED_LEN);
	assert_memory_not_equal(a->now, b->now, SEED_LEN);
	assert_memory_not_equal(a->next, b->now, SEED_LEN);
	assert_memory_not_equal(a->now, b->next, SEED_LEN);
}

static void same_sources_give_the_same_seeds(void **state)
{
	struct seeds a = mix(VIEW("one"), VIEW("two"));
	struct seeds b = mix(VIEW("one"), VIEW("two"));

	(void)state;
	assert_memory_equal(&a, &b, sizeof(a));
	assert_memory_not_equal(a.next, a.now, SEED_LEN);
}

static void each_bit_counts(void **state)
{
	u8 bytes[SEED_LEN] = { 0 };
	struct view source = { bytes, sizeof(bytes) };
	struct seeds first = mix(source, VIEW("")),
		     second = mix(VIEW(""), source), changed;

	(void)state;
	for (u32 bit = 0; bit < 8 * SEED_LEN; bit++) {
		bytes[bit / 8] ^= (u8)(1 << bit % 8);
		changed = mix(source, VIEW(""));
		assert_differ(&changed, &first);
		changed = mix(VIEW(""), source);
		assert_differ(&changed, &second);
		bytes[bit / 8] ^= (u8)(1 << bit % 8);
	}
}

static void so_does_where_a_source_ends(void **state)
{
	struct seeds all[] = { mix(VIEW("ab"), VIEW("c")),
			       mix(VIEW("a"), VIEW("bc")),
			       mix(VIEW("abc"), VIEW("")),
			       mix(VIEW(""), VIEW("abc")) };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(all); i++)
		for (u32 k = 0; k < i; k++)
			assert_differ(&all[i], &all[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_sources_give_the_same_seeds),
		cmocka_unit_test(each_bit_counts),
		cmocka_unit_test(so_does_where_a_source_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
