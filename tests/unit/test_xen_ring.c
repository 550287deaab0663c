// SPDX-License-Identifier: BSD-2-Clause
/*
 * xen_ring.c: what the other end of a ring sees, however full it is and
 * whatever its indices say.
 */
#include "guest.h"

#include "xen_ring.h"

static struct xen_ring ring;
static u8 text[2 * XEN_RING_OUT];

static int setup(void **state)
{
	(void)state;
	memset(&ring, 0xcc, sizeof(ring));
	ring.out_cons = ring.out_prod = 0;
	for (u32 i = 0; i < sizeof(text); i++)
		text[i] = (u8)(i % 251);
	return 0;
}

static u64 write_text(u64 len)
{
	return xen_ring_put(&ring, (struct view){ text, len });
}

/* Take what there is, as the other end does. */
static void assert_arrives(u64 len)
{
	assert_int_equal(ring.out_prod - ring.out_cons, (u32)len);
	for (u64 i = 0; i < len; i++)
		assert_int_equal(ring.out[ring.out_cons++ % XEN_RING_OUT],
				 text[i]);
}

/* All but the text and out_prod is the other end's. */
static void assert_rest_is_untouched(void)
{
	for (u32 i = 0; i < sizeof(ring.in); i++)
		assert_int_equal(ring.in[i], 0xcc);
	assert_int_equal(ring.in_cons, 0xcccccccc);
	assert_int_equal(ring.in_prod, 0xcccccccc);
}

static void text_arrives(void **state)
{
	(void)state;
	assert_int_equal(write_text(0), 0);
	assert_arrives(0);
	assert_int_equal(write_text(10), 10);
	assert_int_equal(ring.out[10], 0xcc);
	assert_arrives(10);
	assert_rest_is_untouched();
}

static void indices_go_on_from_where_they_are(void **state)
{
	static const u32 starts[] = { 1,	  XEN_RING_OUT - 1,
				      0x7ffffffe, 0u - XEN_RING_OUT,
				      ~0u - 5,	  ~0u };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(starts); i++) {
		ring.out_cons = ring.out_prod = starts[i];
		for (u32 len = 1; len <= XEN_RING_OUT; len += 97) {
			assert_int_equal(write_text(len), len);
			assert_arrives(len);
		}
	}
	assert_rest_is_untouched();
}

static void a_full_ring_takes_no_more(void **state)
{
	(void)state;
	assert_int_equal(write_text(sizeof(text)), XEN_RING_OUT);
	assert_int_equal(write_text(1), 0);
	ring.out_cons += 3;
	assert_int_equal(write_text(10), 3);
	assert_int_equal(write_text(1), 0);
	assert_int_equal(ring.out_prod, XEN_RING_OUT + 3);
	assert_rest_is_untouched();
}

static void indices_that_make_no_sense_take_nothing(void **state)
{
	static const u32 used[] = { XEN_RING_OUT + 1, 0x80000000, ~0u };
	struct xen_ring before;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(used); i++) {
		ring.out_prod = 1000;
		ring.out_cons = ring.out_prod - used[i];
		before = ring;
		assert_int_equal(write_text(1), 0);
		assert_memory_equal(&ring, &before, sizeof(ring));
	}
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(text_arrives),
		TEST(indices_go_on_from_where_they_are),
		TEST(a_full_ring_takes_no_more),
		TEST(indices_that_make_no_sense_take_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
