// SPDX-License-Identifier: BSD-2-Clause
/*
 * serial.c: a table SPCR made by hand, each of its fields in turn.
 */
#include "acpi_guest.h"

#include "acpi_tables.h"
#include "serial.h"

#define SPCR TABLE
#define LEN  0x5000

#define UNUSED void **state __attribute__((unused))

static struct mem mem;
static struct serial port;

static void put_address(u8 space, u8 bits, u8 access, u64 address)
{
	put8(&mem, SPCR + 40, space);
	put8(&mem, SPCR + 41, bits);
	put8(&mem, SPCR + 43, access);
	put64(&mem, SPCR + 44, address);
}

/* COM1 as the specification has it, 80 bytes, and no speed. */
static int setup(UNUSED)
{
	mem = acpi_guest_new(LEN);
	put_table(&mem, SPCR, "SPCR", 2, 80);
	put_address(ACPI_IO, 8, 0, 0x3f8);
	return 0;
}

static int teardown(UNUSED)
{
	guest_free(&mem);
	return 0;
}

static bool read(void)
{
	seal(&mem, SPCR);
	memset(&port, 0xcc, sizeof(port));
	return serial_from_acpi(&mem, START, &port);
}

static void com1_is_read(UNUSED)
{
	assert_true(read());
	assert_int_equal(port.at, 0x3f8);
	assert_false(port.is_memory);
	assert_int_equal(port.max_speed, 115200);
	assert_int_equal(port.speed, 0);
	put_rsdp(&mem, START, 0); /* leads through the RSDT */
	put32(&mem, XSDT, 0);
	assert_true(read());
}

static void nothing_is_found_where_nothing_is(UNUSED)
{
	assert_false(serial_from_acpi(&mem, 0, &port));
	assert_false(serial_from_acpi(&mem, START + 16, &port));
	put64(&mem, XSDT + 44, MADT);
	seal(&mem, XSDT);
	assert_false(read());
}

static void a_damaged_table_is_none(UNUSED)
{
	assert_true(read());
	for (u32 i = 0; i < 80; i++) {
		*guest_at(&mem, SPCR + i, 1) ^= 0x40;
		assert_false(serial_from_acpi(&mem, START, &port));
		*guest_at(&mem, SPCR + i, 1) ^= 0x40;
	}
}

static void only_16550s_are_taken(UNUSED)
{
	for (u32 kind = 0; kind < 256; kind++) {
		put8(&mem, SPCR + 36, (u8)kind);
		assert_int_equal(read(),
				 kind == 0 || kind == 1 || kind == 0x12);
	}
}

static void an_address_is_a_port_or_memory(UNUSED)
{
	static const struct {
		u8 space, bits, access;
		u64 address;
		bool good;
		u8 width, stride;
	} cases[] = {
		{ ACPI_IO, 8, 1, 0xfff8, true, 1, 1 },
		{ ACPI_IO, 8, 1, 0xfff9, false, 0, 0 },
		{ ACPI_IO, 8, 1, 0x1000003f8, false, 0, 0 },
		{ ACPI_IO, 8, 1, 0, false, 0, 0 }, /* redirection is off */
		{ ACPI_MEMORY, 8, 1, 0, false, 0, 0 },
		{ ACPI_MEMORY, 8, 0, 0xfe030000, true, 1, 1 },
		{ ACPI_MEMORY, 8, 1, 0xfe030000, true, 1, 1 },
		{ ACPI_MEMORY, 16, 2, 0xfe030000, true, 2, 2 },
		{ ACPI_MEMORY, 32, 3, 0xfe030000, true, 4, 4 },
		{ ACPI_MEMORY, 8, 3, 0xfe030000, true, 4, 4 },
		{ ACPI_MEMORY, 32, 1, 0xfe030000, true, 1, 4 },
		{ ACPI_MEMORY, 32, 0, 0x10000000000, true, 1, 4 },
		{ ACPI_MEMORY, 64, 4, 0xfe030000, false, 0, 0 },
		{ ACPI_MEMORY, 8, 255, 0xfe030000, false, 0, 0 },
		{ 2, 8, 1, 0x3f8, false, 0, 0 }, /* PCI */
	};

	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		put_address(cases[i].space, cases[i].bits, cases[i].access,
			    cases[i].address);
		assert_int_equal(read(), cases[i].good);
		if (!cases[i].good)
			continue;
		assert_int_equal(port.at, cases[i].address);
		assert_int_equal(port.is_memory, cases[i].space == ACPI_MEMORY);
		assert_int_equal(port.width, cases[i].width);
		assert_int_equal(port.stride, cases[i].stride);
	}
}

static void speeds_are_numbered(UNUSED)
{
	static const u32 speeds[] = {
		0, 0, 0, 9600, 19200, 0, 57600, 115200, 0
	};

	for (u32 i = 0; i < ARRAY_LEN(speeds); i++) {
		put8(&mem, SPCR + 58, (u8)i);
		assert_true(read());
		assert_int_equal(port.speed, speeds[i]);
	}
	put8(&mem, SPCR + 58, 255);
	assert_true(read());
	assert_int_equal(port.speed, 0);
}

/* Of an earlier revision these fields are reserved, or not there. */
static void clock_and_precise_speed_have_revisions(UNUSED)
{
	static const u32 told[][4] = {
		/* revision, length, speed, most */
		{ 2, 88, 9600, 115200 },     { 3, 88, 9600, 3000000 },
		{ 4, 88, 1500000, 3000000 }, { 4, 80, 9600, 3000000 },
		{ 4, 76, 9600, 115200 },
	};

	for (u32 i = 0; i < ARRAY_LEN(told); i++) {
		put_table(&mem, SPCR, "SPCR", (u8)told[i][0], 88);
		put32(&mem, SPCR + 4, told[i][1]);
		put_address(ACPI_IO, 8, 0, 0x3f8);
		put8(&mem, SPCR + 58, 3);
		put32(&mem, SPCR + 76, 48000000);
		put32(&mem, SPCR + 80, 1500000);
		assert_true(read());
		assert_int_equal(port.speed, told[i][2]);
		assert_int_equal(port.max_speed, told[i][3]);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(com1_is_read),
		T(nothing_is_found_where_nothing_is),
		T(a_damaged_table_is_none),
		T(only_16550s_are_taken),
		T(an_address_is_a_port_or_memory),
		T(speeds_are_numbered),
		T(clock_and_precise_speed_have_revisions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
