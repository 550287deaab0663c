// SPDX-License-Identifier: BSD-2-Clause
/*
 * coreboot_door.c: tables as coreboot leaves them, and damaged ones.
 */
#include "cb_tables.h"
#include "door.h"
#include "guest.h"

extern const struct door coreboot_door;

#define LOW   0x500
#define TABLE 0x7f00000
#define RAM   (128 * MIB)

static struct mem mem;
static struct boot_info info;
static u64 next; /* where the next record goes */

static u16 sum(phys at, u64 len)
{
	const u8 *bytes = guest_at(&mem, at, len);
	u64 total = 0;

	for (u64 i = 0; i + 1 < len; i += 2)
		total += bytes[i] + 256u * bytes[i + 1];
	if (len % 2)
		total += bytes[len - 1];
	while (total > 0xffff)
		total = (total & 0xffff) + (total >> 16);
	return (u16)(0xffff - total);
}

static void finish(phys at)
{
	struct cb_header header = { .header_bytes = sizeof(header),
				    .table_bytes =
					    (u32)(next - at - sizeof(header)) };

	memcpy(header.signature, CB_SIGNATURE, 4);
	header.table_checksum = sum(at + sizeof(header), header.table_bytes);
	put(&mem, at, &header, sizeof(header));
	header.header_checksum = sum(at, sizeof(header));
	put(&mem, at, &header, sizeof(header));
}

static void add(u32 tag, const void *rest, u64 len)
{
	put32(&mem, next, tag);
	put32(&mem, next + 4, (u32)len + 8);
	put(&mem, next + 8, rest, len);
	next += len + 8;
}

static int setup(void **state)
{
	static const struct cb_memory map[] = {
		{ 0, 0x1000, 16 },
		{ 0x1000, 0x9f000, REGION_RAM },
		{ 0xf0000, 0x10000, REGION_RESERVED },
		{ MIB, 0x7e00000, REGION_RAM },
		{ 0x7f00000, 0x100000, 16 },
		{ 0xfed00000, 0x1000, 6 },
	};
	struct cb_framebuffer fb = { .at = 0xd0000000,
				     .width = 1024,
				     .height = 768,
				     .pitch = 4096,
				     .bits_per_pixel = 32,
				     .red = { 16, 8 },
				     .green = { 8, 8 },
				     .blue = { 0, 8 } };
	u64 forward = TABLE;

	(void)state;
	mem = guest_new(0, RAM);
	info_init(&info, "coreboot");
	next = LOW + sizeof(struct cb_header);
	add(CB_TAG_FORWARD, &forward, sizeof(forward));
	finish(LOW);
	next = TABLE + sizeof(struct cb_header);
	add(3, "odd", 3);
	add(CB_TAG_MEMORY, map, sizeof(map));
	add(CB_TAG_FRAMEBUFFER, (u8 *)&fb + 8, sizeof(fb) - 8);
	finish(TABLE);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static void enter(void)
{
	phys at;

	info_init(&info, "coreboot");
	assert_true(cb_find(&mem, &at));
	assert_int_equal(at, LOW);
	coreboot_door.read(&mem, 0, at, &info);
}

static void memory_and_screen_are_told(void **state)
{
	(void)state;
	enter();
	assert_fine(info.bad);
	assert_fine(info_check(&info));
	assert_view(info.loader, "coreboot");
	assert_region(&info, 0, 0, 0x1000, REGION_RESERVED);
	assert_region(&info, 1, 0x1000, 0xa0000, REGION_RAM);
	assert_region(&info, 3, MIB, 0x7f00000, REGION_RAM);
	assert_region(&info, 4, 0x7f00000, 0x8000000, REGION_RESERVED);
	assert_region(&info, 5, 0xfed00000, 0xfed01000, REGION_RESERVED);
	assert_int_equal(info.framebuffer.type, FRAMEBUFFER_RGB);
	assert_int_equal(info.framebuffer.at, 0xd0000000);
	assert_int_equal(info.framebuffer.width, 1024);
	assert_int_equal(info.framebuffer.pitch, 4096);
	assert_int_equal(info.framebuffer.red.position, 16);
	assert_int_equal(info.nr_modules, 0);
	assert_held(&info, LOW, LOW + 40);
}

static void without_tables_there_is_no_coreboot(void **state)
{
	phys at;

	(void)state;
	put32(&mem, LOW + 8, 0);
	assert_false(cb_find(&mem, &at));
	finish(TABLE);
	put(&mem, 0xfff00, guest_at(&mem, TABLE, 24), 24);
	assert_true(cb_find(&mem, &at));
	assert_int_equal(at, 0xfff00);
}

static void damaged_tables_are_refused(void **state)
{
	static const phys places[] = { TABLE, TABLE + 12, TABLE + 16,
				       TABLE + 60, LOW + 32 };

	for (u32 i = 0; i < ARRAY_LEN(places); i++) {
		teardown(state);
		setup(state);
		*guest_at(&mem, places[i], 1) ^= 0x10;
		enter();
		assert_why(info.bad, "coreboot's tables are damaged");
	}
}

/* A record that is longer than the table ends it. */
static void records_end_with_the_table(void **state)
{
	(void)state;
	put32(&mem, TABLE + 24 + 4, 0x10000);
	finish(TABLE);
	enter();
	assert_fine(info.bad);
	assert_int_equal(info.nr_regions, 0);
	assert_non_null(info_check(&info));
}

/* Its sum has more carries than 32 bits. */
static void a_long_table_has_a_sum_too(void **state)
{
	static u8 large[512 * KIB];

	(void)state;
	memset(large, 0xff, sizeof(large));
	next = TABLE + sizeof(struct cb_header);
	add(3, large, sizeof(large));
	finish(TABLE);
	enter();
	assert_fine(info.bad);
}

static void records_that_say_nothing_are_passed_over(void **state)
{
	struct cb_framebuffer none = { .at = 0 };

	(void)state;
	next = TABLE + sizeof(struct cb_header);
	add(CB_TAG_FRAMEBUFFER, (u8 *)&none + 8, sizeof(none) - 8);
	add(CB_TAG_ACPI_RSDP, "abc", 3);
	finish(TABLE);
	enter();
	assert_fine(info.bad);
	assert_int_equal(info.framebuffer.type, FRAMEBUFFER_NONE);
	assert_int_equal(info.rsdp, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(memory_and_screen_are_told),
		TEST(without_tables_there_is_no_coreboot),
		TEST(damaged_tables_are_refused),
		TEST(records_end_with_the_table),
		TEST(a_long_table_has_a_sum_too),
		TEST(records_that_say_nothing_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
