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

static void assert_ports(u16 first, u16 second)
{
	u16 ports[BIOS_PORTS] = { 1, 1, 1, 1 };

	bios_find_ports(&mem, &info, ports);
	assert_int_equal(ports[0], first);
	assert_int_equal(ports[1], second);
	assert_int_equal(ports[2] | ports[3], 0);
}

static void ports_are_as_the_bios_found_them(void **state)
{
	(void)state;
	assert_ports(0, 0);
	put(&mem, 0x400, (u16[]){ 0x3f8, 0x2f8 }, 4);
	assert_ports(0x3f8, 0x2f8);
	/* Where COM2 alone is there it is the first. */
	put(&mem, 0x400, (u16[]){ 0x2f8, 0 }, 4);
	assert_ports(0x2f8, 0);
}

static void what_is_no_port_s_address_is_none(void **state)
{
	(void)state;
	put(&mem, 0x400, (u16[]){ 0x70, 0x2f9 }, 4);
	assert_ports(0, 0);
	put(&mem, 0x400, (u16[]){ 0xf000, 0x2f8 }, 4);
	assert_ports(0, 0x2f8);
	info.efi.system_table = 0x1000;
	assert_ports(0, 0);
	info.efi.system_table = 0;
	mem.start = MIB;
	assert_ports(0, 0);
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
		TEST(ports_are_as_the_bios_found_them),
		TEST(what_is_no_port_s_address_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
