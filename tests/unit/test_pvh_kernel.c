// SPDX-License-Identifier: BSD-2-Clause
/*
 * pvh_kernel.c: which files it claims, and where they go. Every test runs for
 * both classes. The numbers of pitfalls are those of our protocol notes,
 * chapter 6.
 */
#include "kernel_guest.h"
#include "start_info.h"

#define PVH_ENTRY (LINK_AT + 0x123)
#define OUTSIDE	  "PHYS32_ENTRY lies outside the kernel"
#define NO_ROOM	  "no free RAM for the kernel where it may be: "

static bool wide; /* the class: 64 bits */
static struct kernel_file file;

static int setup(void **state)
{
	kernel_setup(state);
	file = kernel_file(wide, LINK_AT, 0);
	return 0;
}

static void put_entry(u64 entry, u32 len)
{
	kernel_note(&file, "Xen", PVH_ELFNOTE_PHYS32_ENTRY, &entry, len);
}

static const char *claimed(void)
{
	info.nr_modules = 0;
	return guest_elf(&file, FILE_AT);
}

static why plan_kernel(void)
{
	assert_string_equal(claimed(), "pvh");
	return guest_plan();
}

static void assert_runs_at(phys at)
{
	if (mem_has(&mem, at, SPAN_LEN))
		memset(guest_at(&mem, at, SPAN_LEN), 0xcc, SPAN_LEN);
	assert_fine(plan_kernel());
	assert_promises();
	assert_int_equal(plan.load, at);
	assert_int_equal(plan.entry_at, at + PVH_ENTRY - LINK_AT);
	if (!mem_has(&mem, at, SPAN_LEN))
		return;
	guest_leave();
	assert_loaded(at);
	assert_gap(at);
	assert_int_equal(handoff.entry, at + PVH_ENTRY - LINK_AT);
}

static void a_kernel_is_entered_by_its_note(void **state)
{
	(void)state;
	for (u32 len = 4; len <= 8; len += 4) {
		setup(state);
		put_entry(PVH_ENTRY, len);
		assert_runs_at(LINK_AT);
		assert_string_equal(plan.entry, "PVH");
		assert_int_equal(handoff.mode, HANDOFF_PROTECTED);
		assert_int_equal(handoff.eax, 0);
		assert_int_equal(handoff.rsi, 0);
		assert_int_equal(handoff.ebx % 4, 0);
	}
	/* What the ELF header calls the entry does not matter. */
	for (u32 i = 0; i < 2; i++) {
		setup(state);
		file = kernel_file(wide, LINK_AT, 0xc0000000);
		if (i)
			file.entry = 0;
		put_entry(PVH_ENTRY, 4);
		assert_runs_at(LINK_AT);
	}
	/* QEMU sees a longer note as 8 bytes too. */
	setup(state);
	kernel_note(&file, "Xen", PVH_ELFNOTE_PHYS32_ENTRY,
		    (u64[]){ PVH_ENTRY, ~0ull }, 12);
	assert_runs_at(LINK_AT);
}

static void pitfall_81_only_xens_note_counts(void **state)
{
	static const char *const owners[] = { "GNU", "Linux", "xen",
					      "Xe",  "Xen2",  "" };
	u64 entry = PVH_ENTRY;

	for (u32 i = 0; i < ARRAY_LEN(owners); i++) {
		setup(state);
		kernel_note(&file, owners[i], 18, &entry, 8);
		if (!wide || strcmp(owners[i], "Linux"))
			assert_string_not_equal(claimed(), "pvh");
		/* It hides no other. */
		file.notes_len = 0;
		kernel_note(&file, owners[i], 18, (u64[]){ LINK_AT }, 8);
		put_entry(PVH_ENTRY, 8);
		boot.options.format = format_named(VIEW("pvh"));
		assert_runs_at(LINK_AT);
	}
	setup(state);
	kernel_note(&file, "Xen", 17, &entry, 8);
	assert_string_equal(claimed(), "none");
}

static void an_entry_outside_is_refused(void **state)
{
	static const u64 entries[] = { 0, 1, LINK_AT - 1, LINK_AT + SPAN_LEN,
				       0xffffffff };

	for (u32 i = 0; i < ARRAY_LEN(entries); i++)
		for (u32 len = 4; len <= 8; len += 4) {
			setup(state);
			put_entry(entries[i], len);
			assert_says(plan_kernel(), OUTSIDE);
		}
	/* The upper half counts, but not where there is none. */
	setup(state);
	put_entry(PVH_ENTRY | 1ull << 32, 8);
	assert_says(plan_kernel(), OUTSIDE);
	setup(state);
	put_entry(PVH_ENTRY | 1ull << 32, 4);
	assert_runs_at(LINK_AT);
	setup(state);
	put_entry(LINK_AT + SPAN_LEN - 1, 4);
	assert_fine(plan_kernel());
	setup(state);
	put_entry(PVH_ENTRY, 0);
	assert_says(plan_kernel(), OUTSIDE);
}

static void damaged_files_are_refused(void **state)
{
	(void)state;
	put_entry(PVH_ENTRY, 8);
	file.segments[SEGMENT_DATA].p_offset = FILE_LEN - DATA_LEN + 1;
	assert_says(plan_kernel(), "a segment passes the end of the file");
	setup(state);
	put_entry(PVH_ENTRY, 8);
	file.machine = 40;
	assert_string_equal(claimed(), "none");
	setup(state);
	put_entry(PVH_ENTRY, 8);
	file.segments[SEGMENT_NOTES].p_filesz--;
	file.segments[SEGMENT_NOTES].p_filesz -= 7; /* into the entry */
	assert_string_equal(claimed(), "none");
	setup(state);
	put_entry(PVH_ENTRY, 8);
	file.segments[SEGMENT_NOTES].p_offset = ~0u;
	assert_string_equal(claimed(), "none");
}

static void put_reloc(u32 len, u32 align, u32 min, u32 max)
{
	u32 values[] = { align, min, max };

	setup(NULL);
	put_entry(PVH_ENTRY, 8);
	kernel_note(&file, "Xen", PVH_ELFNOTE_PHYS32_RELOC, values, len);
}

static void without_a_note_it_does_not_move(void **state)
{
	u32 values[] = { 0x1000, 0, ~0u };

	(void)state;
	put_entry(PVH_ENTRY, 8);
	kernel_note(&file, "GNU", PVH_ELFNOTE_PHYS32_RELOC, values, 12);
	info_hold(&info, LINK_AT, 1);
	assert_runs_at(LINK_AT);
	guest_map(LINK_AT, LINK_AT + 1, REGION_RESERVED);
	assert_says(plan_kernel(), "a segment goes to 0x");
}

/* Home is the first choice of every kernel that may be moved. */
static void a_note_of_any_length_moves_it(void **state)
{
	static const struct {
		u32 len;
		phys home; /* what of it is not RAM */
		phys expected;
	} cases[] = {
		{ 0, 0, LINK_AT },	 { 4, 0, LINK_AT },
		{ 8, 0, LINK_AT },	 { 12, 0, LINK_AT },
		{ 0, LINK_AT, 2 * MIB }, { 4, LINK_AT, 0x1000 },
		{ 8, LINK_AT, 5 * MIB }, { 12, LINK_AT, 5 * MIB },
		{ 8, 5 * MIB, LINK_AT },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		u32 min = cases[i].home == LINK_AT ? 0x500000 : 0x100000;

		put_reloc(cases[i].len, cases[i].len == 4 ? 0x1000 : MIB, min,
			  6 * MIB);
		if (cases[i].home)
			guest_map(cases[i].home, cases[i].home + 1, REGION_NVS);
		assert_runs_at(cases[i].expected);
	}
}

static void the_limits_of_the_note_are_kept(void **state)
{
	(void)state;
	put_reloc(12, MIB, 6 * MIB, 6 * MIB + SPAN_LEN - 1);
	assert_runs_at(6 * MIB);
	put_reloc(12, MIB, 6 * MIB, 6 * MIB + SPAN_LEN - 2);
	assert_says(plan_kernel(), NO_ROOM);
	put_reloc(12, 16 * MIB, 0, ~0u);
	assert_says(plan_kernel(), NO_ROOM);
	put_reloc(12, 16 * MIB, 0, ~0u);
	guest_map(16 * MIB, 17 * MIB, REGION_RAM);
	assert_runs_at(16 * MIB);
	put_reloc(12, 0, 0, ~0u); /* no alignment: no note */
	guest_map(LINK_AT, LINK_AT + 1, REGION_NVS);
	assert_says(plan_kernel(), "a segment goes to 0x");
}

/* Without a highest address, anywhere below 4 GiB. */
static void a_short_note_moves_it_up_to_4_gib(void **state)
{
	(void)state;
	for (u32 len = 0; len <= 12; len += 4) {
		put_reloc(len, 2 * MIB, MIB, ~0u);
		guest_no_ram();
		guest_map(0, 0x9f000, REGION_RAM);
		guest_map(FILE_AT, FILE_AT + MIB, REGION_ACPI);
		guest_map(4 * GIB - 2 * MIB, 5 * GIB, REGION_RAM);
		assert_fine(plan_kernel());
		assert_int_equal(plan.load, 4 * GIB - 2 * MIB);
	}
}

static void linux_goes_by_its_64_bit_entry_unless_told_otherwise(void **state)
{
	(void)state;
	put_entry(PVH_ENTRY, 8);
	kernel_note(&file, "Linux", 257, "x", 1);
	assert_string_equal(claimed(), wide ? "vmlinux" : "pvh");
	boot.options.format = format_named(VIEW("pvh"));
	assert_runs_at(LINK_AT);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kernel_is_entered_by_its_note),
		TEST(pitfall_81_only_xens_note_counts),
		TEST(an_entry_outside_is_refused),
		TEST(damaged_files_are_refused),
		TEST(without_a_note_it_does_not_move),
		TEST(a_note_of_any_length_moves_it),
		TEST(the_limits_of_the_note_are_kept),
		TEST(a_short_note_moves_it_up_to_4_gib),
		TEST(linux_goes_by_its_64_bit_entry_unless_told_otherwise),
	};
	int bad = cmocka_run_group_tests_name("32 bits", tests, NULL, NULL);

	wide = true;
	return bad +
	       cmocka_run_group_tests_name("64 bits", tests, NULL, kernel_end);
}
