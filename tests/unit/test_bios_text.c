// SPDX-License-Identifier: BSD-2-Clause
/*
 * The text screen in the BIOS data area: taken only where it is sure.
 */
#include "bios_text.h"
#include "guest.h"

static struct mem mem;
static struct boot_info info;

/* What SeaBIOS leaves. */
static int setup(void **state)
{
	(void)state;
	mem = guest_new(0, MIB);
	info_init(&info, "test");
	put(&mem, 0x449, (u8[]){ 3 }, 1);
	put(&mem, 0x44a, (u16[]){ 80 }, 2);
	put(&mem, 0x463, (u16[]){ 0x3d4 }, 2);
	put(&mem, 0x484, (u8[]){ 24 }, 1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static enum framebuffer_type found(void)
{
	bios_find_text(&mem, &info);
	return info.framebuffer.type;
}

static void a_text_mode_is_taken(void **state)
{
	(void)state;
	assert_int_equal(found(), FRAMEBUFFER_TEXT);
	assert_int_equal(info.framebuffer.at, 0xb8000);
	assert_int_equal(info.framebuffer.width, 80);
	assert_int_equal(info.framebuffer.height, 25);
	assert_int_equal(info.framebuffer.pitch, 160);
}

static void without_a_row_count_there_are_25(void **state)
{
	(void)state;
	put(&mem, 0x484, (u8[]){ 0 }, 1);
	assert_int_equal(found(), FRAMEBUFFER_TEXT);
	assert_int_equal(info.framebuffer.height, 25);
}

static void pitfall_25_no_text_is_claimed_without_a_vga(void **state)
{
	static const struct {
		phys at;
		u16 value;
	} changes[] = {
		{ 0x449, 0 },	  { 0x449, 7 }, { 0x449, 0x12 },
		{ 0x463, 0x3b4 }, { 0x44a, 0 }, { 0x44a, 133 },
	};

	for (u32 i = 0; i < ARRAY_LEN(changes); i++) {
		teardown(state);
		setup(state);
		put(&mem, changes[i].at, &changes[i].value,
		    changes[i].at == 0x449 ? 1 : 2);
		assert_int_equal(found(), FRAMEBUFFER_NONE);
	}
}

static void under_efi_the_area_is_not_believed(void **state)
{
	(void)state;
	info.efi.system_table = 0x1000;
	assert_int_equal(found(), FRAMEBUFFER_NONE);
	info.efi.system_table = 0;
	info.efi.memory_map = VIEW("map");
	assert_int_equal(found(), FRAMEBUFFER_NONE);
}

static void what_the_door_told_stays(void **state)
{
	(void)state;
	info.framebuffer.type = FRAMEBUFFER_RGB;
	assert_int_equal(found(), FRAMEBUFFER_RGB);
}

static void a_window_without_page_0_is_no_fault(void **state)
{
	(void)state;
	mem.start = MIB;
	assert_int_equal(found(), FRAMEBUFFER_NONE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_text_mode_is_taken),
		TEST(without_a_row_count_there_are_25),
		TEST(pitfall_25_no_text_is_claimed_without_a_vga),
		TEST(under_efi_the_area_is_not_believed),
		TEST(what_the_door_told_stays),
		TEST(a_window_without_page_0_is_no_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
