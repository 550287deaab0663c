// SPDX-License-Identifier: BSD-2-Clause
/*
 * tell.c and reason.c: strings, amounts of memory, choices of regions, and the
 * RSDP's copy.
 */
#include "reason.h"

#include "kernel_guest.h"

static char out[256];

static int setup(void **state)
{
	kernel_setup(state);
	memset(out, 0x55, sizeof(out));
	guest_module(5 * MIB, 1, "file", "its words");
	guest_module(6 * MIB, 1, "", "no name");
	boot.payload.name = VIEW("/boot/kernel");
	boot.payload.bundle_line = VIEW("first");
	boot.payload.line = VIEW("second");
	info.cmdline = VIEW("third gangway.log=debug");
	return 0;
}

/* At every room: what fits of the string, and its length. */
static void assert_text(u32 what, bool has_name, const char *expected)
{
	u64 len = strlen(expected);

	assert_int_equal(tell_string(&boot, what, has_name, NULL, 0), len);
	for (u64 room = 0; room <= len + 2; room++) {
		memset(out, 0x55, sizeof(out));
		assert_int_equal(tell_string(&boot, what, has_name, out, room),
				 len);
		assert_memory_equal(out, expected, min_u64(room, len));
		assert_all((u8 *)out + min_u64(room, len), 0x55, 8);
	}
}

static void strings_with_names_and_without(void **state)
{
	(void)state;
	assert_text(0, true, "file its words");
	assert_text(0, false, "its words");
	assert_text(1, true, "module2 no name");
	assert_text(1, false, "no name");
	assert_text(TELL_KERNEL, true, "/boot/kernel first second third");
	assert_text(TELL_KERNEL, false, "first second third");
	assert_text(TELL_LOADER, true, "gangway " GANGWAY_VERSION);
	assert_text(TELL_LOADER, false, "gangway " GANGWAY_VERSION);
	info.loader = VIEW("EDK II"); /* firmware is not in front */
	assert_text(TELL_LOADER, true, "gangway " GANGWAY_VERSION);
}

static void by_loader(const char *name, const char *string)
{
	struct view all = { (const u8 *)string, strlen(string) };
	struct payload *payload = &boot.payload;

	info_set_loader(&info, (struct view){ (const u8 *)name, strlen(name) });
	for (u32 i = 0; i < 2; i++)
		cmdline_split(all, info.names.modules,
			      &payload->modules[i].name,
			      &payload->modules[i].line);
	payload->modules[0].string = payload->modules[1].string = all;
	cmdline_split(all, info.names.modules, &payload->name, &payload->line);
	payload->string = all;
	payload->bundle_line = VIEW("");
}

static void strings_of_a_multiboot_loader_stay_as_they_are(void **state)
{
	static const char string[] = " zImage\t \"a  b\"  c ";

	(void)state;
	by_loader("qemu", string);
	assert_text(0, true, string);
	assert_text(0, false, "\"a  b\"  c ");
	assert_text(TELL_KERNEL, true, " zImage\t \"a  b\"  c third");
	assert_text(TELL_KERNEL, false, "\"a  b\"  c third");
	by_loader("GRUB 2.06", string);
	assert_text(0, true, string);
	assert_text(0, false, string);
	assert_text(TELL_KERNEL, true, " zImage\t \"a  b\"  c third");
	info.cmdline = VIEW("");
	assert_text(TELL_KERNEL, true, string);
}

/* Words alone would be taken for a name by who expects one. */
static void an_empty_string_stays_one_but_in_front_of_words(void **state)
{
	(void)state;
	by_loader("GRUB 2.06", "");
	assert_text(1, true, "");
	assert_text(TELL_KERNEL, true, "third");
	by_loader("qemu", "");
	assert_text(1, true, "");
	assert_text(TELL_KERNEL, true, "kernel third");
	info.cmdline = VIEW("gangway.log=debug");
	assert_text(TELL_KERNEL, true, "");
	boot.payload.modules[1].lacks_name = true; /* of a bundle */
	assert_text(1, true, "module2");
}

static void a_bundles_line_goes_behind_the_name(void **state)
{
	(void)state;
	by_loader("qemu", "kernel a");
	boot.payload.bundle_line = VIEW("b");
	assert_text(TELL_KERNEL, true, "kernel b a third");
	by_loader("qemu", "a=b c");
	boot.payload.bundle_line = VIEW("b");
	assert_text(TELL_KERNEL, true, "b a=b c third");
}

static void a_name_like_gangways_own_words_is_no_word(void **state)
{
	(void)state;
	by_loader("qemu", "gangway.elf gangway.log=quiet a");
	assert_text(TELL_KERNEL, true, "gangway.elf a third");
}

static void u_root_names_modules_but_not_the_kernel(void **state)
{
	(void)state;
	by_loader("u-root kexec", "kernel a");
	assert_text(0, true, "kernel a");
	assert_text(TELL_KERNEL, true, "a third");
}

static void the_loaders_name_goes_in_front_of_ours_once(void **state)
{
	(void)state;
	by_loader("GRUB 2.06", "");
	assert_text(TELL_LOADER, true, "GRUB 2.06 gangway " GANGWAY_VERSION);
	by_loader("GRUB 2.06 gangway 7", "");
	assert_text(TELL_LOADER, true, "GRUB 2.06 gangway 7");
	by_loader("gangway 7", "");
	assert_text(TELL_LOADER, true, "gangway 7");
	by_loader("bigangway 7", "");
	assert_text(TELL_LOADER, true, "bigangway 7 gangway " GANGWAY_VERSION);
	by_loader("", "");
	assert_text(TELL_LOADER, true, "gangway " GANGWAY_VERSION);
}

static void no_words_leave_no_blank(void **state)
{
	(void)state;
	boot.payload.modules[0].line = boot.payload.modules[1].line = VIEW("");
	boot.payload.bundle_line = boot.payload.line = VIEW("");
	info.cmdline = VIEW("gangway.argv0=on");
	assert_text(0, true, "file");
	assert_text(0, false, "");
	assert_text(1, true, "module2");
	assert_text(TELL_KERNEL, true, "/boot/kernel");
	assert_text(TELL_KERNEL, false, "");
	boot.payload.name = VIEW("");
	assert_text(TELL_KERNEL, true, "kernel");
}

static void all_strings_have_the_length_that_was_planned(void **state)
{
	struct arena arena = { &mem, 0x10000, 0x20000, false };

	(void)state;
	for (u32 named = 0; named < 2; named++) {
		phys start = arena.next;
		phys at = tell_put_string(&boot, TELL_KERNEL, named, &arena);

		assert_int_equal(at, start);
		tell_put_string(&boot, TELL_LOADER, named, &arena);
		for (u32 i = 0; i < 2; i++)
			tell_put_string(&boot, i, named, &arena);
		assert_int_equal(arena.next - start,
				 tell_strings_len(&boot, named));
		assert_int_equal(*guest_at(&mem, arena.next - 1, 1), 0);
	}
	assert_false(arena.is_full);
	arena.next = arena.end - 5;
	assert_int_equal(tell_put_string(&boot, 0, false, &arena), 0);
	assert_true(arena.is_full);
}

static void memory_counts_up_to_the_first_hole(void **state)
{
	(void)state;
	assert_int_equal(tell_memory_kib(&info, 0), 639);
	assert_int_equal(tell_lower_kib(&info), 639);
	assert_int_equal(tell_memory_kib(&info, MIB), (RAM_END - MIB) / KIB);
	assert_int_equal(tell_memory_kib(&info, 0xa0000), 0);
	assert_int_equal(tell_memory_kib(&info, MIB + 1),
			 (RAM_END - MIB) / KIB - 1);
	guest_no_ram();
	assert_int_equal(tell_memory_kib(&info, MIB), 0);
	guest_map(0, 8 * MIB, REGION_RAM);
	guest_map(8 * MIB, 3 * GIB, REGION_RAM); /* touches */
	guest_map(3 * GIB + 1, 4 * GIB, REGION_RAM);
	assert_int_equal(tell_memory_kib(&info, 0), 3 * MIB);
	assert_int_equal(tell_memory_kib(&info, MIB), 3 * MIB - KIB);
}

static void all_regions_are_chosen_where_there_is_room(void **state)
{
	bool chosen[MAX_REGIONS];

	(void)state;
	assert_int_equal(tell_regions(&info, 4, chosen), 4);
	for (u32 i = 0; i < 4; i++)
		assert_true(chosen[i]);
	/* Low RAM, the largest RAM, then from the lowest. */
	for (u32 max = 0; max < 4; max++) {
		assert_int_equal(tell_regions(&info, max, chosen), max);
		assert_int_equal(chosen[0], max > 0);
		assert_int_equal(chosen[1], max > 2);
		assert_int_equal(chosen[2], max > 1);
		assert_false(chosen[3]);
	}
}

/* A lower number is told before a higher one. */
static u64 rank_of(const struct region *r)
{
	if (r->type != REGION_RAM)
		return ~0ull;
	return r->range.start < MIB ? 0 : ~0ull - 1 - range_len(r->range);
}

static void random_regions(u32 nr, u64 lengths)
{
	static u64 state = 1;
	phys at = 0;

	info.nr_regions = 0;
	for (u32 i = 0; i < nr; i++) {
		state = state * 6364136223846793005 + 1442695040888963407;
		info.regions[info.nr_regions++] = (struct region){
			{ at, at + (1 + (state >> 40) % lengths) * PAGE_SIZE },
			state >> 33 & 1 ? REGION_RAM : REGION_RESERVED,
		};
		at = info.regions[i].range.end + PAGE_SIZE;
	}
}

/* Beside a slow choice of one after the other. */
static void the_best_regions_are_chosen(void **state)
{
	static const u64 lengths[] = { 1, 3, 40, 70000, 1 << 20 };
	bool chosen[MAX_REGIONS], wanted[MAX_REGIONS];

	(void)state;
	for (u32 i = 0; i < 100; i++) {
		u32 nr = i < 90 ? i + 1 : MAX_REGIONS, max = i * 7 % nr;

		random_regions(nr, lengths[i % ARRAY_LEN(lengths)]);
		memset(wanted, 0, sizeof(wanted));
		for (u32 k = 0; k < max; k++) {
			u32 best = nr;

			for (u32 j = 0; j < nr; j++)
				if (!wanted[j] &&
				    (best == nr ||
				     rank_of(&info.regions[j]) <
					     rank_of(&info.regions[best])))
					best = j;
			wanted[best] = true;
		}
		assert_int_equal(tell_regions(&info, max, chosen), max);
		assert_memory_equal(chosen, wanted, nr * sizeof(chosen[0]));
	}
}

static void the_rsdp_is_copied_only_if_it_must_be(void **state)
{
	static struct acpi_rsdp rsdp;
	struct arena arena = { &mem, 0x10010, 0x20000, false };
	u32 nr = info.nr_regions;

	(void)state;
	rsdp = make_rsdp(0);
	assert_int_equal(tell_rsdp(&info, &arena), 0);
	info.rsdp_copy = (struct view){ (u8 *)&rsdp, 20 };
	info.rsdp = 0x1234;
	assert_int_equal(tell_rsdp(&info, &arena), 0x1234);
	assert_int_equal(arena.next, 0x10010);
	assert_int_equal(info.nr_regions, nr);
	info.rsdp = 0;
	assert_int_equal(tell_rsdp(&info, &arena), 0x11000);
	assert_int_equal(arena.next, 0x12000);
	assert_true(arena.next - 0x10010 <= TELL_RSDP_LEN);
	assert_memory_equal(guest_at(&mem, 0x11000, 20), &rsdp, 20);
	assert_all(guest_at(&mem, 0x11014, 0xfec), 0, 0xfec);
	assert_region(&info, 1, 0x11000, 0x12000, REGION_ACPI);
	info.rsdp_copy.len = PAGE_SIZE + 1; /* none that is that long is one */
	assert_int_equal(tell_rsdp(&info, &arena), 0);
	assert_int_equal(arena.next, 0x12000);
	info.rsdp_copy.len = 20;
	arena.next = 0x1f001;
	assert_int_equal(tell_rsdp(&info, &arena), 0);
	assert_true(arena.is_full);
}

static void a_reason_names_what_it_is_about(void **state)
{
	char sentence[REASON_LEN + 1], text[REASON_LEN];
	why first, second;

	(void)state;
	assert_string_equal(reason_format("no %u", 0xffffffff),
			    "no 4294967295");
	memset(sentence, 'x', REASON_LEN);
	sentence[REASON_LEN] = 0;
	first = reason_format("%s %u", sentence, 7);
	assert_int_equal(strlen(first), REASON_LEN - 1);
	assert_memory_equal(first, sentence, REASON_LEN - 1);
	first = reason_keep(reason_format("a name %.*s", SHOW(VIEW("\33x"))),
			    text);
	second = reason_format("other words");
	assert_string_equal(first, "a name .x");
	assert_string_equal(reason_keep(second, text), "other words");
	assert_int_equal(strlen(reason_keep(sentence, text)), REASON_LEN - 1);
}

/* Some machines have no hole there; more than 640 has no meaning. */
static void lower_memory_ends_at_640_kib(void **state)
{
	(void)state;
	guest_no_ram();
	guest_map(0, 16 * MIB, REGION_RAM);
	assert_int_equal(tell_lower_kib(&info), 640);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lower_memory_ends_at_640_kib),
		TEST(strings_with_names_and_without),
		TEST(strings_of_a_multiboot_loader_stay_as_they_are),
		TEST(an_empty_string_stays_one_but_in_front_of_words),
		TEST(a_bundles_line_goes_behind_the_name),
		TEST(a_name_like_gangways_own_words_is_no_word),
		TEST(u_root_names_modules_but_not_the_kernel),
		TEST(the_loaders_name_goes_in_front_of_ours_once),
		TEST(no_words_leave_no_blank),
		TEST(all_strings_have_the_length_that_was_planned),
		TEST(memory_counts_up_to_the_first_hole),
		TEST(all_regions_are_chosen_where_there_is_room),
		TEST(the_best_regions_are_chosen),
		TEST(the_rsdp_is_copied_only_if_it_must_be),
		TEST(a_reason_names_what_it_is_about),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
