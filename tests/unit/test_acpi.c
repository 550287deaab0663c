// SPDX-License-Identifier: BSD-2-Clause
/*
 * acpi.c: an RSDP is found where it may lie, and only if it is sound.
 */
#include "guest.h"

#define SYSTEM_TABLE 0x180000
#define NEW_RSDP     0x190000
#define OLD_RSDP     0x191000

static struct mem mem;

static int setup(void **state)
{
	(void)state;
	mem = guest_new(0, 2 * MIB);
	memset(mem.host, 0, mem.len);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static void flip(phys at)
{
	*guest_at(&mem, at, 1) ^= 0x40;
}

static struct view rsdp_view(struct acpi_rsdp *rsdp, u64 len)
{
	return (struct view){ (const u8 *)rsdp, len };
}

static void an_rsdp_is_valid_if_nothing_is_wrong(void **state)
{
	struct acpi_rsdp old = make_rsdp(0), new = make_rsdp(2);

	(void)state;
	assert_true(acpi_rsdp_valid(rsdp_view(&old, 20)));
	assert_true(acpi_rsdp_valid(rsdp_view(&old, 36)));
	assert_true(acpi_rsdp_valid(rsdp_view(&new, 36)));
	assert_false(acpi_rsdp_valid(rsdp_view(&old, 19)));
	assert_false(acpi_rsdp_valid(rsdp_view(&new, 35)));
	assert_false(acpi_rsdp_valid(rsdp_view(&new, 20)));
	assert_false(acpi_rsdp_valid(VIEW("")));
	assert_false(acpi_rsdp_valid(VIEW("RSD PTR ")));
}

static void one_wrong_byte_makes_an_rsdp_invalid(void **state)
{
	(void)state;
	for (u32 i = 0; i < 36; i++) {
		struct acpi_rsdp rsdp = make_rsdp(2);

		((u8 *)&rsdp)[i] ^= 0x40;
		assert_false(acpi_rsdp_valid(rsdp_view(&rsdp, 36)));
	}
	for (u32 i = 0; i < 36; i++) {
		struct acpi_rsdp rsdp = make_rsdp(1);

		((u8 *)&rsdp)[i] ^= 0x40;
		assert_int_equal(acpi_rsdp_valid(rsdp_view(&rsdp, 36)),
				 i >= 20);
	}
}

/* The sums are right: only the length is not. */
static void a_length_must_be_possible(void **state)
{
	static const u32 lengths[] = { 0, 20, 35, 65, ~0u };
	u8 bytes[64] = { 0 };
	struct view v = { bytes, sizeof(bytes) };
	struct acpi_rsdp rsdp = make_rsdp(2);

	(void)state;
	rsdp.xsdt_address = 0;
	rsdp.extended_checksum = 0;
	for (u32 i = 0; i < ARRAY_LEN(lengths); i++) {
		rsdp.length = lengths[i];
		rsdp.reserved[0] =
			(u8) - (lengths[i] + (lengths[i] >> 8) +
				(lengths[i] >> 16) + (lengths[i] >> 24));
		memcpy(bytes, &rsdp, sizeof(rsdp));
		assert_false(acpi_rsdp_valid(v));
	}
	rsdp.length = 64;
	rsdp.reserved[0] = (u8)-64;
	memcpy(bytes, &rsdp, sizeof(rsdp));
	assert_true(acpi_rsdp_valid(v));
	bytes[63] = 1;
	assert_false(acpi_rsdp_valid(v));
}

static void pitfall_75_the_scan_finds_it_in_each_area(void **state)
{
	static const phys places[] = {
		0xe0000, 0xe0010, 0xefff0, 0xf0000, 0xf59d0, 0xfffc0,
	};

	(void)state;
	assert_int_equal(acpi_find_rsdp(&mem), 0);
	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		put_rsdp(&mem, places[i], 2);
		assert_int_equal(acpi_find_rsdp(&mem), places[i]);
		flip(places[i]);
	}
}

static void pitfall_75_the_scan_wants_sums_and_alignment(void **state)
{
	(void)state;
	put_rsdp(&mem, 0xf1000, 2);
	flip(0xf1000 + 20);
	put_rsdp(&mem, 0xf1108, 2);
	put_rsdp(&mem, 0xffff0, 0);
	assert_int_equal(acpi_find_rsdp(&mem), 0);
	put(&mem, 0xf2000, "RSD PTR RSD PTR RRRR", 20);
	put_rsdp(&mem, 0xf3000, 0);
	assert_int_equal(acpi_find_rsdp(&mem), 0xf3000);
}

static void the_scan_looks_into_the_ebda_only_if_it_can_be(void **state)
{
	static const struct {
		u16 segment;
		phys at;
		bool found;
	} cases[] = {
		{ 0x9fc0, 0x9fc00, true },  { 0x9fc0, 0x9ffd0, true },
		{ 0x9fc0, 0x9fff0, false }, { 0x8000, 0x80000, true },
		{ 0x8000, 0x803f0, true },  { 0x8000, 0x80400, false },
		{ 0x7fff, 0x7fff0, false }, { 0xa000, 0xa0000, false },
		{ 0x9fff, 0x9fff0, false }, { 0x9f01, 0x9f010, true },
		{ 0, 0x10, false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		put16(&mem, 0x40e, cases[i].segment);
		put_rsdp(&mem, cases[i].at, 2);
		assert_int_equal(acpi_find_rsdp(&mem),
				 cases[i].found ? cases[i].at : 0);
		memset(guest_at(&mem, cases[i].at, 36), 0, 36);
	}
}

static void the_scan_survives_small_windows(void **state)
{
	struct mem high = guest_new(MIB, 0x1000);
	struct mem low = guest_new(0, 0xf0010);

	(void)state;
	assert_int_equal(acpi_find_rsdp(&high), 0);
	put16(&low, 0x40e, 0x9000);
	assert_int_equal(acpi_find_rsdp(&low), 0);
	guest_free(&high);
	guest_free(&low);
}

static void put_system_table(u64 nr)
{
	put_efi_table(&mem, SYSTEM_TABLE, nr);
	put_rsdp(&mem, NEW_RSDP, 2);
	put_rsdp(&mem, OLD_RSDP, 0);
}

static void put_entry(u32 i, const char *guid, phys table)
{
	put_efi_entry(&mem, SYSTEM_TABLE, i, guid, table);
}

static void efi_tables_name_it_20_before_10(void **state)
{
	(void)state;
	put_system_table(3);
	put_entry(0, "some other table", 0x1000);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), 0);
	put_entry(1, ACPI_10_GUID, OLD_RSDP);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), OLD_RSDP);
	put_entry(2, ACPI_20_GUID, NEW_RSDP);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), NEW_RSDP);
	put_entry(1, ACPI_20_GUID, NEW_RSDP);
	put_entry(2, ACPI_10_GUID, OLD_RSDP);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), NEW_RSDP);
}

static void efi_tables_naming_no_rsdp_are_passed_over(void **state)
{
	static const phys wrong[] = { 0, 0x1000, 2 * MIB - 8, 2 * MIB, ~0ull };

	(void)state;
	put_system_table(2);
	put_entry(1, ACPI_10_GUID, OLD_RSDP);
	for (u32 i = 0; i < ARRAY_LEN(wrong); i++) {
		put_entry(0, ACPI_20_GUID, wrong[i]);
		assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), OLD_RSDP);
	}
	put_entry(0, ACPI_20_GUID, NEW_RSDP);
	flip(NEW_RSDP + 30);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), OLD_RSDP);
	flip(OLD_RSDP + 10);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), 0);
}

static void a_list_of_efi_tables_may_be_long_or_cut_off(void **state)
{
	(void)state;
	put_system_table(256);
	put_entry(255, ACPI_20_GUID, NEW_RSDP);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), NEW_RSDP);
	put(&mem, 2 * MIB - 24, ACPI_10_GUID, 16);
	put64(&mem, 2 * MIB - 8, OLD_RSDP);
	put64(&mem, SYSTEM_TABLE + 112, 2 * MIB - 24);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), OLD_RSDP);
}

static void an_rsdp_may_end_the_window(void **state)
{
	(void)state;
	put_system_table(1);
	put_entry(0, ACPI_20_GUID, 2 * MIB - 36);
	put_rsdp(&mem, 2 * MIB - 36, 2);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), 2 * MIB - 36);
}

static void a_strange_efi_system_table_is_not_followed(void **state)
{
	(void)state;
	put_system_table(1);
	put_entry(0, ACPI_20_GUID, NEW_RSDP);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), NEW_RSDP);
	assert_int_equal(acpi_from_efi(&mem, 2 * MIB - 119), 0);
	assert_int_equal(acpi_from_efi(&mem, ~0ull), 0);
	put64(&mem, SYSTEM_TABLE + 104, 257);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), 0);
	put64(&mem, SYSTEM_TABLE + 104, 0);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), 0);
	put64(&mem, SYSTEM_TABLE + 104, 1);
	put64(&mem, SYSTEM_TABLE + 112, 2 * MIB - 23);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), 0);
	put64(&mem, SYSTEM_TABLE + 112, SYSTEM_TABLE + 120);
	flip(SYSTEM_TABLE);
	assert_int_equal(acpi_from_efi(&mem, SYSTEM_TABLE), 0);
}

static void what_is_no_rsdp_is_not_taken_for_one(void **state)
{
	struct boot_info info;

	(void)state;
	info_init(&info, "test");
	put_rsdp(&mem, 0xe0000, 2);
	put_rsdp(&mem, NEW_RSDP, 2);
	assert_int_equal(acpi_check(&mem, &info, NEW_RSDP), NEW_RSDP);
	assert_int_equal(acpi_check(&mem, &info, NEW_RSDP + 16), 0xe0000);
	assert_int_equal(acpi_check(&mem, &info, 0), 0xe0000);
	/* Out of sight: nothing speaks against it. */
	assert_int_equal(acpi_check(&mem, &info, 1ull << 40), 1ull << 40);
}

static void an_rsdp_is_that_of_the_machine_or_the_loaders_copy(void **state)
{
	struct boot_info with = { .rsdp_copy = VIEW("") };

	(void)state;
	assert_int_equal(acpi_rsdp(&mem, &with), 0);
	assert_true(mem_view(&mem, mem.start + 16, 36, &with.rsdp_copy));
	assert_int_equal(acpi_rsdp(&mem, &with), mem.start + 16);
	with.rsdp = mem.start + 64;
	assert_int_equal(acpi_rsdp(&mem, &with), mem.start + 64);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_rsdp_is_valid_if_nothing_is_wrong),
		TEST(one_wrong_byte_makes_an_rsdp_invalid),
		TEST(a_length_must_be_possible),
		TEST(pitfall_75_the_scan_finds_it_in_each_area),
		TEST(pitfall_75_the_scan_wants_sums_and_alignment),
		TEST(the_scan_looks_into_the_ebda_only_if_it_can_be),
		TEST(the_scan_survives_small_windows),
		TEST(efi_tables_name_it_20_before_10),
		TEST(efi_tables_naming_no_rsdp_are_passed_over),
		TEST(a_list_of_efi_tables_may_be_long_or_cut_off),
		TEST(an_rsdp_may_end_the_window),
		TEST(a_strange_efi_system_table_is_not_followed),
		TEST(what_is_no_rsdp_is_not_taken_for_one),
		TEST(an_rsdp_is_that_of_the_machine_or_the_loaders_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
