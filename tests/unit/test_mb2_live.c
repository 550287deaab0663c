// SPDX-License-Identifier: BSD-2-Clause
/*
 * Multiboot2 kernels while EFI's boot services are alive: their entry, what
 * they are told (mb2_kernel.c, mb2_info.c), and the memory that must be taken
 * for them (core/live_map.c).
 */
#include "kernel_guest.h"
#include "multiboot_file.h"

#include "efi_map.h"
#include "live_map.h"
#include "mb2_kernel.h"

#define HEADER_AT (FILE_AT + FILE_HEADER)
#define LIVE_AT	  (LINK_AT + 0x44)
#define MAX_TAKEN 16

static struct kernel_file file;
static struct mb2_kernel kernel;

static int setup(void **state)
{
	kernel_setup(state);
	file = kernel_file(false, LINK_AT, 0);
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	mb2_header_begin(HEADER_AT);
	return 0;
}

static why open_live(void)
{
	mb2_header_end();
	assert_string_equal(guest_kernel(FILE_AT, FILE_LEN), "multiboot2");
	return mb2_open(boot.payload.image, true, &kernel);
}

static void both_tags_make_a_live_kernel(void **state)
{
	(void)state;
	MB2_HEADER_TAG(MB2_HEADER_TAG_ENTRY, 0, LINK_AT);
	mb2_header_tag(MB2_HEADER_TAG_EFI_BS, 0, NULL, 0);
	MB2_HEADER_TAG(MB2_HEADER_TAG_ENTRY_EFI64, 0, LIVE_AT);
	assert_fine(open_live());
	assert_true(mb2_is_live(boot.payload.image));
	assert_int_equal(kernel.image.entry, LIVE_AT);
	assert_fine(mb2_open(boot.payload.image, false, &kernel));
	assert_int_equal(kernel.image.entry, LINK_AT);
}

/* As by GRUB: without an EFI64 entry it is entered at its other one. */
static void to_ask_for_boot_services_is_enough(void **state)
{
	mb2_header_tag(MB2_HEADER_TAG_EFI_BS, 0, NULL, 0);
	assert_fine(open_live());
	assert_true(mb2_is_live(boot.payload.image));
	assert_int_equal(kernel.image.entry, LINK_AT + ENTRY_OFFSET);
	setup(state);
	mb2_header_tag(MB2_HEADER_TAG_EFI_BS, 0, NULL, 0);
	MB2_HEADER_TAG(MB2_HEADER_TAG_ENTRY, 0, LINK_AT + 8);
	assert_fine(open_live());
	assert_int_equal(kernel.image.entry, LINK_AT + 8);
}

static void an_efi64_entry_alone_is_not(void **state)
{
	(void)state;
	MB2_HEADER_TAG(MB2_HEADER_TAG_ENTRY_EFI64, 0, LIVE_AT);
	assert_why(open_live(), "the kernel does not ask for boot services");
	assert_false(mb2_is_live(boot.payload.image));
	setup(state);
	mb2_header_tag(MB2_HEADER_TAG_EFI_BS, 0, NULL, 0);
	mb2_header_tag(MB2_HEADER_TAG_ENTRY_EFI64, 0, NULL, 0);
	assert_why(open_live(),
		   "a tag of the header is too short for its type");
	assert_true(mb2_is_live(boot.payload.image));
	put32(&mem, HEADER_AT, 0);
	assert_false(mb2_is_live(boot.payload.image));
}

static void the_entry_lies_in_the_kernel(void **state)
{
	(void)state;
	mb2_header_tag(MB2_HEADER_TAG_EFI_BS, 0, NULL, 0);
	MB2_HEADER_TAG(MB2_HEADER_TAG_ENTRY_EFI64, 0, LINK_AT + SPAN_LEN);
	assert_says(open_live(), "entry_addr lies outside the kernel");
}

/* The types of the tags, in their order. */
static u32 told_tags(u32 *types, u32 max)
{
	struct arena arena = arena_of(&mem, 12 * MIB, 13 * MIB);
	phys at = mb2_info_put(&boot, &plan, &kernel, true, &arena), end;
	u32 nr = 0;

	assert_false(arena.is_full);
	assert_true(arena.next - 12 * MIB <= mb2_info_len(&boot, &kernel));
	end = at + get32(at);
	assert_int_equal(end, arena.next);
	for (at += 8; at < end && nr < max; at += align_up(get32(at + 4), 8))
		types[nr++] = get32(at);
	return nr;
}

static void a_live_kernel_asks_the_firmware_for_the_map(void **state)
{
	static const u32 wanted[] = { 1, 2, 9, 12, 20, 18, 21, 0 };
	static u8 map[48];
	u32 types[32], nr;

	(void)state;
	mb2_header_tag(MB2_HEADER_TAG_EFI_BS, 0, NULL, 0);
	MB2_HEADER_TAG(MB2_HEADER_TAG_ENTRY_EFI64, 0, LIVE_AT);
	assert_fine(open_live());
	plan_init(&plan, &info);
	info.efi = (struct efi_tables){
		.system_table = 0x1234,
		.image_handle = 0x5678,
		.is_64bit = true,
		.memory_map = { map, sizeof(map) },
		.descriptor_size = sizeof(map),
	};
	nr = told_tags(types, ARRAY_LEN(types));
	assert_int_equal(nr, ARRAY_LEN(wanted));
	assert_memory_equal(types, wanted, sizeof(wanted));
}

/* ---- memory ------------------------------------------------------------- */

static const struct efi_descriptor firmware_map[] = {
	{ EFI_MAP_BS_CODE, 0, 0, 0, 1, 15 },
	{ EFI_MAP_CONVENTIONAL, 0, 0x1000, 0, 0x9f, 15 },
	{ EFI_MAP_CONVENTIONAL, 0, MIB, 0, 0x200, 15 },
	{ EFI_MAP_LOADER_DATA, 0, 3 * MIB, 0, 0x100, 15 },
	{ EFI_MAP_BS_DATA, 0, 4 * MIB, 0, 0x100, 15 },
	{ EFI_MAP_CONVENTIONAL, 0, 5 * MIB, 0, 0x100, 15 },
	{ EFI_MAP_CONVENTIONAL, 0, 6 * MIB, 0, 0x100, 15 | EFI_MAP_SPECIAL },
	{ EFI_MAP_ACPI_NVS, 0, 8 * MIB, 0, 1, 15 },
};

static int setup_map(void **state)
{
	setup(state);
	info_init(&info, "test");
	info.efi.memory_map =
		(struct view){ (const u8 *)firmware_map, sizeof(firmware_map) };
	info.efi.descriptor_size = sizeof(firmware_map[0]);
	plan_init(&plan, &info);
	return 0;
}

static void only_what_nobody_has_is_ram(void **state)
{
	(void)state;
	assert_fine(live_map_read(&info));
	assert_int_equal(info.nr_regions, 7);
	assert_region(&info, 0, 0, 0x1000, REGION_RESERVED);
	assert_region(&info, 1, 0x1000, 0xa0000, REGION_RAM);
	assert_region(&info, 2, MIB, 3 * MIB, REGION_RAM);
	assert_region(&info, 3, 3 * MIB, 5 * MIB, REGION_RESERVED);
	assert_region(&info, 4, 5 * MIB, 6 * MIB, REGION_RAM);
	assert_region(&info, 5, 6 * MIB, 7 * MIB, REGION_RESERVED);
	assert_region(&info, 6, 8 * MIB, 8 * MIB + 0x1000, REGION_NVS);
	assert_fine(live_map_read(&info));
	assert_int_equal(info.nr_regions, 7);
}

/* It stays told apart, since the user may give it up. */
static void acpi_s_memory_is_acpi_s(void **state)
{
	(void)state;
	assert_fine(live_map_read(&info));
	plan_init(&plan, &info);
	assert_false(plan_is_free_for_image(&plan, r(8 * MIB, 8 * MIB + 1)));
	plan.overwrites = 1u << REGION_NVS;
	assert_true(plan_is_free_for_image(&plan, r(8 * MIB, 8 * MIB + 1)));
	assert_false(plan_is_free_for_image(&plan, r(3 * MIB, 3 * MIB + 1)));
	assert_false(plan_is_free(&plan, r(8 * MIB, 8 * MIB + 1)));
}

static void modules_may_stay_where_they_lie(void **state)
{
	(void)state;
	info_add_module(&info, 3 * MIB + 0x5000, 3 * MIB + 0x6001, VIEW("b"));
	info_add_module(&info, 3 * MIB, 3 * MIB + 1, VIEW("a"));
	assert_fine(live_map_read(&info));
	assert_region(&info, 3, 3 * MIB, 3 * MIB + 0x1000, REGION_RAM);
	assert_region(&info, 4, 3 * MIB + 0x1000, 3 * MIB + 0x5000,
		      REGION_RESERVED);
	assert_region(&info, 5, 3 * MIB + 0x5000, 3 * MIB + 0x7000, REGION_RAM);
	assert_region(&info, 6, 3 * MIB + 0x7000, 5 * MIB, REGION_RESERVED);
	assert_int_equal(info.nr_regions, 10);
}

static void a_module_out_of_the_map_is_refused(void **state)
{
	(void)state;
	info_add_module(&info, 7 * MIB, 7 * MIB + 1, VIEW(""));
	assert_non_null(live_map_read(&info));
}

static struct range taken[MAX_TAKEN];
static bool code[MAX_TAKEN];
static u32 nr_taken, refused_at;

static why note(struct range pages, bool is_code)
{
	if (nr_taken == refused_at)
		return "no";
	assert_true(nr_taken < MAX_TAKEN);
	taken[nr_taken] = pages;
	code[nr_taken++] = is_code;
	return NULL;
}

static why take_all(void)
{
	nr_taken = 0;
	return live_map_take(&plan, note);
}

/* Just these pages, in any order, each once. */
static void assert_taken(struct range pages, bool is_code)
{
	for (u32 i = 0; i < nr_taken; i++)
		if (taken[i].start == pages.start) {
			assert_int_equal(taken[i].end, pages.end);
			assert_int_equal(code[i], is_code);
			return;
		}
	fail_msg("0x%lx is not taken", pages.start);
}

static void each_page_is_taken_once(void **state)
{
	(void)state;
	refused_at = MAX_TAKEN;
	plan.window = r(MIB + 0x1800, MIB + 0x5010);
	plan_keep(&plan, r(MIB + 0x4001, MIB + 0x5010));
	plan_keep(&plan, r(0x3000, 0x4000)); /* the arena */
	plan_keep(&plan, r(MIB + 0x1800, MIB + 0x2001));
	plan_keep(&plan, r(MIB + 0x6000, MIB + 0x6001)); /* a module */
	plan_keep(&plan, r(MIB + 0x2001, MIB + 0x2801));
	plan_keep(&plan, r(MIB, MIB + 0x1000)); /* another one, below */
	assert_fine(take_all());
	assert_int_equal(nr_taken, 5);
	assert_taken(r(0x3000, 0x4000), false);
	assert_taken(r(MIB, MIB + 0x1000), false);
	assert_taken(r(MIB + 0x1000, MIB + 0x3000), true);
	assert_taken(r(MIB + 0x4000, MIB + 0x6000), true);
	assert_taken(r(MIB + 0x6000, MIB + 0x7000), false);
}

static void what_is_ours_already_is_not_asked_for(void **state)
{
	(void)state;
	refused_at = MAX_TAKEN;
	plan.window = r(5 * MIB, 5 * MIB + 1);
	plan_keep(&plan, r(3 * MIB, 3 * MIB + 0x2000));
	assert_fine(take_all());
	assert_int_equal(nr_taken, 0);
	/* A kernel over the end of a module's pages. */
	plan.window = r(2 * MIB, 3 * MIB + 0x1000);
	plan_keep(&plan, plan.window);
	assert_fine(take_all());
	assert_int_equal(nr_taken, 1);
	assert_taken(r(2 * MIB, 3 * MIB), true);
}

static void the_first_refusal_ends_it(void **state)
{
	(void)state;
	refused_at = 1;
	plan.window = r(5 * MIB, 5 * MIB + 0x1000);
	plan_keep(&plan, plan.window);
	plan_keep(&plan, r(MIB, MIB + 0x1000));
	plan_keep(&plan, r(0x3000, 0x4000));
	assert_why(take_all(), "no");
	assert_int_equal(nr_taken, 1);
	refused_at = 0;
	assert_why(take_all(), "no");
}

/* What is copied away only has to be read: nothing is taken for it. */
static void sources_are_not_taken(void **state)
{
	(void)state;
	refused_at = MAX_TAKEN;
	assert_fine(live_map_read(&info));
	plan.window = r(5 * MIB, 5 * MIB + 0x1000);
	plan_copy(&plan, plan.window, MIB, 0x1000);
	plan.arena_len = 0x1000;
	assert_fine(plan_seal(&plan));
	assert_fine(take_all());
	assert_int_equal(nr_taken, 2);
	assert_taken(r(5 * MIB, 5 * MIB + 0x1000), true);
	assert_taken(plan.arena, false);
}

#define TEST(f)	    cmocka_unit_test_setup(f, setup)
#define MAP_TEST(f) cmocka_unit_test_setup(f, setup_map)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(both_tags_make_a_live_kernel),
		TEST(to_ask_for_boot_services_is_enough),
		TEST(an_efi64_entry_alone_is_not),
		TEST(the_entry_lies_in_the_kernel),
		TEST(a_live_kernel_asks_the_firmware_for_the_map),
		MAP_TEST(only_what_nobody_has_is_ram),
		MAP_TEST(acpi_s_memory_is_acpi_s),
		MAP_TEST(modules_may_stay_where_they_lie),
		MAP_TEST(a_module_out_of_the_map_is_refused),
		MAP_TEST(each_page_is_taken_once),
		MAP_TEST(what_is_ours_already_is_not_asked_for),
		MAP_TEST(the_first_refusal_ends_it),
		MAP_TEST(sources_are_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
