// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the Linux format writes the Linux door reads: nothing is lost on the
 * way, whatever door it came through first.
 */
#include "linux_checks.h"
#include "open.h"

static u8 file[MIB];
static struct boot_info told; /* what the door read of what was told */

static int setup(void **state)
{
	machine_setup(state);
	memset(&guest, 0, sizeof(guest));
	guest.hdr = bzimage_header(0x20f);
	guest.hdr.pref_address = 4 * MIB;
	guest.kernel_len = 50000;
	bzimage_write(file, guest.hdr, guest.kernel_len);
	machine_put(2 * MIB, file, bzimage_len(&guest.hdr, guest.kernel_len),
		    "");
	info_init(&info, "test");
	for (u32 i = 0; i < machine.nr_regions; i++)
		assert_fine(try_region(&info, machine.regions[i].range.start,
				       range_len(machine.regions[i].range),
				       machine.regions[i].type));
	assert_fine(try_module(&info, 2 * MIB, 2 * MIB + machine.modules[0].len,
			       VIEW("")));
	info.rsdp = RSDP_AT;
	paging_start(false);
	return 0;
}

/* From info to told. */
static void pass_on(void)
{
	phys at = 0;

	boot_init(&boot, &mem, &info);
	assert_fine(boot_open(&boot, &plan));
	plan_init(&plan, &info);
	assert_fine(boot.payload.format->plan(&boot, &plan));
	assert_fine(boot_tell(&boot, &plan, &stub_departure, &at));
	assert_true(mem_read(&mem, at, &handoff, sizeof(handoff)));
	machine_leave();
	info_init(&told, "linux");
	linux_door.read(&mem, 0, handoff.rsi, &told);
	assert_fine(told.bad);
}

static void assert_same_map(void)
{
	assert_int_equal(told.nr_regions, info.nr_regions);
	for (u32 i = 0; i < info.nr_regions; i++)
		assert_region(&told, i, info.regions[i].range.start,
			      info.regions[i].range.end, info.regions[i].type);
	assert_int_equal(told.unknown_types, 0);
}

static void the_memory_map_arrives(void **state)
{
	static const u32 types[] = { 1, 2, 3, 4, 5, 7, 12, 0xefffffff };

	(void)state;
	for (u64 i = 0; i < ARRAY_LEN(types); i++)
		assert_fine(
			try_region(&info, 5 * GIB + i * MIB, MIB, types[i]));
	pass_on();
	assert_same_map();
}

static void a_map_of_any_length_arrives(void **state)
{
	static const u32 counts[] = { 127, 128, 129, 200, 1024 };

	for (u32 i = 0; i < ARRAY_LEN(counts); i++) {
		setup(state);
		for (u64 at = 8 * GIB; info.nr_regions < counts[i]; at += GIB)
			assert_fine(try_region(&info, at, 64 * MIB,
					       1 + (u32)(at / GIB) % 4));
		pass_on();
		assert_same_map();
	}
}

static void a_map_of_one_region_is_still_the_same_ram(void **state)
{
	(void)state;
	info.nr_regions = 0;
	assert_fine(try_region(&info, MIB, RAM_LEN - MIB, REGION_RAM));
	pass_on();
	assert_int_equal(told.nr_regions, 2);
	assert_int_equal(info_ram(&told), info_ram(&info));
	assert_int_equal(info_ram_end(&told), info_ram_end(&info));
}

static void the_line_and_the_initrd_arrive(void **state)
{
	(void)state;
	info.cmdline = VIEW("root=/dev/vda  gangway.log=quiet \"a  b\"");
	info.rsdp = RAM_LEN - 100; /* not the one that a search finds */
	put_rsdp(&mem, info.rsdp, 2);
	assert_fine(try_module(&info, 8 * MIB, 9 * MIB + 5, VIEW("")));
	pass_on();
	assert_view(told.cmdline, "root=/dev/vda  \"a  b\"");
	assert_int_equal(told.nr_modules, 1);
	assert_int_equal(told.modules[0].range.start, 8 * MIB);
	assert_int_equal(told.modules[0].range.end, 9 * MIB + 5);
	assert_int_equal(told.rsdp, RAM_LEN - 100);
}

static void all_that_is_told_is_held(void **state)
{
	(void)state;
	info.cmdline = VIEW("x");
	memset(info.seed, 0x11, 32);
	info.seed_len = 32;
	pass_on();
	assert_view(told.setup_data[0].data, "\x11\x11\x11\x11\x11\x11\x11"
					     "\x11\x11\x11\x11\x11\x11\x11\x11"
					     "\x11\x11\x11\x11\x11\x11\x11\x11"
					     "\x11\x11\x11\x11\x11\x11\x11\x11"
					     "\x11");
	for (u32 i = 0; i < sizeof(info.seed); i++)
		assert_int_equal(info.seed[i], 0); /* nowhere else */
	assert_held(&told, handoff.rsi, handoff.rsi + 4096);
	assert_held(&told, mem_phys(&mem, told.cmdline),
		    mem_phys(&mem, told.cmdline) + 2);
	assert_held(&told, mem_phys(&mem, told.setup_data[0].data) - 16,
		    mem_phys(&mem, told.setup_data[0].data) + 32);
}

static void assert_color(struct color_field a, struct color_field b)
{
	assert_int_equal(a.position, b.position);
	assert_int_equal(a.size, b.size);
}

static void assert_same_screen(struct framebuffer fb)
{
	setup(NULL);
	info.framebuffer = fb;
	pass_on();
	assert_int_equal(told.framebuffer.type, fb.type);
	assert_int_equal(told.framebuffer.at, fb.at);
	assert_int_equal(told.framebuffer.pitch, fb.pitch);
	assert_int_equal(told.framebuffer.width, fb.width);
	assert_int_equal(told.framebuffer.height, fb.height);
	assert_int_equal(told.framebuffer.bits_per_pixel, fb.bits_per_pixel);
	assert_color(told.framebuffer.red, fb.red);
	assert_color(told.framebuffer.green, fb.green);
	assert_color(told.framebuffer.blue, fb.blue);
}

static void the_display_arrives(void **state)
{
	static const struct framebuffer graphics = {
		.type = FRAMEBUFFER_RGB,
		.at = 0xfd000000,
		.pitch = 5120,
		.width = 1280,
		.height = 1024,
		.bits_per_pixel = 32,
		.red = { 16, 8 },
		.green = { 8, 8 },
		.blue = { 0, 8 },
	};
	static const struct framebuffer text = {
		.type = FRAMEBUFFER_TEXT,
		.at = 0xb8000,
		.pitch = 160,
		.width = 80,
		.height = 25,
		.bits_per_pixel = 16,
	};
	struct framebuffer fb = graphics;

	(void)state;
	assert_same_screen(fb);
	fb.at = 0x47fd000000;
	assert_same_screen(fb);
	fb.bits_per_pixel = 16;
	fb.red = (struct color_field){ 11, 5 };
	fb.green = (struct color_field){ 5, 6 };
	fb.blue = (struct color_field){ 0, 5 };
	assert_same_screen(fb);
	assert_same_screen(text);
	assert_same_screen((struct framebuffer){ 0 });
}

static void efi_arrives(void **state)
{
	(void)state;
	info.efi = (struct efi_tables){ .system_table = 0x67f001018,
					.is_64bit = true,
					.memory_map = VIEW("map of EFI"),
					.descriptor_size = 48,
					.descriptor_version = 1 };
	pass_on();
	assert_int_equal(told.efi.system_table, 0x67f001018);
	assert_true(told.efi.is_64bit);
	assert_view(told.efi.memory_map, "map of EFI");
	assert_int_equal(told.efi.descriptor_size, 48);
	assert_int_equal(told.efi.descriptor_version, 1);
	assert_false(told.efi.boot_services);
}

static void the_subarch_arrives(void **state)
{
	(void)state;
	info.subarch = 4;
	info.subarch_data = 0x123456789abcdef0;
	pass_on();
	assert_int_equal(told.subarch, 4);
	assert_int_equal(told.subarch_data, 0x123456789abcdef0);
}

static void secure_boot_s_state_arrives(void **state)
{
	(void)state;
	info.secure_boot = SECURE_BOOT_ON;
	pass_on();
	assert_int_equal(told.secure_boot, SECURE_BOOT_ON);
}

static void setup_data_arrives_in_its_order(void **state)
{
	static const u8 tree[] = "a device tree";

	(void)state;
	info.nr_setup_data = 3;
	info.setup_data[0] = (struct setup_node){ 3, VIEW("PCI") };
	info.setup_data[1] = (struct setup_node){ 0x80000000, VIEW("16 b") };
	info.setup_data[2] = (struct setup_node){ 99, VIEW("") };
	info.devicetree = (struct view){ tree, sizeof(tree) };
	pass_on();
	assert_int_equal(told.nr_setup_data, 4);
	assert_int_equal(told.setup_data[0].type, LINUX_SETUP_DTB);
	assert_true(view_equal(told.setup_data[0].data, info.devicetree));
	for (u32 i = 0; i < 3; i++) {
		assert_int_equal(told.setup_data[1 + i].type,
				 info.setup_data[i].type);
		assert_true(view_equal(told.setup_data[1 + i].data,
				       info.setup_data[i].data));
	}
}

/* As many nodes as the door takes, and the map's besides. */
static void a_full_chain_arrives(void **state)
{
	(void)state;
	for (u64 at = 8 * GIB; info.nr_regions < 200; at += GIB)
		assert_fine(try_region(&info, at, MIB, REGION_RAM));
	info.nr_setup_data = MAX_SETUP_DATA;
	for (u32 i = 0; i < MAX_SETUP_DATA; i++)
		info.setup_data[i] = (struct setup_node){ 100 + i, VIEW("x") };
	pass_on();
	assert_same_map();
	assert_int_equal(told.nr_setup_data, MAX_SETUP_DATA);
	assert_int_equal(told.setup_data[MAX_SETUP_DATA - 1].type,
			 100 + MAX_SETUP_DATA - 1);
}

static void twice_is_as_once(void **state)
{
	static struct boot_info once;

	(void)state;
	info.cmdline = VIEW("one two");
	info.subarch = 3;
	info.nr_setup_data = 1;
	info.setup_data[0] = (struct setup_node){ 3, VIEW("PCI") };
	pass_on();
	once = told;
	info = told;
	bzimage_write(file, guest.hdr, guest.kernel_len);
	put(&mem, 6 * MIB, file, machine.modules[0].len);
	assert_fine(try_module(&info, 6 * MIB, 6 * MIB + machine.modules[0].len,
			       VIEW("")));
	pass_on();
	assert_same_map();
	assert_true(view_equal(told.cmdline, once.cmdline));
	assert_int_equal(told.rsdp, once.rsdp);
	assert_int_equal(told.subarch, 3);
	assert_int_equal(told.nr_setup_data, 1);
	assert_view(told.setup_data[0].data, "PCI");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_memory_map_arrives),
		TEST(a_map_of_any_length_arrives),
		TEST(a_map_of_one_region_is_still_the_same_ram),
		TEST(the_line_and_the_initrd_arrive),
		TEST(all_that_is_told_is_held),
		TEST(the_display_arrives),
		TEST(efi_arrives),
		TEST(the_subarch_arrives),
		TEST(secure_boot_s_state_arrives),
		TEST(setup_data_arrives_in_its_order),
		TEST(a_full_chain_arrives),
		TEST(twice_is_as_once),
	};

	return cmocka_run_group_tests(tests, NULL, machine_end);
}
