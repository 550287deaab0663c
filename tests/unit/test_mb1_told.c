// SPDX-License-Identifier: BSD-2-Clause
/*
 * mb1_kernel.c: the boot information it writes, field by field. The numbers of
 * pitfalls are those of our protocol notes, chapter 6.
 */
#include "kernel_guest.h"
#include "multiboot_file.h"

#define ALWAYS                                                                 \
	(MB1_INFO_MEMORY | MB1_INFO_CMDLINE | MB1_INFO_MEM_MAP |               \
	 MB1_INFO_LOADER_NAME)

static struct mb1_info told;

static int setup(void **state)
{
	struct kernel_file file = kernel_file(false, LINK_AT, 0);

	kernel_setup(state);
	file.nr_sections = 0;
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
	put_mb1_header(FILE_AT + FILE_HEADER, 0);
	assert_string_equal(guest_kernel(FILE_AT, FILE_LEN), "multiboot1");
	return 0;
}

static void boot_kernel(void)
{
	guest_boot();
	assert_int_equal(handoff.ebx % 4, 0);
	assert_true(range_within(r(handoff.ebx, handoff.ebx + sizeof(told)),
				 plan.arena));
	assert_true(mem_read(&mem, handoff.ebx, &told, sizeof(told)));
}

static struct mb1_module module(u32 i)
{
	phys at = told.mods_addr + i * sizeof(struct mb1_module);
	struct mb1_module out = { 0 };

	assert_true(i < told.mods_count);
	assert_true(range_within(r(at, at + sizeof(out)), plan.arena));
	assert_true(mem_read(&mem, at, &out, sizeof(out)));
	return out;
}

static struct mb1_mmap entry(u32 i)
{
	phys at = told.mmap_addr + i * sizeof(struct mb1_mmap);
	struct mb1_mmap out = { 0 };

	assert_true((i + 1) * sizeof(out) <= told.mmap_length);
	assert_true(range_within(r(at, at + sizeof(out)), plan.arena));
	assert_true(mem_read(&mem, at, &out, sizeof(out)));
	return out;
}

static void a_bare_machine_is_told_of(void **state)
{
	(void)state;
	boot_kernel();
	assert_int_equal(told.flags, ALWAYS);
	assert_told_string(told.cmdline, "kernel");
	assert_told_string(told.boot_loader_name, "gangway " GANGWAY_VERSION);
	assert_int_equal(told.boot_device | told.mods_count | told.mods_addr,
			 0);
	assert_int_equal(told.drives_length | told.config_table |
				 told.apm_table | told.vbe_mode_info,
			 0);
	assert_int_equal(told.framebuffer_addr | told.framebuffer_width, 0);
}

static void pitfall_54_nothing_lies_at_0_or_in_the_first_page(void **state)
{
	(void)state;
	guest_module(6 * MIB, 100, "", "");
	boot_kernel();
	assert_true(plan.arena.start >= 64 * KIB);
	assert_true(handoff.ebx >= PAGE_SIZE);
	assert_true(told.cmdline >= PAGE_SIZE && module(0).string >= PAGE_SIZE);
	assert_all(guest_at(&mem, 0, 0x40e), 0xcc, 0x40e);
	assert_all(guest_at(&mem, 0x410, 0xbf0), 0xcc, 0xbf0);
}

static void pitfall_56_memory_is_in_kib_up_to_the_first_hole(void **state)
{
	(void)state;
	boot_kernel();
	assert_int_equal(told.mem_lower, 0x9fc00 / 1024);
	assert_int_equal(told.mem_upper, (RAM_END - MIB) / 1024);
	setup(state);
	guest_map(0, 0x1000, REGION_RESERVED);
	guest_map(7 * MIB + 0x401, 7 * MIB + 0x402, REGION_NVS);
	boot_kernel();
	assert_int_equal(told.mem_lower, 0);
	assert_int_equal(told.mem_upper, 6 * 1024 + 1);
	setup(state);
	guest_map(32 * MIB, 64 * MIB, REGION_RAM); /* behind a hole */
	boot_kernel();
	assert_int_equal(told.mem_upper, (RAM_END - MIB) / 1024);
}

static void pitfall_57_and_58_the_map_is_exact_and_whole(void **state)
{
	static const u32 types[] = { 1, 2, 3, 4, 5, 7, 12, 0xefffffff };

	(void)state;
	for (u64 i = 0; i < ARRAY_LEN(types); i++)
		guest_map(8 * GIB + 3 * i, 8 * GIB + 3 * i + 2, types[i]);
	guest_map(16 * GIB, 16 * GIB + 1, 99); /* of no known type */
	boot_kernel();
	assert_int_equal(told.mmap_length, info.nr_regions * 24);
	assert_int_equal(info.nr_regions, 4 + ARRAY_LEN(types) + 1);
	for (u32 i = 0; i < info.nr_regions; i++) {
		struct range range = info.regions[i].range;

		assert_int_equal(entry(i).size, 20);
		assert_int_equal(entry(i).base_addr, range.start);
		assert_int_equal(entry(i).length, range.end - range.start);
		assert_int_equal(entry(i).type, info.regions[i].type);
	}
	assert_int_equal(entry(1).type, REGION_RESERVED);
	assert_int_equal(entry(info.nr_regions - 1).type, REGION_RESERVED);
}

static void a_map_of_any_length_is_told(void **state)
{
	(void)state;
	for (phys at = 8 * GIB; info.nr_regions < MAX_REGIONS; at += GIB)
		guest_map(at, at + MIB, 1 + (u32)(at / GIB) % 2);
	boot_kernel();
	assert_int_equal(told.mmap_length, MAX_REGIONS * 24);
	assert_int_equal(entry(MAX_REGIONS - 1).base_addr,
			 info.regions[MAX_REGIONS - 1].range.start);
}

static void modules_are_told_in_order_on_pages(void **state)
{
	(void)state;
	guest_module(6 * MIB + 3, 0x2001, "", "one");
	guest_module(5 * MIB, 0x1000, "", "two");
	guest_module(LINK_AT, 1, "", "three");
	boot_kernel();
	assert_int_equal(told.flags, ALWAYS | MB1_INFO_MODS);
	assert_int_equal(told.mods_count, 3);
	assert_int_equal(told.mods_addr % 4, 0);
	for (u32 i = 0; i < 3; i++) {
		struct range range = boot.payload.modules[i].range;

		assert_int_equal(module(i).mod_start, plan.module_at[i]);
		assert_int_equal(module(i).mod_start % PAGE_SIZE, 0);
		assert_int_equal(module(i).mod_end - module(i).mod_start,
				 range_len(range));
		assert_int_equal(module(i).reserved, 0);
	}
	assert_int_equal(module(1).mod_start, 5 * MIB);
}

static void lines_begin_with_a_file_name(void **state)
{
	(void)state;
	info.cmdline = VIEW("outer gangway.log=quiet words");
	boot.payload.line = VIEW("inner");
	boot.payload.bundle_line = VIEW("\"a  b\"");
	guest_module(5 * MIB, 1, "initrd.img", "its words");
	guest_module(6 * MIB, 1, "", "no name");
	guest_module(7 * MIB, 1, "alone", "");
	guest_module(3 * MIB, 1, "", "");
	boot_kernel();
	assert_told_string(told.cmdline, "kernel \"a  b\" inner outer words");
	assert_told_string(module(0).string, "initrd.img its words");
	assert_told_string(module(1).string, "module2 no name");
	assert_told_string(module(2).string, "alone");
	assert_told_string(module(3).string, "module4");
	boot.payload.name = VIEW("/boot/xen.gz");
	boot_kernel();
	assert_told_string(told.cmdline,
			   "/boot/xen.gz \"a  b\" inner outer words");
}

static void argv0_off_leaves_names_out(void **state)
{
	(void)state;
	boot.options.argv0 = false;
	boot.payload.name = VIEW("name");
	info.cmdline = VIEW("outer words");
	guest_module(5 * MIB, 1, "initrd.img", "its words");
	guest_module(6 * MIB, 1, "initrd.img", "");
	boot_kernel();
	assert_told_string(told.cmdline, "outer words");
	assert_told_string(module(0).string, "its words");
	assert_told_string(module(1).string, ""); /* but it is there */
	assert_true(module(1).string);
	setup(state);
	boot.options.argv0 = false;
	boot_kernel();
	assert_told_string(told.cmdline, "");
	assert_true(told.cmdline);
}

static void many_modules_and_long_strings_fit(void **state)
{
	static char line[60001];

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	info.cmdline = (struct view){ (u8 *)line, sizeof(line) - 1 };
	guest_map(0x70000, 0x9fc00, REGION_RESERVED);
	for (u32 i = 0; i < MAX_MODULES - 1; i++)
		guest_module(10 * MIB + i * 0x2001, 0x10, "", line + 59000);
	boot_kernel();
	assert_int_equal(told.mods_count, MAX_MODULES - 1);
	assert_int_equal(get32(module(126).string), 0x75646f6d); /* modu */
	assert_int_equal(*guest_at(&mem, told.cmdline + 7 + 60000, 1), 0);
}

/* Kernels count modules: it stands where it stood. */
static void pitfall_59_an_empty_module_is_told_as_one(void **state)
{
	(void)state;
	guest_module(7, 0, "", "empty");
	guest_module(6 * MIB, 9, "", "full");
	assert_fine(info_check(&info));
	boot_kernel();
	assert_int_equal(told.mods_count, 2);
	assert_int_equal(module(0).mod_start, 7);
	assert_int_equal(module(0).mod_end, 7);
	assert_told_string(module(0).string, "module1 empty");
	assert_int_equal(module(1).mod_start, 6 * MIB);
}

static void assert_framebuffer(const struct framebuffer *fb, u8 type)
{
	static const u8 none[6];

	assert_int_equal(told.flags, ALWAYS | MB1_INFO_FRAMEBUFFER);
	assert_int_equal(told.framebuffer_type, type);
	assert_int_equal(told.framebuffer_addr, fb->at);
	assert_int_equal(told.framebuffer_pitch, fb->pitch);
	assert_int_equal(told.framebuffer_width, fb->width);
	assert_int_equal(told.framebuffer_height, fb->height);
	assert_int_equal(told.framebuffer_bpp, fb->bits_per_pixel);
	if (type == MB1_FRAMEBUFFER_RGB)
		assert_memory_equal(told.color_info, "\x10\x08\x08\x07\x01\x06",
				    6);
	else
		assert_memory_equal(told.color_info, none, 6);
}

static void a_framebuffer_is_told_of(void **state)
{
	struct framebuffer fb = {
		.type = FRAMEBUFFER_RGB,
		.at = 0x1234fd000000,
		.pitch = 5120,
		.width = 1280,
		.height = 1024,
		.bits_per_pixel = 32,
		.red = { 16, 8 },
		.green = { 8, 7 },
		.blue = { 1, 6 },
	};

	(void)state;
	info.framebuffer = fb;
	boot_kernel();
	assert_framebuffer(&fb, MB1_FRAMEBUFFER_RGB);
	fb = (struct framebuffer){ .type = FRAMEBUFFER_TEXT,
				   .at = 0xb8000,
				   .pitch = 160,
				   .width = 80,
				   .height = 25,
				   .bits_per_pixel = 16 };
	info.framebuffer = fb;
	boot_kernel();
	assert_framebuffer(&fb, MB1_FRAMEBUFFER_TEXT);
	info.framebuffer.type = fb.type = FRAMEBUFFER_INDEXED;
	boot_kernel();
	assert_framebuffer(&fb, MB1_FRAMEBUFFER_INDEXED);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bare_machine_is_told_of),
		TEST(pitfall_54_nothing_lies_at_0_or_in_the_first_page),
		TEST(pitfall_56_memory_is_in_kib_up_to_the_first_hole),
		TEST(pitfall_57_and_58_the_map_is_exact_and_whole),
		TEST(a_map_of_any_length_is_told),
		TEST(modules_are_told_in_order_on_pages),
		TEST(lines_begin_with_a_file_name),
		TEST(argv0_off_leaves_names_out),
		TEST(many_modules_and_long_strings_fit),
		TEST(pitfall_59_an_empty_module_is_told_as_one),
		TEST(a_framebuffer_is_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
