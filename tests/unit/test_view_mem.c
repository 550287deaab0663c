// SPDX-License-Identifier: BSD-2-Clause
/*
 * view.h and mem.h: nothing is seen that is not there, whatever the numbers.
 */
#include "guest.h"

#define LAST (~0ull)

static struct view numbers(void)
{
	static const u8 bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	return (struct view){ bytes, sizeof(bytes) };
}

static void view_has_never_wraps(void **state)
{
	static const struct {
		u64 offset, size;
		bool has;
	} cases[] = {
		{ 0, 8, true },	       { 8, 0, true },
		{ 7, 1, true },	       { 0, 9, false },
		{ 8, 1, false },       { 9, 0, false },
		{ LAST, 1, false },    { 1, LAST, false },
		{ LAST, LAST, false }, { 4, LAST - 3, false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(
			view_has(numbers(), cases[i].offset, cases[i].size),
			cases[i].has);
}

static void view_read_copies_or_leaves_alone(void **state)
{
	u16 out = 0xaaaa;

	(void)state;
	assert_true(view_read(numbers(), 6, &out, sizeof(out)));
	assert_int_equal(out, 0x0807);
	out = 0xaaaa;
	assert_false(view_read(numbers(), 7, &out, sizeof(out)));
	assert_int_equal(out, 0xaaaa);
}

static void view_cut_narrows_or_leaves_alone(void **state)
{
	struct view v = numbers(), out = VIEW("untouched");

	(void)state;
	assert_false(view_cut(v, 5, 4, &out));
	assert_view(out, "untouched");
	assert_true(view_cut(v, 5, 3, &out));
	assert_ptr_equal(out.at, v.at + 5);
	assert_int_equal(out.len, 3);
	assert_true(view_cut(v, 8, 0, &out));
	assert_int_equal(out.len, 0);
}

static void view_from_stops_at_the_end(void **state)
{
	struct view v = numbers();

	(void)state;
	assert_int_equal(view_from(v, 0).len, 8);
	assert_int_equal(view_from(v, 3).len, 5);
	assert_ptr_equal(view_from(v, 3).at, v.at + 3);
	assert_int_equal(view_from(v, 8).len, 0);
	assert_int_equal(view_from(v, LAST).len, 0);
	assert_ptr_equal(view_from(v, LAST).at, v.at + 8);
}

static void views_are_compared_by_content(void **state)
{
	(void)state;
	assert_true(view_equal(VIEW("same"), VIEW("same")));
	assert_false(view_equal(VIEW("same"), VIEW("sane")));
	assert_false(view_equal(VIEW("same"), VIEW("sam")));
	assert_true(view_equal(VIEW(""), VIEW("")));
	assert_true(view_starts(VIEW("GRUB 2"), VIEW("GRUB ")));
	assert_true(view_starts(VIEW("GRUB"), VIEW("")));
	assert_false(view_starts(VIEW("GRU"), VIEW("GRUB")));
	assert_false(view_starts(VIEW("qemu"), VIEW("GRUB")));
}

static void mem_has_knows_both_ends(void **state)
{
	static const struct {
		phys at;
		u64 len;
		bool has;
	} cases[] = {
		{ 0x1000, 0x1000, true },  { 0x1fff, 1, true },
		{ 0x2000, 0, true },	   { 0x2000, 1, false },
		{ 0xfff, 1, false },	   { 0xfff, 2, false },
		{ 0x1000, 0x1001, false }, { 0x1000, LAST, false },
		{ LAST, 1, false },	   { 0, LAST, false },
		{ LAST, LAST, false },
	};
	struct mem mem = guest_new(0x1000, 0x1000);

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(mem_has(&mem, cases[i].at, cases[i].len),
				 cases[i].has);
	guest_free(&mem);
}

static void mem_reads_and_finds_its_way_back(void **state)
{
	struct mem mem = guest_new(MIB, 0x100);
	struct view v = VIEW("untouched");
	u32 word = 7;

	(void)state;
	put32(&mem, MIB + 0xfc, 0x12345678);
	assert_true(mem_read(&mem, MIB + 0xfc, &word, sizeof(word)));
	assert_int_equal(word, 0x12345678);
	assert_false(mem_read(&mem, MIB + 0xfd, &word, sizeof(word)));
	assert_int_equal(word, 0x12345678);
	assert_false(mem_view(&mem, MIB - 1, 2, &v));
	assert_view(v, "untouched");
	assert_true(mem_view(&mem, MIB + 0x10, 0x20, &v));
	assert_int_equal(mem_phys(&mem, v), MIB + 0x10);
	assert_int_equal(mem_range(&mem, v).start, MIB + 0x10);
	assert_int_equal(mem_range(&mem, v).end, MIB + 0x30);
	guest_free(&mem);
}

static void mem_string_needs_its_nul(void **state)
{
	struct mem mem = guest_new(MIB, 0x100);
	struct view v = VIEW("untouched");

	(void)state;
	putstr(&mem, MIB, "quiet");
	assert_true(mem_string(&mem, MIB, 6, &v));
	assert_view(v, "quiet");
	assert_true(mem_string(&mem, MIB + 5, 1, &v));
	assert_view(v, "");
	v = VIEW("untouched");
	assert_false(mem_string(&mem, MIB, 5, &v));
	assert_false(mem_string(&mem, MIB, 0, &v));
	assert_false(mem_string(&mem, MIB + 0xf0, LAST, &v));
	assert_false(mem_string(&mem, MIB + 0x100, 1, &v));
	assert_false(mem_string(&mem, MIB - 1, 1, &v));
	assert_view(v, "untouched");
	guest_free(&mem);
}

static void arena_takes_zeroed_pieces_in_order(void **state)
{
	struct mem mem = guest_new(MIB, 0x1000);
	struct arena arena = arena_of(&mem, MIB + 1, MIB + 0x40);
	phys at = 0;
	u8 *host;

	(void)state;
	host = arena_take(&arena, 8, 16, &at);
	assert_non_null(host);
	assert_int_equal(at, MIB + 0x10);
	assert_ptr_equal(host, guest_at(&mem, at, 8));
	for (u64 i = 1; i < 0x18; i++) /* the gap before it, too */
		assert_int_equal(*guest_at(&mem, MIB + i, 1), 0);
	assert_int_equal(*guest_at(&mem, MIB, 1), 0xcc);
	assert_int_equal(host[8], 0xcc);
	at = arena_put(&arena, "text", 4, 1);
	assert_int_equal(at, MIB + 0x18);
	assert_memory_equal(guest_at(&mem, at, 4), "text", 4);
	assert_int_equal(arena.next, MIB + 0x1c);
	assert_false(arena.is_full);
	guest_free(&mem);
}

/* Nothing is taken, and the arena knows that something is missing. */
static void assert_full(struct arena arena, u64 len, u64 align)
{
	phys next = arena.next, at = 7;

	assert_false(arena.is_full);
	assert_null(arena_take(&arena, len, align, &at));
	assert_int_equal(at, 0);
	assert_int_equal(arena.next, next);
	assert_true(arena.is_full);
}

static void arena_refuses_what_does_not_fit(void **state)
{
	struct mem mem = guest_new(MIB, 0x1000);
	struct arena arena = arena_of(&mem, MIB + 1, MIB + 0x40);
	volatile u64 huge = LAST; /* GCC knows it cannot be meant */
	u8 bytes[0x40] = { 0 };
	phys at = 7;

	(void)state;
	assert_full(arena, 0x31, 16);
	assert_full(arena, 1, 0x1000);
	assert_full(arena, huge, 1);
	assert_full(arena_of(&mem, MIB + 0xff0, MIB + 0x2000), 0x20, 16);
	assert_full(arena_of(&mem, LAST - 4, LAST), 1, 16);
	assert_non_null(arena_take(&arena, 0x30, 16, &at));
	assert_int_equal(at, MIB + 0x10);
	assert_full(arena, 1, 1);
	arena = arena_of(&mem, MIB + 0x41, MIB + 0x80);
	assert_int_equal(arena_put(&arena, bytes, sizeof(bytes), 1), 0);
	assert_int_equal(arena.next, MIB + 0x41);
	assert_int_equal(*guest_at(&mem, MIB + 0x41, 1), 0xcc);
	assert_true(arena.is_full);
	guest_free(&mem);
}

/* Whoever writes asks once, at the end. */
static void a_full_arena_stays_full(void **state)
{
	struct mem mem = guest_new(MIB, 0x1000);
	struct arena arena = arena_of(&mem, MIB, MIB + 0x40);
	phys at = 7;

	(void)state;
	assert_null(arena_take(&arena, 0x41, 1, &at));
	assert_non_null(arena_take(&arena, 0x20, 1, &at));
	assert_int_equal(arena_put(&arena, "text", 4, 1), MIB + 0x20);
	assert_true(arena.is_full);
	guest_free(&mem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(view_has_never_wraps),
		cmocka_unit_test(view_read_copies_or_leaves_alone),
		cmocka_unit_test(view_cut_narrows_or_leaves_alone),
		cmocka_unit_test(view_from_stops_at_the_end),
		cmocka_unit_test(views_are_compared_by_content),
		cmocka_unit_test(mem_has_knows_both_ends),
		cmocka_unit_test(mem_reads_and_finds_its_way_back),
		cmocka_unit_test(mem_string_needs_its_nul),
		cmocka_unit_test(arena_takes_zeroed_pieces_in_order),
		cmocka_unit_test(arena_refuses_what_does_not_fit),
		cmocka_unit_test(a_full_arena_stays_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
