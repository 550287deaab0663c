// SPDX-License-Identifier: BSD-2-Clause
/*
 * image.c: what an ELF kernel says about memory, where it may go, and what is
 * in memory when it starts. Every test runs for both classes. The numbers of
 * pitfalls are those of our protocol notes, chapter 6.
 */
#include "image.h"
#include "kernel_guest.h"

#define VIRTUAL	 (wide ? 0xffffffff80000000 : 0xc0000000)
#define NOWHERE	 "the entry lies in no segment"
#define TOO_HIGH "the kernel is linked above 4 GiB"
#define TAKEN	 "a segment goes to 0x"
#define NO_ROOM	 "no free RAM for the kernel where it may be: "

static bool wide; /* the class: 64 bits */
static struct kernel_file file;
static struct image image;

static int setup(void **state)
{
	kernel_setup(state);
	file = kernel_file(wide, LINK_AT, 0);
	return 0;
}

static why open_file(void)
{
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	boot.payload.image =
		(struct view){ guest_at(&mem, FILE_AT, FILE_LEN), FILE_LEN };
	return image_open_elf(boot.payload.image, &image);
}

/* The same where the entry is told elsewhere. */
static why open_segments(void)
{
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	return image_open_segments(
		(struct view){ guest_at(&mem, FILE_AT, FILE_LEN), FILE_LEN },
		&image);
}

static why plan_image(void)
{
	plan_init(&plan, &info);
	plan.entry = "as it was";
	return image_plan(&boot, &image, &plan);
}

static void relocatable(phys min, phys end, u64 align)
{
	assert_fine(open_file());
	image.is_relocatable = true;
	image.room = (struct room){ .align = align, .min = min, .end = end };
}

/* Plan, do the copies, and see the kernel at an address. */
static void assert_runs_at(phys at)
{
	if (mem_has(&mem, at, SPAN_LEN))
		memset(guest_at(&mem, at, SPAN_LEN), 0xcc, SPAN_LEN);
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	assert_fine(plan_image());
	assert_promises();
	assert_int_equal(plan.load, at);
	assert_int_equal(plan.load_len, SPAN_LEN);
	assert_int_equal(plan.window.start, at);
	assert_int_equal(plan.window.end, at + SPAN_LEN);
	assert_int_equal(plan.delta, at - LINK_AT);
	assert_int_equal(plan.entry_at, at + ENTRY_OFFSET);
	if (!mem_has(&mem, at, SPAN_LEN))
		return;
	depart_copies(&mem, plan.copies, plan.nr_copies);
	assert_loaded(at);
	assert_gap(at);
}

static void an_entry_is_virtual_or_physical_but_in_a_segment(void **state)
{
	static const struct {
		u64 entry;
		phys expected; /* 0: refused */
	} cases[] = {
		{ LINK_AT, LINK_AT },
		{ LINK_AT + TEXT_LEN - 1, LINK_AT + TEXT_LEN - 1 },
		{ LINK_AT + TEXT_LEN, 0 }, /* the gap */
		{ LINK_AT + DATA_AT - 1, 0 },
		{ LINK_AT + SPAN_LEN - 1, LINK_AT + SPAN_LEN - 1 },
		{ LINK_AT + SPAN_LEN, 0 },
		{ LINK_AT - 1, 0 },
		{ 0, 0 },
	};

	(void)state;
	for (u32 v = 0; v < 2; v++)
		for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
			file = kernel_file(wide, LINK_AT, v * VIRTUAL);
			file.entry = v * VIRTUAL + cases[i].entry;
			if (!cases[i].expected) {
				assert_says(open_file(), NOWHERE);
				assert_fine(open_segments());
				continue;
			}
			assert_fine(open_file());
			assert_int_equal(image.entry, cases[i].expected);
			/* The same by its physical address. */
			file.entry = cases[i].entry;
			assert_fine(open_file());
			assert_int_equal(image.entry, cases[i].expected);
		}
}

static void pitfall_63_all_must_be_linked_below_4_gib(void **state)
{
	(void)state;
	file = kernel_file(wide, 4 * GIB - SPAN_LEN, 0);
	assert_fine(open_file());
	assert_int_equal(image.span.end, 4 * GIB);
	if (!wide)
		return;
	file = kernel_file(wide, 4 * GIB - SPAN_LEN + 1, 0);
	assert_says(open_file(), TOO_HIGH);
	file = kernel_file(wide, 4 * GIB, 0);
	assert_says(open_file(), TOO_HIGH);
	assert_says(open_segments(), TOO_HIGH);
	file = kernel_file(wide, LINK_AT, 0);
	file.segments[SEGMENT_DATA].p_paddr = 1ull << 40;
	assert_says(open_file(), TOO_HIGH);
}

static void pitfall_63_the_machine_may_be_either(void **state)
{
	(void)state;
	file.machine = wide ? EM_386 : EM_X86_64;
	assert_fine(open_file());
	file.machine = 40;
	assert_why(open_file(), "the ELF file is not for x86");
}

static void pitfall_51_damaged_segments_are_refused(void **state)
{
	(void)state;
	file.segments[SEGMENT_DATA].p_filesz = DATA_MEMSZ + 1;
	assert_says(open_file(),
		    "a segment has more bytes in the file than in memory");
	file = kernel_file(wide, LINK_AT, 0);
	file.segments[SEGMENT_TEXT].p_offset = FILE_LEN - TEXT_LEN + 1;
	assert_says(open_file(), "a segment passes the end of the file");
	file.segments[SEGMENT_TEXT].p_offset = wide ? ~0ull : ~0u;
	assert_says(open_file(), "a segment passes the end of the file");
	file = kernel_file(wide, LINK_AT, 0);
	file.segments[SEGMENT_DATA].p_paddr = wide ? -0x1000ull : 0xfffff000;
	assert_says(open_file(),
		    wide ? "a segment passes the end of memory" : TOO_HIGH);
}

static void pitfall_53_a_kernel_at_home_and_nothing_in_its_gap(void **state)
{
	(void)state;
	for (u32 v = 0; v < 2; v++) {
		file = kernel_file(wide, LINK_AT, v * VIRTUAL);
		assert_fine(open_file());
		assert_runs_at(LINK_AT);
		assert_int_equal(plan_copied(&plan), TEXT_LEN + DATA_LEN);
	}
}

static void segments_without_bytes_or_memory(void **state)
{
	struct elf64_phdr *extra = &file.segments[2];

	(void)state;
	/* One that is only memory, and two that are nothing, anywhere. */
	extra[0] = (struct elf64_phdr){ PT_LOAD,	  6, FILE_LEN, 0,
					LINK_AT + 0x8000, 0, 0x1000,   1 };
	extra[1] = (struct elf64_phdr){ PT_LOAD, 6, ~0u, 16, 16, 0, 0, 1 };
	extra[2] = (struct elf64_phdr){ PT_LOAD, 6, 0, 16, ~0u, 0, 0, 1 };
	file.nr_segments = 5;
	assert_fine(open_file());
	assert_int_equal(image.span.start, LINK_AT);
	assert_int_equal(image.span.end, LINK_AT + 0x9000);
	assert_fine(plan_image());
	assert_promises();
	depart_copies(&mem, plan.copies, plan.nr_copies);
	assert_loaded(LINK_AT);
	assert_gap(LINK_AT);
	assert_all(guest_at(&mem, LINK_AT + 0x7fff, 1), 0xcc, 1);
	assert_all(guest_at(&mem, LINK_AT + 0x8000, 0x1000), 0, 0x1000);
	assert_all(guest_at(&mem, LINK_AT + 0x9000, 64), 0xcc, 64);
}

static void pitfall_61_a_kernel_moves_up_and_down(void **state)
{
	(void)state;
	for (phys at = 2 * MIB; at <= 12 * MIB; at += 5 * MIB) {
		setup(state);
		relocatable(at, ANYWHERE, 1);
		image.leaves_home = true;
		assert_runs_at(at);
	}
	/* From beyond 2 GiB, where a signed delta would go wrong. */
	setup(state);
	file = kernel_file(wide, 0xf0000000, 0);
	relocatable(2 * MIB, ANYWHERE, MIB);
	assert_fine(plan_image());
	assert_int_equal(plan.load, 2 * MIB);
	assert_int_equal(plan.entry_at, 2 * MIB + ENTRY_OFFSET);
	depart_copies(&mem, plan.copies, plan.nr_copies);
	assert_loaded(2 * MIB);
}

static void home_is_kept_unless_it_does_not_do(void **state)
{
	(void)state;
	relocatable(0, ANYWHERE, 0x1000);
	assert_runs_at(LINK_AT);
	relocatable(LINK_AT, LINK_AT + SPAN_LEN, LINK_AT);
	assert_runs_at(LINK_AT);
	relocatable(LINK_AT + 1, ANYWHERE, 0x1000);
	assert_runs_at(LINK_AT + 0x1000);
	relocatable(MIB, LINK_AT + SPAN_LEN - 1, 0x1000);
	assert_runs_at(GANGWAY + GANGWAY_LEN);
	relocatable(3 * MIB, ANYWHERE, 8 * MIB); /* the file is in the way */
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	info_hold(&info, FILE_AT, FILE_LEN);
	guest_map(16 * MIB, 32 * MIB, REGION_RAM);
	info.regions[3].type = REGION_RAM;
	assert_runs_at(16 * MIB);
}

static void a_home_that_is_taken_is_left(void **state)
{
	(void)state;
	/* By what the kernel must find. */
	relocatable(0, ANYWHERE, MIB);
	assert_true(holds_add(&info.holds,
			      r(LINK_AT + SPAN_LEN - 1, LINK_AT + SPAN_LEN),
			      UNTIL_FOREVER));
	assert_runs_at(2 * MIB);
	image.is_relocatable = false;
	assert_says(plan_image(), TAKEN);
	/* By what is no RAM. */
	setup(state);
	relocatable(0, ANYWHERE, MIB);
	guest_map(LINK_AT + TEXT_LEN - 1, LINK_AT + TEXT_LEN, REGION_ACPI);
	assert_runs_at(2 * MIB);
	image.is_relocatable = false;
	assert_says(plan_image(), TAKEN);
}

static void what_is_needed_no_longer_is_no_obstacle(void **state)
{
	(void)state;
	/* memtest86+ is linked to where gangway lies. */
	file = kernel_file(wide, GANGWAY, 0);
	assert_fine(open_file());
	assert_fine(plan_image());
	assert_int_equal(plan.load, GANGWAY);
	depart_copies(&mem, plan.copies, plan.nr_copies);
	assert_loaded(GANGWAY);
}

/* memtest86+ 5.01 is linked to where no other piece is put. */
static void a_kernel_linked_to_page_0_gets_it(void **state)
{
	(void)state;
	file = kernel_file(wide, 0, 0);
	assert_fine(open_file());
	assert_fine(plan_image());
	assert_promises();
	assert_int_equal(plan.load, 0);
	assert_int_equal(plan.entry_at, ENTRY_OFFSET);
	depart_copies(&mem, plan.copies, plan.nr_copies);
	assert_loaded(0);
	image.is_relocatable = image.leaves_home = true;
	image.room = (struct room){ .align = 1, .end = ANYWHERE };
	assert_fine(plan_image());
	assert_int_equal(plan.load, PAGE_SIZE);
}

static void alignment_and_limits_are_kept(void **state)
{
	(void)state;
	for (u64 align = 1; align <= 4 * MIB; align *= 2) {
		setup(state);
		relocatable(MIB, ANYWHERE, align);
		image.leaves_home = true;
		image.room.highest = align % 3 == 1;
		assert_fine(plan_image());
		assert_promises();
		assert_int_equal(plan.load % align, 0);
		assert_true(plan.load >= MIB);
	}
	setup(state);
	relocatable(6 * MIB + 1, 7 * MIB + SPAN_LEN, MIB);
	assert_runs_at(7 * MIB);
	image.room.end--;
	assert_says(plan_image(), NO_ROOM);
	image.room = (struct room){ .align = 16 * MIB, .end = ANYWHERE };
	assert_says(plan_image(), NO_ROOM);
	image.room =
		(struct room){ .align = MIB, .min = HOST_RAM, .end = ANYWHERE };
	assert_says(plan_image(), NO_ROOM);
}

static void lowest_and_highest_leave_home(void **state)
{
	(void)state;
	relocatable(0, ANYWHERE, MIB);
	image.leaves_home = true;
	assert_runs_at(2 * MIB);
	image.room.highest = true;
	assert_runs_at(15 * MIB);
	image.room.end = 15 * MIB + SPAN_LEN - 1;
	assert_runs_at(14 * MIB);
}

static void a_file_may_lie_where_its_segments_go(void **state)
{
	for (phys link = FILE_AT - 2 * SPAN_LEN; link < FILE_AT + SPAN_LEN;
	     link += 0x400) {
		setup(state);
		file = kernel_file(wide, link, 0);
		assert_fine(open_file());
		assert_fine(plan_image());
		assert_promises();
		depart_copies(&mem, plan.copies, plan.nr_copies);
		assert_file_bytes(guest_at(&mem, link, TEXT_LEN), FILE_TEXT,
				  TEXT_LEN);
		assert_file_bytes(guest_at(&mem, link + DATA_AT, DATA_LEN),
				  FILE_DATA, DATA_LEN);
	}
}

/* What memory from LINK_AT on becomes if the segments are loaded in order. */
static void load_in_order(u8 out[SPAN_LEN])
{
	for (u32 i = 0; i < file.nr_segments; i++) {
		const struct elf64_phdr *s = &file.segments[i];
		u8 *to = out + (s->p_paddr - LINK_AT);

		memset(to, 0, s->p_memsz);
		memcpy(to, guest_at(&mem, FILE_AT + s->p_offset, s->p_filesz),
		       s->p_filesz);
	}
}

/* A third segment lies over the end of the first and the beginning of the
 * second. */
static void of_segments_that_overlap_the_later_one_counts(void **state)
{
	static u8 expected[SPAN_LEN];
	const u32 at = TEXT_LEN - 0x10;
	struct elf64_phdr third = file.segments[SEGMENT_TEXT];

	(void)state;
	third.p_offset = FILE_NOTES;
	third.p_paddr += at;
	third.p_filesz = 0x20;
	third.p_memsz = DATA_AT + 0x30 - at;
	for (u32 place = 0; place < 3; place++) {
		file = kernel_file(wide, LINK_AT, 0);
		memmove(file.segments + place + 1, file.segments + place,
			(2 - place) * sizeof(third));
		file.segments[place] = third;
		file.nr_segments = 3;
		assert_fine(open_file());
		memset(guest_at(&mem, LINK_AT, SPAN_LEN), 0xcc, SPAN_LEN);
		memset(expected, 0xcc, SPAN_LEN);
		load_in_order(expected);
		assert_fine(plan_image());
		assert_promises();
		depart_copies(&mem, plan.copies, plan.nr_copies);
		assert_memory_equal(guest_at(&mem, LINK_AT, SPAN_LEN), expected,
				    SPAN_LEN);
	}
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_entry_is_virtual_or_physical_but_in_a_segment),
		TEST(pitfall_63_all_must_be_linked_below_4_gib),
		TEST(pitfall_63_the_machine_may_be_either),
		TEST(pitfall_51_damaged_segments_are_refused),
		TEST(pitfall_53_a_kernel_at_home_and_nothing_in_its_gap),
		TEST(segments_without_bytes_or_memory),
		TEST(pitfall_61_a_kernel_moves_up_and_down),
		TEST(home_is_kept_unless_it_does_not_do),
		TEST(a_home_that_is_taken_is_left),
		TEST(what_is_needed_no_longer_is_no_obstacle),
		TEST(a_kernel_linked_to_page_0_gets_it),
		TEST(alignment_and_limits_are_kept),
		TEST(lowest_and_highest_leave_home),
		TEST(a_file_may_lie_where_its_segments_go),
		TEST(of_segments_that_overlap_the_later_one_counts),
	};
	int bad = cmocka_run_group_tests_name("32 bits", tests, NULL, NULL);

	wide = true;
	return bad +
	       cmocka_run_group_tests_name("64 bits", tests, NULL, kernel_end);
}
