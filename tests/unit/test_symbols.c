// SPDX-License-Identifier: BSD-2-Clause
/*
 * symbols.c, by way of a Multiboot 1 kernel of both classes: the sections that
 * are told, and where their contents are. The numbers of pitfalls are those of
 * our protocol notes, chapter 6.
 */
#include "kernel_guest.h"
#include "mb1.h"

#define SHDR (wide ? 64u : 40u) /* length of a section header */

static bool wide; /* the class: 64 bits */
static struct kernel_file file;
static struct mb1_info told;

static int setup(void **state)
{
	kernel_setup(state);
	file = kernel_file(wide, LINK_AT, 0);
	return 0;
}

static void put_kernel(void)
{
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	put32(&mem, FILE_AT + FILE_HEADER, MB1_HEADER_MAGIC);
	put32(&mem, FILE_AT + FILE_HEADER + 4, 0);
	put32(&mem, FILE_AT + FILE_HEADER + 8, -(u32)MB1_HEADER_MAGIC);
}

static void boot_file(u64 len)
{
	assert_string_equal(guest_kernel(FILE_AT, len), "multiboot1");
	guest_boot();
	assert_loaded(LINK_AT);
	assert_true(mem_read(&mem, handoff.ebx, &told, sizeof(told)));
}

static void boot_kernel(void)
{
	put_kernel();
	boot_file(FILE_LEN);
}

/* The header of a section as it was told, in the 64-bit layout. */
static struct elf64_shdr section(u32 i)
{
	phys at = told.syms[2] + i * told.syms[1];
	struct elf64_shdr out = { 0 };
	struct elf32_shdr low;

	assert_true(i < told.syms[0]);
	if (wide) {
		assert_true(mem_read(&mem, at, &out, sizeof(out)));
		return out;
	}
	assert_true(mem_read(&mem, at, &low, sizeof(low)));
	out.sh_type = low.sh_type;
	out.sh_addr = low.sh_addr;
	out.sh_offset = low.sh_offset;
	out.sh_size = low.sh_size;
	out.sh_link = low.sh_link;
	return out;
}

static void assert_table(u32 nr, u64 entsize)
{
	assert_true(told.flags & MB1_INFO_ELF_SHDR);
	assert_false(told.flags & MB1_INFO_AOUT_SYMS);
	assert_int_equal(told.syms[0], nr);
	assert_int_equal(told.syms[1], entsize);
	assert_int_equal(told.syms[3], SECTION_STRINGS);
	assert_true(range_within(r(told.syms[2], told.syms[2] + nr * entsize),
				 plan.arena));
}

static void assert_no_table(void)
{
	assert_false(told.flags & MB1_INFO_ELF_SHDR);
	for (u32 i = 0; i < 4; i++)
		assert_int_equal(told.syms[i], 0);
	assert_true(range_empty(plan.symbols));
}

/* A section's bytes lie where its header says, in memory of their own. */
static void assert_contents(u32 i, u64 offset, u64 len)
{
	phys at = section(i).sh_addr;

	assert_int_equal(section(i).sh_size, len);
	assert_true(range_within(r(at, at + len), plan.symbols));
	assert_true(at >= MIB);
	assert_file_bytes(guest_at(&mem, at, len), offset, len);
}

static void pitfall_67_addresses_are_where_the_contents_are(void **state)
{
	(void)state;
	guest_module(6 * MIB, 5000, "", "");
	boot_kernel();
	assert_table(4, SHDR);
	assert_contents(SECTION_SYMBOLS, FILE_SYMBOLS, SYMBOLS_LEN);
	assert_contents(SECTION_STRINGS, FILE_STRINGS, STRINGS_LEN);
	assert_int_equal(section(SECTION_SYMBOLS).sh_type, SHT_SYMTAB);
	assert_int_equal(section(SECTION_SYMBOLS).sh_link, SECTION_STRINGS);
	assert_int_equal(section(SECTION_STRINGS).sh_addr % 16, 0);
	assert_int_equal(section(SECTION_NULL).sh_addr, 0);
	assert_false(range_overlaps(plan.symbols, plan.arena));
	assert_false(range_overlaps(plan.symbols, plan.window));
	assert_false(range_overlaps(plan.symbols, module_pages(0)));
}

static void pitfall_67_what_a_segment_loads_keeps_its_address(void **state)
{
	(void)state;
	/* Loaded symbols, and one section that is neither. */
	file.sections[SECTION_STRINGS].sh_addr = LINK_AT + DATA_AT;
	file.sections[4] = file.sections[SECTION_TEXT];
	file.sections[4].sh_addr = 0;
	file.nr_sections = 5;
	boot_kernel();
	assert_table(5, SHDR);
	assert_int_equal(section(SECTION_TEXT).sh_addr, LINK_AT);
	assert_int_equal(section(SECTION_STRINGS).sh_addr, LINK_AT + DATA_AT);
	assert_int_equal(section(4).sh_addr, 0);
	assert_contents(SECTION_SYMBOLS, FILE_SYMBOLS, SYMBOLS_LEN);
	/* And the other way round. */
	setup(state);
	file.sections[SECTION_SYMBOLS].sh_addr = LINK_AT + DATA_AT;
	boot_kernel();
	assert_int_equal(section(SECTION_SYMBOLS).sh_addr, LINK_AT + DATA_AT);
	assert_contents(SECTION_STRINGS, FILE_STRINGS, STRINGS_LEN);
	assert_int_equal(range_len(plan.symbols), align_up(STRINGS_LEN, 16));
}

static void headers_may_be_longer_than_they_need(void **state)
{
	u8 table[4 * 80];

	(void)state;
	file.shentsize = 80;
	file.shoff = FILE_SECTIONS + 0x100;
	put_kernel();
	memcpy(table, guest_at(&mem, FILE_AT + FILE_SECTIONS, 4 * SHDR),
	       4 * SHDR);
	for (u32 i = 0; i < 4; i++)
		put(&mem, FILE_AT + file.shoff + i * 80, table + i * SHDR,
		    SHDR);
	boot_file(FILE_LEN);
	assert_table(4, 80);
	assert_contents(SECTION_SYMBOLS, FILE_SYMBOLS, SYMBOLS_LEN);
	assert_contents(SECTION_STRINGS, FILE_STRINGS, STRINGS_LEN);
	assert_int_equal(*guest_at(&mem, told.syms[2] + 79, 1),
			 kernel_byte(file.shoff + 79));
}

/* Nothing is told of a table that is not there, nor is anything else. */
static void pitfall_52_a_table_outside_the_file_is_not_told(void **state)
{
	static const struct {
		u32 shoff, nr;
		u16 entsize; /* 0: as it should be */
	} cases[] = {
		{ FILE_SECTIONS, 0, 0 },      { FILE_LEN, 4, 0 },
		{ FILE_LEN - 100, 4, 0 },     { 0xffffffff, 4, 0 },
		{ 0xffffff00, 4, 0 },	      { FILE_SECTIONS, 0xffff, 0 },
		{ FILE_SECTIONS, 4, 0xffff }, { FILE_SECTIONS, 0xffff, 0xffff },
		{ FILE_SECTIONS, 4, 1 },      { FILE_SECTIONS, 4, 39 },
	};

	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		setup(state);
		file.shoff = cases[i].shoff;
		file.shentsize = cases[i].entsize;
		put_kernel();
		put16(&mem, FILE_AT + (wide ? 60 : 48), (u16)cases[i].nr);
		boot_file(FILE_LEN);
		assert_no_table();
	}
}

static void pitfall_52_a_table_up_to_the_files_end_is_told(void **state)
{
	(void)state;
	put_kernel();
	memmove(guest_at(&mem, FILE_AT + FILE_LEN - 4 * SHDR, 4 * SHDR),
		guest_at(&mem, FILE_AT + FILE_SECTIONS, 4 * SHDR), 4 * SHDR);
	put32(&mem, FILE_AT + (wide ? 40 : 32), (u32)(FILE_LEN - 4 * SHDR));
	boot_file(FILE_LEN);
	assert_table(4, SHDR);
	assert_contents(SECTION_SYMBOLS, FILE_SYMBOLS, SYMBOLS_LEN);
}

static void contents_outside_the_file_are_left_out(void **state)
{
	static const u64 offsets[] = { FILE_LEN, FILE_LEN - SYMBOLS_LEN + 1,
				       ~0u, ~0ull - SYMBOLS_LEN + 1 };

	for (u32 i = 0; i < ARRAY_LEN(offsets); i++) {
		setup(state);
		file.sections[SECTION_SYMBOLS].sh_offset = offsets[i];
		boot_kernel();
		assert_table(4, SHDR);
		assert_int_equal(section(SECTION_SYMBOLS).sh_addr, 0);
		assert_contents(SECTION_STRINGS, FILE_STRINGS, STRINGS_LEN);
	}
	setup(state);
	file.sections[SECTION_SYMBOLS].sh_size = wide ? ~0ull : ~0u;
	boot_kernel();
	assert_int_equal(section(SECTION_SYMBOLS).sh_addr, 0);
	assert_contents(SECTION_STRINGS, FILE_STRINGS, STRINGS_LEN);
}

static void without_room_contents_are_left_out(void **state)
{
	(void)state;
	guest_no_ram();
	guest_map(0, 0x9f000, REGION_RAM);
	guest_map(LINK_AT, LINK_AT + TEXT_LEN, REGION_RAM);
	guest_map(LINK_AT + DATA_AT, LINK_AT + SPAN_LEN, REGION_RAM);
	guest_map(FILE_AT, FILE_AT + MIB, REGION_ACPI);
	boot_kernel();
	assert_table(4, SHDR);
	assert_int_equal(section(SECTION_TEXT).sh_addr, LINK_AT);
	assert_int_equal(section(SECTION_SYMBOLS).sh_addr, 0);
	assert_int_equal(section(SECTION_STRINGS).sh_addr, 0);
	assert_true(range_empty(plan.symbols));
}

static void empty_contents_take_no_room(void **state)
{
	(void)state;
	file.sections[SECTION_SYMBOLS].sh_size = 0;
	boot_kernel();
	assert_contents(SECTION_STRINGS, FILE_STRINGS, STRINGS_LEN);
	assert_int_equal(range_len(plan.symbols), align_up(STRINGS_LEN, 16));
	setup(state);
	file.sections[SECTION_SYMBOLS].sh_size = 0;
	file.sections[SECTION_STRINGS].sh_size = 0;
	boot_kernel();
	assert_table(4, SHDR);
	assert_true(range_empty(plan.symbols));
}

/* A table of up to 64 KiB is told, whatever it says. */
static void a_long_table_is_told_up_to_64_kib(void **state)
{
	for (u32 nr = 64 * 1024 / SHDR; nr < 64 * 1024 / SHDR + 3; nr++) {
		setup(state);
		file.shoff = FILE_LEN;
		put_kernel();
		memset(guest_at(&mem, FILE_AT + FILE_LEN, 128 * KIB), 0,
		       128 * KIB);
		put16(&mem, FILE_AT + (wide ? 60 : 48), (u16)nr);
		boot_file(FILE_LEN + 128 * KIB);
		if (nr * SHDR > 64 * KIB)
			assert_no_table();
		else
			assert_table(nr, SHDR);
		if (nr * SHDR > 64 * KIB)
			assert_string_equal(plan.odd,
					    "the kernel is not told of its ELF "
					    "sections: their headers are "
					    "damaged, or longer than 64 KiB");
		else
			assert_null(plan.odd);
	}
}

/* As a plan has only so many copies. */
static void contents_of_more_than_16_tables_are_left_out(void **state)
{
	struct elf32_shdr s32 = { .sh_type = SHT_STRTAB, .sh_size = 32 };
	struct elf64_shdr s64 = { .sh_type = SHT_STRTAB, .sh_size = 32 };

	for (u32 nr = 16; nr <= 1000; nr += nr < 18 ? 1 : 982) {
		setup(state);
		file.shoff = FILE_LEN;
		put_kernel();
		put16(&mem, FILE_AT + (wide ? 60 : 48), (u16)nr);
		for (u32 i = 0; i < nr; i++) {
			s32.sh_offset = FILE_TEXT + i;
			s64.sh_offset = FILE_TEXT + i;
			put(&mem, FILE_AT + FILE_LEN + i * SHDR,
			    wide ? (void *)&s64 : &s32, SHDR);
		}
		boot_file(FILE_LEN + nr * SHDR);
		assert_table(nr, SHDR);
		for (u32 i = 0; i < nr && nr == 16; i++)
			assert_contents(i, FILE_TEXT + i, 32);
		if (nr == 16)
			assert_null(plan.odd);
		if (nr > 16)
			assert_int_equal(section(0).sh_addr, 0);
		if (nr > 16)
			assert_string_equal(plan.odd,
					    "the kernel does not get its "
					    "symbols: there is no room for "
					    "them, or more than 16 tables");
	}
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pitfall_67_addresses_are_where_the_contents_are),
		TEST(pitfall_67_what_a_segment_loads_keeps_its_address),
		TEST(headers_may_be_longer_than_they_need),
		TEST(pitfall_52_a_table_outside_the_file_is_not_told),
		TEST(pitfall_52_a_table_up_to_the_files_end_is_told),
		TEST(contents_outside_the_file_are_left_out),
		TEST(without_room_contents_are_left_out),
		TEST(empty_contents_take_no_room),
		TEST(contents_of_more_than_16_tables_are_left_out),
		TEST(a_long_table_is_told_up_to_64_kib),
	};
	int bad = cmocka_run_group_tests_name("32 bits", tests, NULL, NULL);

	wide = true;
	return bad +
	       cmocka_run_group_tests_name("64 bits", tests, NULL, kernel_end);
}
