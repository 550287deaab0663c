// SPDX-License-Identifier: BSD-2-Clause
/*
 * acpi_keep.c: a toolstack's tables in what it calls RAM.
 */
#include "acpi_keep.h"

#include "guest.h"

#define LEN	   (2 * MIB)
#define RSDP	   0x10000
#define RSDT	   0x20010
#define XSDT	   0x21000
#define FADT	   0x30ff0 /* on two pages */
#define MADT	   0x40000
#define DSDT	   0x50000
#define FACS	   0x60000
#define OLD_DSDT   0x70000
#define FADT_LEN   276
#define DSDT_PAGES 3

static struct mem mem;
static struct boot_info info;
static struct acpi_rsdp rsdp;

static void table(phys at, const char *signature, u32 len)
{
	put(&mem, at, signature, 4);
	put32(&mem, at + 4, len);
}

static int setup(void **state)
{
	(void)state;
	mem = guest_new(0, LEN);
	memset(mem.host, 0, LEN);
	info_init(&info, "test");
	assert_fine(try_region(&info, 0, 0x9f000, REGION_RAM));
	assert_fine(try_region(&info, MIB, MIB, REGION_RAM));
	rsdp = make_rsdp(2);
	rsdp.rsdt_address = RSDT;
	rsdp.xsdt_address = XSDT;
	put(&mem, RSDP, &rsdp, sizeof(rsdp));
	info.rsdp = RSDP;
	table(RSDT, "RSDT", 36 + 4);
	put32(&mem, RSDT + 36, FADT);
	table(XSDT, "XSDT", 36 + 16);
	put64(&mem, XSDT + 36, FADT);
	put64(&mem, XSDT + 44, MADT);
	table(FADT, "FACP", FADT_LEN);
	put32(&mem, FADT + 36, FACS);
	put32(&mem, FADT + 40, OLD_DSDT);
	put64(&mem, FADT + 140, DSDT);
	table(MADT, "APIC", 44);
	table(DSDT, "DSDT", (DSDT_PAGES - 1) * PAGE_SIZE + 1);
	table(OLD_DSDT, "DSDT", 40);
	table(FACS, "FACS", 64);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static u32 type_at(phys at)
{
	for (u32 i = 0; i < info.nr_regions; i++)
		if (at >= info.regions[i].range.start &&
		    at < info.regions[i].range.end)
			return info.regions[i].type;
	return 0;
}

static void assert_pages(phys start, u32 nr, u32 type)
{
	start = align_down(start, PAGE_SIZE);
	for (phys at = start; at < start + nr * PAGE_SIZE; at += 512)
		assert_int_equal(type_at(at), type);
	assert_int_equal(type_at(start - 1), REGION_RAM);
	assert_int_equal(type_at(start + nr * PAGE_SIZE), REGION_RAM);
}

static void all_tables_are_kept(void **state)
{
	(void)state;
	acpi_keep(&mem, &info);
	assert_int_equal(type_at(RSDT), REGION_ACPI);
	assert_int_equal(type_at(XSDT), REGION_ACPI);
	assert_pages(FADT, 2, REGION_ACPI);
	assert_pages(MADT, 1, REGION_ACPI);
	assert_pages(DSDT, DSDT_PAGES, REGION_ACPI);
	assert_pages(OLD_DSDT, 1, REGION_ACPI);
	assert_pages(FACS, 1, REGION_NVS);
	assert_fine(info.bad);
}

static void without_an_xsdt_the_rsdt_is_enough(void **state)
{
	(void)state;
	rsdp.revision = 0;
	put(&mem, RSDP, &rsdp, sizeof(rsdp));
	acpi_keep(&mem, &info);
	assert_int_equal(type_at(XSDT), REGION_RAM);
	assert_int_equal(type_at(MADT), REGION_RAM);
	assert_pages(DSDT, DSDT_PAGES, REGION_ACPI);
}

static void a_copy_of_the_rsdp_is_enough(void **state)
{
	(void)state;
	info.rsdp = 0;
	info.rsdp_copy = (struct view){ (const u8 *)&rsdp, sizeof(rsdp) };
	acpi_keep(&mem, &info);
	assert_pages(MADT, 1, REGION_ACPI);
}

static void what_is_no_ram_stays_what_it_is(void **state)
{
	u32 nr;

	(void)state;
	assert_fine(try_region(&info, 0x20000, 0x60000, REGION_RESERVED));
	nr = info.nr_regions;
	acpi_keep(&mem, &info);
	assert_int_equal(info.nr_regions, nr);
	put64(&mem, XSDT + 44, 0xa0000); /* a hole */
	acpi_keep(&mem, &info);
	assert_int_equal(info.nr_regions, nr);
}

static void nothing_wrong_is_followed(void **state)
{
	static const u64 places[] = { 0, LEN - 4, LEN, ~0ull, ~0ull - 7 };

	(void)state;
	put32(&mem, MADT + 4, 35);
	acpi_keep(&mem, &info);
	assert_int_equal(type_at(MADT), REGION_RAM);
	put32(&mem, MADT + 4, 16 * MIB + 1);
	acpi_keep(&mem, &info);
	assert_int_equal(type_at(MADT), REGION_RAM);
	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		put64(&mem, XSDT + 44, places[i]);
		put64(&mem, FADT + 140, places[i]);
		acpi_keep(&mem, &info);
		rsdp.xsdt_address = places[i];
		put(&mem, RSDP, &rsdp, sizeof(rsdp));
		acpi_keep(&mem, &info);
	}
	info.rsdp = LEN;
	acpi_keep(&mem, &info);
	assert_fine(info.bad);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_tables_are_kept),
		TEST(without_an_xsdt_the_rsdt_is_enough),
		TEST(a_copy_of_the_rsdp_is_enough),
		TEST(what_is_no_ram_stays_what_it_is),
		TEST(nothing_wrong_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
