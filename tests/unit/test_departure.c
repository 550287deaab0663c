// SPDX-License-Identifier: BSD-2-Clause
/*
 * departure.c: all that jump.S needs lies in the arena, and fits there.
 */
#include "departure.h"

#include "paging_guest.h"

#define ARENA MIB

static struct handoff handoff;

static int setup(void **state)
{
	paging_setup(state);
	assert_fine(try_region(&info, MIB, 63 * MIB, REGION_RAM));
	plan_init(&plan, &info);
	for (u64 i = 0; i < 9; i++)
		assert_fine(try_copy(
			&plan, (struct range){ (20 + i) * MIB, (21 + i) * MIB },
			40 * MIB, 5 + i));
	handoff = (struct handoff){ .entry = 0x1234, .rsi = 0x5678 };
	paging_start(false);
	return 0;
}

/* False if the arena was too short for it. */
static bool build(phys start, u64 len, phys *at)
{
	struct arena arena = arena_of(&mem, start, start + len);

	*at = departure_build(&stub_departure, &plan, &arena, &handoff);
	return !arena.is_full;
}

static void assert_in_arena(phys at, u64 len)
{
	assert_between(at, ARENA, ARENA + DEPARTURE_LEN + 999);
	assert_int_equal(at % 16, 0);
	assert_true(mem_has(&mem, at, len));
}

static void the_handoff_is_complete(void **state)
{
	u64 code_len = stub_departure.code.len;
	struct handoff told;
	phys at;

	(void)state;
	assert_true(build(ARENA, DEPARTURE_LEN + 9 * COPY_SIZE, &at));
	assert_in_arena(at, sizeof(told));
	assert_true(mem_read(&mem, at, &told, sizeof(told)));
	assert_memory_equal(&told, &handoff, sizeof(told));
	assert_int_equal(told.entry, 0x1234);
	assert_int_equal(told.rsi, 0x5678);
	assert_int_equal(told.nr_copies, 9);
	assert_in_arena(told.copies, 9 * COPY_SIZE);
	assert_memory_equal(mem.host + told.copies, plan.copies, 9 * COPY_SIZE);
	assert_in_arena(told.code, code_len);
	assert_memory_equal(mem.host + told.code, stub_departure.code.at,
			    code_len);
	assert_in_arena(told.rsp - DEPARTURE_STACK_LEN, DEPARTURE_STACK_LEN);
	assert_in_arena(told.tables, PAGE_SIZE);
	assert_int_equal(told.tables % PAGE_SIZE, 0);
}

static void nothing_lies_in_the_stack(void **state)
{
	struct range stack, pieces[3];
	phys at;

	(void)state;
	assert_true(build(ARENA, DEPARTURE_LEN + 9 * COPY_SIZE, &at));
	stack = (struct range){ handoff.rsp - DEPARTURE_STACK_LEN,
				handoff.rsp };
	pieces[0] = (struct range){ handoff.code, handoff.code + 600 };
	pieces[1] = (struct range){ handoff.copies,
				    handoff.copies + 9 * COPY_SIZE };
	pieces[2] = (struct range){ at, at + sizeof(handoff) };
	for (u32 i = 0; i < 3; i++) {
		assert_false(range_overlaps(stack, pieces[i]));
		assert_false(range_overlaps(pieces[i], pieces[(i + 1) % 3]));
	}
}

static void its_code_stays_where_the_new_tables_map_it(void **state)
{
	phys at;

	(void)state;
	assert_true(build(ARENA, DEPARTURE_LEN + 9 * COPY_SIZE, &at));
	assert_mapped(paging_table(handoff.tables), handoff.code, handoff.code,
		      PTE_WRITABLE);
	assert_mapped(paging_table(handoff.tables), 0, 0, PTE_WRITABLE);
}

static void departure_len_is_enough_from_anywhere(void **state)
{
	phys at;

	(void)state;
	assert_true(stub_departure.code.len <= DEPARTURE_CODE_MAX);
	for (u64 shift = 0; shift < PAGE_SIZE; shift += 255)
		assert_true(build(ARENA + shift, DEPARTURE_LEN + 9 * COPY_SIZE,
				  &at));
}

static void an_arena_too_short_is_never_passed(void **state)
{
	u64 enough = 0;

	(void)state;
	for (u64 len = 0; len < DEPARTURE_LEN + 9 * COPY_SIZE; len += 8) {
		u8 behind[16];
		phys at;

		memset(mem.host + ARENA + len, 0xcc, 16);
		memcpy(behind, mem.host + ARENA + len, 16);
		enough += build(ARENA, len, &at);
		assert_memory_equal(mem.host + ARENA + len, behind, 16);
	}
	assert_between(enough, 1, 2 * PAGE_SIZE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, paging_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_handoff_is_complete),
		TEST(nothing_lies_in_the_stack),
		TEST(its_code_stays_where_the_new_tables_map_it),
		TEST(departure_len_is_enough_from_anywhere),
		TEST(an_arena_too_short_is_never_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
