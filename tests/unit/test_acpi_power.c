// SPDX-License-Identifier: BSD-2-Clause
/*
 * acpi_power.c: tables made by hand, with each field wrong in turn.
 */
#include "acpi_guest.h"

#include "acpi_power.h"

#define FADT	 TABLE
#define REGISTER 0x7fe6000 /* in memory */
#define BIG	 0x7fe8000
#define LEN	 0x10000

#define NO_FADT "the RSDP leads to no whole FADT"
#define NO_DSDT "the DSDT is not whole"
#define NO_S5	"the DSDT has no plain _S5_"
#define NO_PM1	"no PM1 control register"
#define RESET	(1u << 10)
#define REDUCED (1u << 20)

#define UNUSED void **state __attribute__((unused))

static struct mem mem;
static struct acpi_power power;
static phys dsdt;

static void put_gas(phys at, u8 space, u64 address)
{
	put8(&mem, at, space);
	put8(&mem, at + 1, 8);
	put64(&mem, at + 4, address);
}

/* At the end of memory: a step beyond it is seen. */
static void put_dsdt(struct view aml)
{
	dsdt = START + LEN - 36 - aml.len;
	put_table(&mem, dsdt, "DSDT", 6, 36 + (u32)aml.len);
	put(&mem, dsdt + 36, aml.at, aml.len);
	seal(&mem, dsdt);
	put32(&mem, FADT + 40, (u32)dsdt);
	put64(&mem, FADT + 140, dsdt);
}

/* As QEMU's pc has it, but with a SLP_TYP that can be told from none. */
static int setup(UNUSED)
{
	mem = acpi_guest_new(LEN);
	put_table(&mem, FADT, "FACP", 6, 276);
	put32(&mem, FADT + 48, 0xb2);
	put8(&mem, FADT + 52, 0xf1);
	put32(&mem, FADT + 64, 0x604);
	put32(&mem, FADT + 112, RESET);
	put_gas(FADT + 116, ACPI_IO, 0xcf9);
	put8(&mem, FADT + 128, 0x0f);
	put_dsdt(VIEW("\x08_S5_\x12\x08\4\x0a\5\x0a\6\0\0"));
	return 0;
}

static int teardown(UNUSED)
{
	guest_free(&mem);
	return 0;
}

static why read(void)
{
	seal(&mem, FADT);
	memset(&power, 0xcc, sizeof(power));
	return acpi_power_read(&mem, START, &power);
}

static void assert_whole(void)
{
	assert_int_equal(power.reset.space, ACPI_IO);
	assert_int_equal(power.reset.at, 0xcf9);
	assert_int_equal(power.reset_value, 0x0f);
	assert_true(power.can_sleep);
	assert_int_equal(power.sleep.space, ACPI_NOWHERE);
	assert_int_equal(power.pm1a, 0x604);
	assert_int_equal(power.pm1b, 0);
	assert_int_equal(power.smi_command, 0xb2);
	assert_int_equal(power.acpi_enable, 0xf1);
	assert_int_equal(power.type_a, 5);
	assert_int_equal(power.type_b, 6);
}

static void a_sound_machine_is_read(UNUSED)
{
	assert_fine(read());
	assert_whole();
	put_rsdp(&mem, START, 0); /* leads through the RSDT */
	put32(&mem, XSDT, 0);
	assert_fine(read());
	assert_whole();
}

static void nothing_is_known_without_an_rsdp(UNUSED)
{
	static const phys places[] = { 0, START - 1, START + LEN - 19, ~0ull };

	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		assert_why(acpi_power_read(&mem, places[i], &power),
			   places[i] ? NO_FADT : "no RSDP");
		assert_int_equal(power.reset.space, ACPI_NOWHERE);
		assert_int_equal(power.sleep.space, ACPI_NOWHERE);
		assert_false(power.can_sleep);
	}
}

static void assert_each_byte_counts(phys at, u32 len, const char *reason)
{
	for (u32 i = 0; i < len; i++) {
		*guest_at(&mem, at + i, 1) ^= 0x20;
		assert_why(acpi_power_read(&mem, START, &power), reason);
		*guest_at(&mem, at + i, 1) ^= 0x20;
	}
}

static void a_wrong_byte_anywhere_is_noticed(UNUSED)
{
	seal(&mem, FADT);
	assert_each_byte_counts(START, 36, NO_FADT);
	assert_each_byte_counts(XSDT, 52, NO_FADT);
	assert_each_byte_counts(FADT, 276, NO_FADT);
	assert_each_byte_counts(dsdt, 50, NO_DSDT);
	assert_fine(read());
}

static void a_table_is_as_long_as_it_can_be(UNUSED)
{
	static const u32 lengths[] = { 0, 8, 35, LEN, 0x1000001, ~0u };

	for (u32 i = 0; i < ARRAY_LEN(lengths); i++) {
		put32(&mem, XSDT + 4, lengths[i]);
		assert_why(read(), NO_FADT);
	}
	put_table(&mem, XSDT, "XSDT", 6, 36 + 7);
	seal(&mem, XSDT);
	assert_why(read(), NO_FADT);
}

static void an_entry_may_point_anywhere(UNUSED)
{
	static const phys places[] = { 0, START + LEN - 35, ~0ull - 35 };

	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		put64(&mem, XSDT + 36, places[i]);
		seal(&mem, XSDT);
		assert_fine(read());
	}
}

static void tables_seen_by_the_thousand_are_short(UNUSED)
{
	put_table(&mem, BIG, "FACP", 6, 8192);
	put(&mem, BIG + 36, guest_at(&mem, FADT + 36, 240), 240);
	seal(&mem, BIG);
	put64(&mem, XSDT + 44, BIG);
	seal(&mem, XSDT);
	assert_fine(read());
	put32(&mem, BIG + 4, 8193);
	*guest_at(&mem, BIG + 8192, 1) = 0;
	seal(&mem, BIG);
	assert_why(read(), NO_FADT);
}

static __attribute__((noinline)) void dirty_stack(void)
{
	u8 bytes[4096];

	memset(bytes, 0xff, sizeof(bytes));
	asm volatile("" : : "r"(bytes) : "memory");
}

/* 112 bytes: no flags, and what lies behind them is another's. */
static void what_a_short_fadt_lacks_is_zero(UNUSED)
{
	put32(&mem, FADT + 4, 112);
	dirty_stack();
	assert_fine(read());
	assert_int_equal(power.reset.space, ACPI_NOWHERE);
}

static void the_64_bit_fields_go_before_the_others(UNUSED)
{
	put_gas(FADT + 172, ACPI_IO, 0x1804);
	put_gas(FADT + 184, ACPI_IO, 0x1904);
	put32(&mem, FADT + 40, 0);
	assert_fine(read());
	assert_int_equal(power.pm1a, 0x1804);
	assert_int_equal(power.pm1b, 0x1904);
	put_gas(FADT + 172, ACPI_MEMORY, REGISTER);
	put_gas(FADT + 184, ACPI_IO, 0);
	put32(&mem, FADT + 68, 0x704);
	assert_fine(read());
	assert_int_equal(power.pm1a, 0x604);
	assert_int_equal(power.pm1b, 0x704);
}

static void the_32_bit_dsdt_stands_in(UNUSED)
{
	static const phys places[] = { 0, MADT, START + LEN, ~0ull };

	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		put64(&mem, FADT + 140, places[i]);
		assert_fine(read());
	}
	put32(&mem, FADT + 40, 0);
	assert_why(read(), NO_DSDT);
	assert_int_equal(power.reset.space, ACPI_IO);
}

static void a_port_has_16_bits(UNUSED)
{
	static const u32 bad[] = { 0xffff, 0x10604, 0 };

	put32(&mem, FADT + 64, 0xfffe);
	assert_fine(read());
	assert_int_equal(power.pm1a, 0xfffe);
	for (u32 i = 0; i < ARRAY_LEN(bad); i++) {
		put32(&mem, FADT + 64, bad[i]);
		assert_why(read(), NO_PM1);
		assert_false(power.can_sleep);
	}
	put_gas(FADT + 172, ACPI_IO, 0x10000000604);
	assert_why(read(), NO_PM1);
}

static void acpi_may_be_on_from_the_start(UNUSED)
{
	put32(&mem, FADT + 48, 0x100b2);
	assert_fine(read());
	assert_int_equal(power.smi_command, 0);
	put32(&mem, FADT + 48, 0xb2);
	put8(&mem, FADT + 52, 0);
	assert_fine(read());
	assert_int_equal(power.smi_command, 0);
}

static void a_register_is_where_it_can_be_reached(UNUSED)
{
	static const u64 cases[][3] = {
		/* space, address, space in the end */
		{ ACPI_IO, 0xffff, ACPI_IO },
		{ ACPI_IO, 0x10000, ACPI_NOWHERE },
		{ ACPI_IO, 0, ACPI_NOWHERE },
		{ ACPI_MEMORY, REGISTER, ACPI_MEMORY },
		{ ACPI_MEMORY, START + LEN - 1, ACPI_MEMORY },
		{ ACPI_MEMORY, START + LEN, ACPI_NOWHERE },
		{ ACPI_MEMORY, START - 1, ACPI_NOWHERE },
		{ ACPI_MEMORY, 0, ACPI_NOWHERE },
		{ ACPI_MEMORY, ~0ull, ACPI_NOWHERE },
		{ 2, 0xcf9, ACPI_NOWHERE }
	};

	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		bool good = cases[i][2] != ACPI_NOWHERE;

		put32(&mem, FADT + 64, 0x604);
		put32(&mem, FADT + 112, RESET);
		put_gas(FADT + 116, (u8)cases[i][0], cases[i][1]);
		assert_fine(read());
		assert_int_equal(power.reset.space, cases[i][2]);
		put32(&mem, FADT + 64, 0); /* as microvm's */
		put32(&mem, FADT + 112, REDUCED);
		put_gas(FADT + 244, (u8)cases[i][0], cases[i][1]);
		assert_int_equal(!read(), good);
		assert_int_equal(power.can_sleep, good);
		assert_int_equal(power.sleep.space, cases[i][2]);
		assert_true(!good || power.sleep.at == cases[i][1]);
		assert_int_equal(power.reset.space, ACPI_NOWHERE);
	}
	assert_why(read(), "no sleep register");
}

/* A DSDT that has but the name and what follows it. */
static void put_s5(const u8 *bytes, u8 len)
{
	u8 aml[4 + 255] = "_S5_";

	memcpy(aml + 4, bytes, len);
	put_dsdt((struct view){ aml, 4u + len });
}

static void s5_is_read_where_it_is_plain(UNUSED)
{
	static const u8 cases[][12] = {
		/* SLP_TYPs, length, bytes */
		{ 0, 0, 7, 0x12, 6, 4, 0, 0, 0, 0 },
		{ 1, 1, 7, 0x12, 6, 4, 1, 1, 0, 0 },
		{ 7, 7, 9, 0x12, 8, 4, 0x0a, 7, 0x0a, 7, 0, 0 },
		{ 1, 2, 8, 0x12, 7, 4, 1, 0x0a, 2, 0, 0 },
		{ 5, 0, 5, 0x12, 4, 1, 0x0a, 5 },
		{ 1, 0, 5, 0x12, 3, 1, 1, 5 }
	};

	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		put_s5(&cases[i][3], cases[i][2]);
		assert_fine(read());
		assert_int_equal(power.type_a, cases[i][0]);
		assert_int_equal(power.type_b, cases[i][1]);
	}
	put_dsdt(VIEW("_S5_\x10_S5__S5_\x08_S4_\x12\3\1\0_S5_\x12\3\1\1"));
	assert_fine(read());
	assert_int_equal(power.type_a, 1);
}

static void s5_is_refused_where_it_is_not(UNUSED)
{
	static const u8 cases[][128] = {
		/* length, bytes */
		{ 0 },
		{ 2, 0x12, 3 },
		{ 3, 0x12, 3, 1 },
		{ 4, 0x12, 4, 1, 1 },
		{ 4, 0x12, 3, 0, 1 },
		{ 4, 0x13, 3, 1, 1 },
		{ 5, 0x12, 4, 1, 0x0a, 8 },
		{ 6, 0x12, 5, 2, 0, 0x0a, 8 },
		{ 4, 0x12, 3, 1, 0xff },
		{ 6, 0x12, 5, 1, 0x0b, 5, 0 },
		{ 7, 0x12, 6, 1, '_', 'S', '4', '_' },
		{ 127, 0x12, 0x41, 1, 1 } /* a length of two bytes */
	};

	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		put_s5(&cases[i][1], cases[i][0]);
		assert_why(read(), NO_S5);
	}
	put_dsdt(VIEW("_S5"));
	assert_why(read(), NO_S5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_sound_machine_is_read),
		TEST(nothing_is_known_without_an_rsdp),
		TEST(a_wrong_byte_anywhere_is_noticed),
		TEST(a_table_is_as_long_as_it_can_be),
		TEST(an_entry_may_point_anywhere),
		TEST(tables_seen_by_the_thousand_are_short),
		TEST(what_a_short_fadt_lacks_is_zero),
		TEST(the_64_bit_fields_go_before_the_others),
		TEST(the_32_bit_dsdt_stands_in),
		TEST(a_port_has_16_bits),
		TEST(acpi_may_be_on_from_the_start),
		TEST(a_register_is_where_it_can_be_reached),
		TEST(s5_is_read_where_it_is_plain),
		TEST(s5_is_refused_where_it_is_not)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
