// SPDX-License-Identifier: BSD-2-Clause
/*
 * zero_page.c: what it says of the display and of EFI, and vga_mode.c. The
 * numbers of pitfalls are those of our protocol notes, chapter 6.
 */
#include "bios_text.h"
#include "zero_page_guest.h"

static const struct framebuffer graphics = {
	.type = FRAMEBUFFER_RGB,
	.at = 0xfd000000,
	.pitch = 4096,
	.width = 1023,
	.height = 769,
	.bits_per_pixel = 32,
	.red = { 16, 8 },
	.green = { 8, 7 },
	.blue = { 0, 6 },
};

static void graphics_are_a_linear_frame_buffer(void **state)
{
	struct linux_screen_info expected = {
		.ext_mem_k = 63 * 1024,
		.orig_video_isVGA = LINUX_VIDEO_VLFB,
		.lfb_width = 1023,
		.lfb_height = 769,
		.lfb_depth = 32,
		.lfb_base = 0xfd000000,
		.lfb_size = 49, /* 769 * 4096 bytes in pieces of 64 KiB */
		.lfb_linelength = 4096,
		.red_size = 8,
		.red_pos = 16,
		.green_size = 7,
		.green_pos = 8,
		.blue_size = 6,
		.rsvd_size = 8,
		.rsvd_pos = 24,
		.pages = 1,
	};

	(void)state;
	info.framebuffer = graphics;
	guest_tell();
	assert_memory_equal(&params.screen_info, &expected, sizeof(expected));
}

static void under_efi_the_buffers_length_is_in_bytes(void **state)
{
	(void)state;
	info.framebuffer = graphics;
	info.efi.system_table = 0x7000000;
	guest_tell();
	assert_int_equal(params.screen_info.orig_video_isVGA, LINUX_VIDEO_EFI);
	assert_int_equal(params.screen_info.lfb_size, 769 * 4096);
}

static void pitfall_24_a_buffer_above_4_gib_is_marked_so(void **state)
{
	(void)state;
	info.framebuffer = graphics;
	info.framebuffer.at = 0x480000000;
	guest_tell();
	assert_int_equal(params.screen_info.lfb_base, 0x80000000);
	assert_int_equal(params.screen_info.ext_lfb_base, 4);
	assert_int_equal(params.screen_info.capabilities,
			 LINUX_VIDEO_64BIT_BASE);
}

static void pixels_of_16_bits_have_no_reserved_ones(void **state)
{
	(void)state;
	info.framebuffer = graphics;
	info.framebuffer.bits_per_pixel = 16;
	guest_tell();
	assert_int_equal(params.screen_info.lfb_depth, 16);
	assert_int_equal(params.screen_info.rsvd_size, 0);
	assert_int_equal(params.screen_info.rsvd_pos, 0);
}

static void pitfall_25_text_is_no_linear_buffer(void **state)
{
	struct linux_screen_info expected = {
		.orig_x = 5,
		.orig_y = 7,
		.ext_mem_k = 63 * 1024,
		.orig_video_mode = 3,
		.orig_video_cols = 80,
		.orig_video_lines = 25,
		.orig_video_isVGA = LINUX_VIDEO_TEXT,
		.orig_video_points = 16,
	};

	(void)state;
	info.framebuffer = (struct framebuffer){ .type = FRAMEBUFFER_TEXT,
						 .at = 0xb8000,
						 .pitch = 160,
						 .width = 80,
						 .height = 25,
						 .bits_per_pixel = 16 };
	put(&mem, BIOS_CURSOR, (u8[]){ 5, 7 }, 2);
	guest_tell();
	assert_memory_equal(&params.screen_info, &expected, sizeof(expected));
}

static void pitfall_25_no_display_is_none(void **state)
{
	struct linux_screen_info expected = { .ext_mem_k = 63 * 1024 };

	(void)state;
	guest_tell();
	assert_memory_equal(&params.screen_info, &expected, sizeof(expected));
	info.framebuffer = graphics;
	info.framebuffer.type = FRAMEBUFFER_INDEXED;
	guest_tell();
	assert_memory_equal(&params.screen_info, &expected, sizeof(expected));
}

static void efi_setup(void)
{
	info.efi = (struct efi_tables){
		.system_table = 0x100000000 + 0x7001234,
		.is_64bit = true,
		.memory_map = VIEW("this is the map of memory"),
		.descriptor_size = 48,
		.descriptor_version = 1,
	};
}

static void efi_is_told_with_a_copy_of_its_map(void **state)
{
	struct linux_efi_info efi;

	(void)state;
	efi_setup();
	guest_tell();
	efi = params.efi_info;
	assert_int_equal(efi.loader_signature, LINUX_EFI_64);
	assert_int_equal(efi.systab, 0x7001234);
	assert_int_equal(efi.systab_hi, 1);
	assert_int_equal(efi.memdesc_size, 48);
	assert_int_equal(efi.memdesc_version, 1);
	assert_int_equal(efi.memmap_size, info.efi.memory_map.len);
	assert_int_equal(efi.memmap_hi, 0);
	assert_memory_equal(guest_at(&mem, efi.memmap, efi.memmap_size),
			    info.efi.memory_map.at, efi.memmap_size);
}

static void assert_no_efi(void)
{
	struct linux_efi_info none = { 0 };

	guest_tell();
	assert_memory_equal(&params.efi_info, &none, sizeof(none));
}

static void pitfall_41_efi_without_a_whole_map_is_not_told(void **state)
{
	(void)state;
	efi_setup();
	info.efi.system_table = 0;
	assert_no_efi();
	efi_setup();
	info.efi.memory_map.len = 0;
	assert_no_efi();
	efi_setup();
	info.efi.boot_services = true;
	assert_no_efi();
}

static void efi_of_another_width_is_not_told(void **state)
{
	(void)state;
	efi_setup();
	info.efi.is_64bit = false;
	assert_no_efi();
	hdr.xloadflags = 0;
	guest_tell();
	assert_int_equal(params.efi_info.loader_signature, LINUX_EFI_32);
	info.efi.is_64bit = true;
	assert_no_efi();
}

static u16 mode_of(const char *line)
{
	return vga_mode((struct view){ (const u8 *)line, strlen(line) });
}

static void pitfall_17_vga_words_are_read_anywhere_in_the_line(void **state)
{
	static const struct {
		const char *line;
		u16 mode;
	} cases[] = {
		{ "", 0xffff },
		{ "quiet", 0xffff },
		{ "vga=", 0xffff },
		{ "vga", 0xffff },
		{ "v", 0xffff },
		{ "vga=normal", 0xffff },
		{ "vga=ext", 0xfffe },
		{ "vga=ask", 0xfffd },
		{ "vga=asks", 0xffff },
		{ "vga=0x317", 0x317 },
		{ "vga=0X317", 0xffff },
		{ "vga=791", 791 },
		{ "vga=0x317 quiet", 0x317 },
		{ "quiet vga=0x317", 0x317 },
		{ "a vga=0x317 b", 0x317 },
		{ "vga=0xAbC", 0xabc },
		{ "vga=0", 0 },
		{ "vga=0xfffe", 0xfffe },
		{ "vga=65535", 0xffff },
		{ "vga=65536", 0xffff },
		{ "vga=0x10000", 0xffff },
		{ "vga=99999999999999999999", 0xffff },
		{ "vga=79a", 0xffff },
		{ "vga=7:1", 0xffff },
		{ "vga=0x", 0xffff },
		{ "xvga=3", 0xffff },
		{ "vvga=3", 0xffff },
		{ "Vga=3", 0xffff },
		{ "vga=1 vga=2", 2 },
		{ "vga=1 video=vga=2 v vga=3", 3 },
		{ "video=efifb vga=5", 5 },
		{ "vga=6 a=\"b vga=7\"", 6 },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++)
		if (mode_of(cases[i].line) != cases[i].mode)
			fail_msg("\"%s\" is 0x%x", cases[i].line,
				 mode_of(cases[i].line));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, guest_setup, guest_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(graphics_are_a_linear_frame_buffer),
		TEST(under_efi_the_buffers_length_is_in_bytes),
		TEST(pitfall_24_a_buffer_above_4_gib_is_marked_so),
		TEST(pixels_of_16_bits_have_no_reserved_ones),
		TEST(pitfall_25_text_is_no_linear_buffer),
		TEST(pitfall_25_no_display_is_none),
		TEST(efi_is_told_with_a_copy_of_its_map),
		TEST(pitfall_41_efi_without_a_whole_map_is_not_told),
		TEST(efi_of_another_width_is_not_told),
		TEST(pitfall_17_vga_words_are_read_anywhere_in_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
