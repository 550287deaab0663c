// SPDX-License-Identifier: BSD-2-Clause
/*
 * mb2_kernel.c: kernels that may be moved, by header tag 10. The numbers of
 * pitfalls are those of our protocol notes, chapter 6.
 */
#include "kernel_guest.h"
#include "multiboot_file.h"

#define HEADER_AT (FILE_AT + FILE_HEADER)
#define NONE	  MB2_PREFERENCE_NONE
#define LOWEST	  MB2_PREFERENCE_LOWEST
#define HIGHEST	  MB2_PREFERENCE_HIGHEST
#define ALL	  0xffffffff
#define NO_ROOM	  "no free RAM for the kernel where it may be: "

static struct kernel_file file;

static int setup(void **state)
{
	kernel_setup(state);
	file = kernel_file(false, LINK_AT, 0);
	return 0;
}

static why plan_kernel(u32 min, u32 max, u32 align, u32 preference)
{
	info.nr_modules = 0;
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	mb2_header_begin(HEADER_AT);
	MB2_HEADER_TAG(MB2_HEADER_TAG_RELOCATABLE, 0, min, max, align,
		       preference);
	mb2_header_end();
	assert_string_equal(guest_kernel(FILE_AT, FILE_LEN), "multiboot2");
	return guest_plan();
}

/* A 4-byte field of the first tag of a type. */
static u32 told(u32 type, u32 offset)
{
	phys at = handoff.ebx + 8;

	while (get32(at) != type) {
		assert_int_not_equal(get32(at), MB2_TAG_END);
		at = align_up(at + get32(at + 4), 8);
	}
	return get32(at + offset);
}

static void assert_runs_at(phys at)
{
	assert_promises();
	assert_int_equal(plan.load, at);
	guest_leave();
	assert_loaded(at);
	assert_int_equal(handoff.entry, at + ENTRY_OFFSET);
	assert_int_equal(told(MB2_TAG_LOAD_BASE_ADDR, 8), at);
}

static void preferences_are_kept(void **state)
{
	(void)state;
	assert_fine(plan_kernel(0, ALL, 0x1000, NONE));
	assert_runs_at(LINK_AT);
	assert_fine(plan_kernel(0, ALL, 0x1000, LOWEST));
	assert_true(plan.load < GANGWAY);
	assert_int_equal(plan.load, 0x1000);
	assert_true(plan.arena.start >= plan.window.end);
	assert_fine(plan_kernel(GANGWAY, ALL, MIB, LOWEST));
	assert_runs_at(2 * MIB);
	assert_fine(plan_kernel(0, ALL, 0x1000, HIGHEST));
	assert_runs_at(align_down(RAM_END - SPAN_LEN, 0x1000));
	/* A preference that the specification does not know. */
	assert_fine(plan_kernel(0, ALL, 0x1000, 3));
	assert_runs_at(LINK_AT);
}

static void min_and_max_are_those_of_the_whole_image(void **state)
{
	(void)state;
	assert_fine(plan_kernel(LINK_AT, LINK_AT + SPAN_LEN - 1, 0x1000, NONE));
	assert_runs_at(LINK_AT);
	assert_fine(plan_kernel(LINK_AT + 1, ALL, 0x1000, NONE));
	assert_runs_at(LINK_AT + 0x1000);
	assert_fine(
		plan_kernel(2 * MIB, LINK_AT + SPAN_LEN - 2, 0x1000, HIGHEST));
	assert_runs_at(LINK_AT - 0x1000);
	assert_fine(plan_kernel(6 * MIB, 6 * MIB + SPAN_LEN - 1, 1, LOWEST));
	assert_runs_at(6 * MIB);
	assert_says(plan_kernel(6 * MIB, 6 * MIB + SPAN_LEN - 2, 1, LOWEST),
		    NO_ROOM);
	assert_says(plan_kernel(7 * MIB, 6 * MIB, 1, NONE), NO_ROOM);
	assert_says(plan_kernel(0, 0, 1, NONE), NO_ROOM);
	assert_says(plan_kernel(ALL, ALL, 1, NONE), NO_ROOM);
}

static void the_alignment_is_kept(void **state)
{
	(void)state;
	for (u32 align = 1; align <= 8 * MIB; align *= 2)
		for (u32 preference = NONE; preference <= HIGHEST;
		     preference++) {
			setup(state);
			assert_fine(plan_kernel(MIB, ALL, align, preference));
			assert_promises();
			assert_int_equal(plan.load % align, 0);
			assert_true(plan.load >= MIB);
		}
	assert_fine(plan_kernel(MIB, ALL, 8 * MIB, NONE)); /* not home */
	assert_runs_at(8 * MIB);
	assert_says(plan_kernel(0, ALL, 16 * MIB, NONE), NO_ROOM);
	assert_says(plan_kernel(0, ALL, 1u << 31, NONE), NO_ROOM);
	assert_why(plan_kernel(0, ALL, 0, NONE),
		   "the kernel's alignment is no power of two");
	assert_why(plan_kernel(0, ALL, 0x1001, NONE),
		   "the kernel's alignment is no power of two");
}

static void pitfall_61_up_and_down_by_any_distance(void **state)
{
	static const phys links[] = { 0x100000,	  0x7ffff000, 0x80000000,
				      0x80001000, 0xf0000000, 0xffffc000 };

	for (u32 i = 0; i < ARRAY_LEN(links); i++)
		for (u32 wide = 0; wide < 2; wide++) {
			setup(state);
			file = kernel_file(wide, links[i], 0);
			assert_fine(plan_kernel(6 * MIB, ALL, MIB, LOWEST));
			assert_runs_at(6 * MIB);
			assert_int_equal(plan.delta, 6 * MIB - links[i]);
		}
	/* And up beyond 2 GiB. */
	setup(state);
	guest_map(0x90000000, 0xa0000000, REGION_RAM);
	assert_fine(plan_kernel(0x80000000, ALL, MIB, NONE));
	assert_promises();
	assert_int_equal(plan.load, 0x90000000);
	assert_int_equal(plan.entry_at, 0x90000000 + ENTRY_OFFSET);
	assert_int_equal(plan.delta, 0x90000000 - LINK_AT);
}

static void a_taken_home_is_left(void **state)
{
	(void)state;
	guest_map(LINK_AT + 0x1000, LINK_AT + 0x1001, REGION_NVS);
	assert_fine(plan_kernel(2 * MIB, ALL, 0x1000, NONE));
	assert_runs_at(2 * MIB);
	/* Not for what ends with telling. */
	setup(state);
	info_hold(&info, LINK_AT, SPAN_LEN);
	assert_fine(plan_kernel(2 * MIB, ALL, 0x1000, NONE));
	assert_runs_at(LINK_AT);
}

static void the_entry_moves_with_the_kernel(void **state)
{
	(void)state;
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	mb2_header_begin(HEADER_AT);
	MB2_HEADER_TAG(MB2_HEADER_TAG_ENTRY, 0, LINK_AT + 0x77);
	MB2_HEADER_TAG(MB2_HEADER_TAG_RELOCATABLE, 0, 6 * MIB, ALL, 0x1000, 1);
	mb2_header_end();
	assert_string_equal(guest_kernel(FILE_AT, FILE_LEN), "multiboot2");
	guest_boot();
	assert_int_equal(handoff.entry, 6 * MIB + 0x77);
	assert_loaded(6 * MIB);
}

static void a_flat_kernel_moves_too(void **state)
{
	(void)state;
	for (u64 i = 0; i < FILE_LEN; i++)
		*guest_at(&mem, FILE_AT + i, 1) = kernel_byte(i);
	mb2_header_begin(HEADER_AT);
	MB2_HEADER_TAG(MB2_HEADER_TAG_ADDRESS, 0, LINK_AT + FILE_HEADER,
		       LINK_AT, 0, LINK_AT + 0x8000);
	MB2_HEADER_TAG(MB2_HEADER_TAG_ENTRY, 0, LINK_AT + 0x30);
	MB2_HEADER_TAG(MB2_HEADER_TAG_RELOCATABLE, 0, 6 * MIB, 7 * MIB, 0x1000,
		       2);
	mb2_header_end();
	assert_string_equal(guest_kernel(FILE_AT, FILE_LEN), "multiboot2");
	guest_boot();
	assert_int_equal(plan.load, 7 * MIB - 0x8000);
	assert_int_equal(handoff.entry, 7 * MIB - 0x8000 + 0x30);
	assert_int_equal(told(MB2_TAG_LOAD_BASE_ADDR, 8), 7 * MIB - 0x8000);
	assert_file_bytes(guest_at(&mem, plan.load, 0x400), 0, 0x400);
	assert_all(guest_at(&mem, plan.load + FILE_LEN, 0x8000 - FILE_LEN), 0,
		   0x8000 - FILE_LEN);
}

static void pitfall_67_sections_move_with_the_kernel(void **state)
{
	phys table;

	(void)state;
	file.nr_sections = 5; /* a table of strings that a segment loads */
	file.sections[4] = file.sections[SECTION_STRINGS];
	file.sections[4].sh_addr = LINK_AT + DATA_AT;
	assert_fine(plan_kernel(6 * MIB, ALL, 0x1000, LOWEST));
	assert_runs_at(6 * MIB);
	assert_int_equal(told(MB2_TAG_ELF_SECTIONS, 8), 5);
	assert_int_equal(told(MB2_TAG_ELF_SECTIONS, 20 + 160 + 12),
			 6 * MIB + DATA_AT);
	assert_int_equal(told(MB2_TAG_ELF_SECTIONS, 12), 40);
	assert_int_equal(told(MB2_TAG_ELF_SECTIONS, 16), SECTION_STRINGS);
	assert_int_equal(told(MB2_TAG_ELF_SECTIONS, 20 + 40 + 12), 6 * MIB);
	table = told(MB2_TAG_ELF_SECTIONS, 20 + 80 + 12);
	assert_int_equal(table, plan.symbols.start);
	assert_file_bytes(guest_at(&mem, table, SYMBOLS_LEN), FILE_SYMBOLS,
			  SYMBOLS_LEN);
}

static void modules_go_above_the_moved_kernel(void **state)
{
	(void)state;
	guest_module(3 * MIB + 1, 9000, "", "");
	assert_fine(plan_kernel(6 * MIB, ALL, 0x1000, LOWEST));
	assert_runs_at(6 * MIB);
	assert_int_equal(plan.module_at[0],
			 align_up(6 * MIB + SPAN_LEN, PAGE_SIZE));
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(preferences_are_kept),
		TEST(min_and_max_are_those_of_the_whole_image),
		TEST(the_alignment_is_kept),
		TEST(pitfall_61_up_and_down_by_any_distance),
		TEST(a_taken_home_is_left),
		TEST(the_entry_moves_with_the_kernel),
		TEST(a_flat_kernel_moves_too),
		TEST(pitfall_67_sections_move_with_the_kernel),
		TEST(modules_go_above_the_moved_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
