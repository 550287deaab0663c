// SPDX-License-Identifier: BSD-2-Clause
/*
 * pvh_kernel.c: the start_info it writes, field by field. The numbers of
 * pitfalls are those of our protocol notes, chapter 6.
 */
#include "kernel_guest.h"
#include "start_info.h"

#define LINUX_MAX 126

static struct pvh_start_info told;
static struct pvh_memmap_entry map[MAX_REGIONS];

static void make_kernel(bool is_linux)
{
	struct kernel_file file = kernel_file(false, LINK_AT, 0);
	u32 entry = LINK_AT;

	kernel_setup(NULL);
	kernel_note(&file, "Xen", PVH_ELFNOTE_PHYS32_ENTRY, &entry, 4);
	if (is_linux)
		kernel_note(&file, "Xen", XEN_ELFNOTE_GUEST_OS, "linux", 6);
	assert_string_equal(guest_elf(&file, FILE_AT), "pvh");
}

static int setup(void **state)
{
	(void)state;
	make_kernel(false);
	return 0;
}

static bool in_arena(phys at, u64 len)
{
	return range_within(r(at, at + len), plan.arena);
}

static void boot_kernel(void)
{
	u64 len;

	guest_boot();
	assert_true(in_arena(handoff.ebx, sizeof(told)));
	assert_true(mem_read(&mem, handoff.ebx, &told, sizeof(told)));
	assert_int_equal(told.magic, PVH_START_MAGIC);
	assert_int_equal(told.version, 1);
	assert_int_equal(told.reserved, 0);
	len = told.memmap_entries * sizeof(map[0]);
	assert_true(told.memmap_entries <= MAX_REGIONS);
	assert_int_equal(told.memmap_paddr % 8, 0);
	assert_true(in_arena(told.memmap_paddr, len));
	assert_true(mem_read(&mem, told.memmap_paddr, map, len));
}

static struct pvh_modlist_entry module(u32 i)
{
	struct pvh_modlist_entry out = { 0 };
	phys at = told.modlist_paddr + i * sizeof(out);

	assert_true(i < told.nr_modules);
	assert_true(in_arena(at, sizeof(out)));
	assert_true(mem_read(&mem, at, &out, sizeof(out)));
	return out;
}

static void assert_entry(u32 i, struct region region)
{
	assert_true(i < told.memmap_entries);
	assert_int_equal(map[i].addr, region.range.start);
	assert_int_equal(map[i].size, range_len(region.range));
	assert_int_equal(map[i].type, region.type);
	assert_int_equal(map[i].reserved, 0);
}

static void a_bare_machine_is_told_of(void **state)
{
	(void)state;
	boot_kernel();
	assert_int_equal(told.flags, 0);
	assert_int_equal(told.nr_modules, 0);
	assert_int_equal(told.modlist_paddr, 0);
	assert_int_equal(told.rsdp_paddr, 0);
	assert_told_string(told.cmdline_paddr, "");
	assert_int_equal(told.memmap_entries, info.nr_regions);
	for (u32 i = 0; i < info.nr_regions; i++)
		assert_entry(i, info.regions[i]);
}

static void modules_and_lines_have_no_file_names(void **state)
{
	(void)state;
	info.cmdline = VIEW("outer gangway.log=quiet words");
	boot.payload.line = VIEW("inner");
	boot.payload.name = VIEW("/xen.gz");
	guest_module(6 * MIB + 1, 0x2001, "initrd.img", "its words");
	guest_module(5 * MIB, 0x1000, "", "");
	boot_kernel();
	assert_told_string(told.cmdline_paddr, "inner outer words");
	assert_int_equal(told.nr_modules, 2);
	assert_int_equal(told.modlist_paddr % 8, 0);
	for (u32 i = 0; i < 2; i++) {
		assert_int_equal(module(i).paddr, plan.module_at[i]);
		assert_int_equal(module(i).paddr % PAGE_SIZE, 0);
		assert_int_equal(module(i).reserved, 0);
	}
	assert_int_equal(module(0).size, 0x2001);
	assert_int_equal(module(1).size, 0x1000);
	assert_told_string(module(0).cmdline_paddr, "its words");
	assert_told_string(module(1).cmdline_paddr, "");
}

static void pitfall_85_a_long_line_of_a_module_arrives(void **state)
{
	static char line[20001];

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	guest_module(5 * MIB, 1, "", line);
	boot_kernel();
	assert_told_string(module(0).cmdline_paddr, line);
}

static void what_the_domain_may_do_is_passed_on(void **state)
{
	(void)state;
	info.pvh_flags =
		PVH_START_FLAG_PRIVILEGED | PVH_START_FLAG_INITIAL_DOMAIN;
	boot_kernel();
	assert_int_equal(told.flags, 3);
}

/* Linux reads all of it through a map of the first 1 GiB, and writes to it;
 * qboot's lies in ROM. */
static void pitfall_50_all_of_it_is_ram_below_1_gib(void **state)
{
	(void)state;
	guest_module(5 * MIB, 1, "", "");
	guest_map(16 * MIB, 3 * GIB, REGION_RAM);
	boot_kernel();
	assert_true(plan.arena.end <= GIB);
	assert_in_ram(r(handoff.ebx, handoff.ebx + sizeof(told)));
	setup(state);
	guest_no_ram();
	guest_map(LINK_AT, LINK_AT + SPAN_LEN, REGION_RAM);
	guest_map(GIB, 2 * GIB, REGION_RAM);
	assert_says(guest_plan(), "no free RAM for the kernel's tables: ");
	guest_map(GIB - 64 * KIB, GIB, REGION_RAM);
	assert_fine(guest_plan());
	assert_int_equal(plan.arena.start, GIB - 64 * KIB);
	/* Also where modules have to move for it. */
	guest_module(2 * GIB - 0x1000, 0x1000, "", "");
	assert_fine(guest_plan());
	assert_int_equal(plan.arena.start, GIB - 64 * KIB);
}

static void pitfall_84_the_rsdp_is_passed(void **state)
{
	(void)state;
	info.rsdp = 0xfc008000; /* Xen's, far from any memory */
	boot_kernel();
	assert_int_equal(told.rsdp_paddr, 0xfc008000);
}

static void a_copy_of_the_rsdp_gets_a_page_of_acpi_memory(void **state)
{
	static struct acpi_rsdp rsdp;
	u32 nr = info.nr_regions;
	phys at;

	(void)state;
	rsdp = make_rsdp(2);
	info.rsdp_copy = (struct view){ (u8 *)&rsdp, sizeof(rsdp) };
	boot_kernel();
	at = told.rsdp_paddr;
	assert_int_equal(at % PAGE_SIZE, 0);
	assert_true(in_arena(at, PAGE_SIZE));
	assert_memory_equal(guest_at(&mem, at, sizeof(rsdp)), &rsdp,
			    sizeof(rsdp));
	assert_true(told.memmap_entries > nr);
	for (u32 i = 0; i < told.memmap_entries; i++)
		if (range_overlaps(r(map[i].addr, map[i].addr + map[i].size),
				   r(at, at + PAGE_SIZE))) {
			assert_entry(i, (struct region){ r(at, at + PAGE_SIZE),
							 REGION_ACPI });
			return;
		}
	fail_msg("the map does not tell of the page");
}

static void fill_map(u32 nr, u32 ram_every)
{
	for (u32 i = 0; info.nr_regions < nr; i++) {
		phys at = 8 * GIB + i * GIB;

		guest_map(at, at + (i % 7 + 1) * MIB,
			  i % ram_every ? REGION_RESERVED : REGION_RAM);
	}
}

static void a_kernel_that_is_not_linux_is_told_all(void **state)
{
	static const u32 counts[] = { 127, 128, 129, 300, MAX_REGIONS };

	for (u32 i = 0; i < ARRAY_LEN(counts); i++) {
		setup(state);
		fill_map(counts[i], 2);
		boot_kernel();
		assert_int_equal(told.memmap_entries, counts[i]);
		for (u32 k = 0; k < counts[i]; k++)
			assert_entry(k, info.regions[k]);
	}
}

static void pitfall_79_linux_is_told_of_126_regions_at_most(void **state)
{
	static const u32 counts[] = { 125, 126, 127, 128, 129, 257, 1056 };

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(counts); i++) {
		make_kernel(true);
		fill_map(counts[i], 4);
		boot_kernel();
		assert_int_equal(told.memmap_entries,
				 min_u64(counts[i], LINUX_MAX));
	}
}

static bool is_told(struct region region)
{
	for (u32 i = 0; i < told.memmap_entries; i++)
		if (map[i].addr == region.range.start) {
			assert_entry(i, region);
			return true;
		}
	return false;
}

/* All RAM there is, then the rest from the lowest. */
static void pitfall_79_ram_is_told_before_the_rest(void **state)
{
	bool is_over = false;

	(void)state;
	make_kernel(true);
	fill_map(300, 4);
	boot_kernel();
	for (u32 i = 0; i < info.nr_regions; i++) {
		bool is_here = is_told(info.regions[i]);

		if (info.regions[i].type == REGION_RAM) {
			assert_true(is_here);
			continue;
		}
		assert_false(is_here && is_over);
		is_over |= !is_here;
	}
	assert_true(is_over);
}

/* Of too much RAM, what lies below 1 MiB and the largest. */
static void pitfall_79_of_ram_the_low_and_the_largest_is_told(void **state)
{
	u64 least = ~0ull, most = 0, len;

	(void)state;
	make_kernel(true);
	guest_map(0x90000, 0x90001, REGION_RESERVED); /* two low ones */
	fill_map(400, 1);
	boot_kernel();
	assert_int_equal(told.memmap_entries, LINUX_MAX);
	for (u32 i = 0; i < info.nr_regions; i++) {
		bool is_here = is_told(info.regions[i]);

		len = range_len(info.regions[i].range);
		assert_true(is_here || info.regions[i].range.start >= MIB ||
			    info.regions[i].type != REGION_RAM);
		if (info.regions[i].range.start < MIB)
			continue;
		if (is_here)
			least = min_u64(least, len);
		else if (info.regions[i].type == REGION_RAM)
			most = max_u64(most, len);
	}
	assert_true(least >= most);
	for (u32 i = 1; i < told.memmap_entries; i++)
		assert_true(map[i].addr >= map[i - 1].addr + map[i - 1].size);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bare_machine_is_told_of),
		TEST(modules_and_lines_have_no_file_names),
		TEST(pitfall_85_a_long_line_of_a_module_arrives),
		TEST(what_the_domain_may_do_is_passed_on),
		TEST(pitfall_50_all_of_it_is_ram_below_1_gib),
		TEST(pitfall_84_the_rsdp_is_passed),
		TEST(a_copy_of_the_rsdp_gets_a_page_of_acpi_memory),
		TEST(a_kernel_that_is_not_linux_is_told_all),
		TEST(pitfall_79_linux_is_told_of_126_regions_at_most),
		TEST(pitfall_79_ram_is_told_before_the_rest),
		TEST(pitfall_79_of_ram_the_low_and_the_largest_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
