// SPDX-License-Identifier: BSD-2-Clause
/*
 * payload.c: which module is the kernel, out of the containers it is in, and
 * what becomes of the others. The numbers of pitfalls are those of our
 * protocol notes, chapter 6.
 */
#include "payload_guest.h"

#include <stdio.h>

static struct file initrd, other, zipped, tree;

static int setup(void **state)
{
	payload_setup(state);
	file_noise(&initrd, 200001);
	file_noise(&other, 77);
	tree.len = fit_write_plain_tree(tree.bytes, 512);
	return 0;
}

static void the_first_module_is_the_kernel(void **state)
{
	(void)state;
	module(&kernel, "/boot/vmlinuz root=/dev/vda ro");
	module(&initrd, "initrd.img");
	module(&other, "other x");
	assert_kernel(0);
	assert_null(boot.payload.container);
	assert_view(boot.payload.name, "/boot/vmlinuz");
	assert_view(boot.payload.line, "root=/dev/vda ro");
	assert_int_equal(boot.payload.nr_modules, 2);
	assert_module(0, &initrd);
	assert_module(1, &other);
	assert_view(boot.payload.modules[1].line, "x");
	assert_ptr_equal(boot.payload.image.at,
			 mem.host + info.modules[0].range.start);
}

static void modules_before_the_kernel_are_its_modules_too(void **state)
{
	(void)state;
	module(&initrd, "");
	module(&kernel, "k line");
	module(&other, "");
	assert_kernel(1);
	assert_view(boot.payload.line, "line");
	assert_int_equal(boot.payload.nr_modules, 2);
	assert_module(0, &initrd);
	assert_module(1, &other);
}

static void of_two_kernels_the_first_is_started(void **state)
{
	(void)state;
	module(&kernel, "first");
	module(&kernel, "second");
	assert_kernel(0);
	assert_view(boot.payload.name, "first");
	assert_int_equal(boot.payload.nr_modules, 1);
}

static void a_packed_initrd_is_passed_as_it_is(void **state)
{
	u32 nr_holds;

	(void)state;
	file_gzip(&zipped, &initrd);
	module(&zipped, "");
	module(&kernel, "");
	nr_holds = info.holds.nr;
	assert_kernel(1);
	assert_int_equal(info.holds.nr, nr_holds);
	assert_null(boot.payload.container);
	assert_module(0, &zipped);
}

static void a_damaged_initrd_is_not_judged(void **state)
{
	file_gzip(&zipped, &initrd);
	for (u32 i = 0; i < 3; i++) {
		zipped.bytes[i == 0 ? zipped.len - 1 : i == 1 ? 10 : 3] = 0xff;
		payload_teardown(state);
		payload_setup(state);
		module(&zipped, "");
		module(&kernel, "");
		assert_kernel(1);
		assert_module(0, &zipped);
	}
}

static void a_kernel_in_gzip_is_unpacked_into_free_ram(void **state)
{
	struct range room;

	(void)state;
	file_gzip(&zipped, &kernel);
	module(&zipped, "vmlinux.gz a b");
	module(&initrd, "");
	assert_kernel(0);
	assert_string_equal(boot.payload.container, "gzip");
	assert_view(boot.payload.line, "a b");
	assert_module(0, &initrd);
	room = mem_range(&mem, boot.payload.image);
	assert_int_equal(room.start % PAGE_SIZE, 0);
	assert_true(room.start >= align_up(next_module, PAGE_SIZE));
	assert_non_null(holds_first(&info.holds, room, UNTIL_PLACE));
	assert_null(holds_first(&info.holds, room, UNTIL_FOREVER));
	assert_memory_equal(mem.host + info.modules[0].range.start,
			    zipped.bytes, zipped.len);
}

static void it_is_unpacked_below_4_gib_if_there_is_room(void **state)
{
	(void)state;
	guest_free(&mem);
	mem = guest_new(4 * GIB - 2 * MIB, GUEST_LEN);
	info_init(&info, "test");
	assert_fine(try_region(&info, mem.start, mem.len, REGION_RAM));
	file_gzip(&zipped, &kernel);
	module_at(4 * GIB - MIB, &zipped, "");
	assert_fine(try_hold(&info, next_module, 4 * GIB - next_module));
	assert_kernel(0);
	assert_true(mem_range(&mem, boot.payload.image).end <= 4 * GIB);
	assert_fine(try_hold(&info, 4 * GIB - 2 * MIB, 2 * MIB));
	assert_kernel(0);
	assert_true(mem_phys(&mem, boot.payload.image) >= 4 * GIB);
}

static void it_is_unpacked_above_4_gib_if_there_is_more_room(void **state)
{
	(void)state;
	guest_free(&mem);
	mem = guest_new(4 * GIB - 2 * MIB, GUEST_LEN);
	info_init(&info, "test");
	assert_fine(try_region(&info, mem.start, mem.len, REGION_RAM));
	file_gzip(&zipped, &kernel);
	module_at(4 * GIB + MIB, &zipped, "");
	/* Just enough below, then too little. */
	assert_fine(try_hold(&info, mem.start,
			     2 * MIB - align_up(kernel.len, PAGE_SIZE)));
	assert_kernel(0);
	assert_true(mem_phys(&mem, boot.payload.image) < 4 * GIB);
	info.holds.nr = 0;
	assert_fine(try_hold(&info, 4 * GIB + MIB, zipped.len));
	assert_fine(try_hold(&info, mem.start, 2 * MIB - kernel.len / 2));
	assert_kernel(0);
	assert_true(mem_phys(&mem, boot.payload.image) > 4 * GIB);
	/* Nor is there more above. */
	assert_fine(try_hold(&info, 4 * GIB, GUEST_LEN));
	assert_refused("there is not enough free RAM to unpack into: 48 KiB "
		       "are too little; give the machine more memory",
		       "gzip");
}

/* What has been the firmware's comes last, and comes. */
static void it_is_unpacked_into_the_firmware_s_former_memory(void **state)
{
	(void)state;
	file_gzip(&zipped, &kernel);
	module(&zipped, "");
	info.nr_calm = 1;
	info.calm[0] = (struct range){ 5 * MIB, 6 * MIB };
	assert_kernel(0);
	assert_int_equal(mem_phys(&mem, boot.payload.image), 5 * MIB);
	info.holds.nr = 0;
	info.calm[0].end = 5 * MIB + PAGE_SIZE;
	assert_kernel(0);
	assert_int_equal(mem_phys(&mem, boot.payload.image), PAGE_SIZE);
}

/* An initrd may have a kernel in it, which is not the one to start. */
static void a_kernel_inside_a_module_is_not_taken_for_one(void **state)
{
	static const u64 offsets[] = { 1, 512, PAGE_SIZE, 65536 };
	static struct file archive, zipped_archive;

	for (u32 i = 0; i < ARRAY_LEN(offsets); i++) {
		for (u32 packed = 0; packed < 2; packed++) {
			payload_teardown(state);
			payload_setup(state);
			file_noise(&archive, 200001);
			memcpy(archive.bytes, "070701", 6);
			memcpy(archive.bytes + offsets[i], kernel.bytes,
			       kernel.len);
			file_gzip(&zipped_archive, &archive);
			module(packed ? &zipped_archive : &archive, "initrd");
			module(&kernel, "vmlinuz");
			assert_kernel(1);
			assert_module(0, packed ? &zipped_archive : &archive);
		}
	}
}

static void pitfall_111_containers_may_be_three_deep(void **state)
{
	static struct file twice, thrice, four_times;

	(void)state;
	file_gzip(&zipped, &kernel);
	file_gzip(&twice, &zipped);
	file_gzip(&thrice, &twice);
	file_gzip(&four_times, &thrice);
	module(&twice, "");
	assert_kernel(0);
	payload_teardown(state);
	payload_setup(state);
	module(&thrice, "");
	assert_kernel(0);
	payload_teardown(state);
	payload_setup(state);
	module(&four_times, "");
	assert_refused("containers lie too deep in each other", "gzip");
}

static void a_damaged_kernel_in_gzip_is_refused(void **state)
{
	(void)state;
	file_gzip(&zipped, &kernel);
	zipped.bytes[zipped.len - 5] ^= 1;
	module(&zipped, "");
	assert_refused("the checksum is wrong", "gzip");
	info.nr_modules = 0;
	zipped.len -= 5;
	module(&zipped, "");
	assert_refused("the checksum is cut off", "gzip");
	info.nr_modules = 0;
	zipped.len -= 20;
	module(&zipped, "");
	assert_refused("the file is cut off", "gzip");
	info.nr_modules = 0;
	zipped.bytes[10] = 0xff;
	module(&zipped, "");
	assert_refused("no module is a kernel: module 0 is gzip data, but the "
		       "compressed data is damaged",
		       NULL);
}

static void too_little_room_to_unpack_is_refused(void **state)
{
	(void)state;
	file_gzip(&zipped, &kernel);
	module(&zipped, "");
	assert_fine(try_hold(&info, next_module + KERNEL_LEN / 2,
			     GUEST_LEN - next_module - KERNEL_LEN / 2));
	assert_fine(try_hold(&info, 0, 2 * MIB));
	assert_refused("there is not enough free RAM to unpack into", "gzip");
}

static void without_any_room_it_is_refused(void **state)
{
	(void)state;
	file_gzip(&zipped, &kernel);
	module(&zipped, "");
	assert_fine(try_hold(&info, 0, GUEST_LEN));
	assert_refused("there is no free RAM to unpack to", "gzip");
}

static void a_device_tree_is_the_machines(void **state)
{
	for (u32 before = 0; before < 2; before++) {
		payload_teardown(state);
		payload_setup(state);
		if (before)
			module(&tree, "");
		module(&kernel, "");
		module(&initrd, "");
		if (!before)
			module(&tree, "");
		assert_kernel(before);
		assert_int_equal(boot.payload.nr_modules, 1);
		assert_module(0, &initrd);
		assert_true(
			view_equal(boot.payload.devicetree, file_view(&tree)));
	}
}

static void the_doors_device_tree_is_used_if_there_is_no_other(void **state)
{
	(void)state;
	module(&kernel, "");
	info.devicetree = VIEW("from the door");
	assert_kernel(0);
	assert_view(boot.payload.devicetree, "from the door");
	module(&tree, "");
	assert_kernel(0);
	assert_true(view_equal(boot.payload.devicetree, file_view(&tree)));
}

/* For the end of a boot that came to nothing. */
static void a_device_tree_is_found_without_opening_anything(void **state)
{
	(void)state;
	assert_int_equal(boot_devicetree(&boot).len, 0);
	info.devicetree = VIEW("from the door");
	module(&other, "");
	assert_view(boot_devicetree(&boot), "from the door");
	module(&tree, "");
	assert_true(view_equal(boot_devicetree(&boot), file_view(&tree)));
	boot.payload.devicetree = VIEW("from a bundle");
	assert_view(boot_devicetree(&boot), "from a bundle");
}

static void a_damaged_device_tree_is_refused(void **state)
{
	memset(tree.bytes + fdt_off_dt_struct(tree.bytes), 0xff, 4);
	for (u32 before = 0; before < 2; before++) {
		payload_teardown(state);
		payload_setup(state);
		if (before)
			module(&tree, "");
		module(&kernel, "");
		if (!before)
			module(&tree, "");
		assert_why(boot_open(&boot, &scratch), "the tree is damaged");
	}
}

static void a_device_tree_that_is_cut_off_is_refused(void **state)
{
	(void)state;
	tree.len--;
	module(&kernel, "");
	module(&tree, "");
	assert_says(boot_open(&boot, &scratch), "the tree is cut off: it has ");
}

static void no_modules_and_no_kernel_have_their_sentences(void **state)
{
	(void)state;
	assert_refused("there is no module, so there is no kernel", NULL);
	module(&initrd, "");
	module(&other, "");
	assert_refused("no module is a kernel: module 0 is ", NULL);
	file_gzip(&zipped, &other);
	module(&zipped, "");
	assert_refused("no module is a kernel: module 0 is ", NULL);
}

static const char *claims(struct view image, const char *forced)
{
	const struct format *format = format_of(
		image, forced ? format_named(view_string(forced)) : NULL,
		CLAIM_INSIDE);

	return format ? format->name : "none";
}

/* A bzImage with a Multiboot header, as memtest86+ is. */
static void a_forced_format_is_the_only_one_asked(void **state)
{
	static const u32 header[8] = { 0x1badb002, 1 << 16, 0xe4514ffe };
	struct view image = file_view(&kernel);

	(void)state;
	assert_string_equal(claims(image, "multiboot1"), "none");
	memcpy(kernel.bytes + 0x800, header, sizeof(header));
	assert_string_equal(claims(image, NULL), "bzimage");
	assert_string_equal(claims(image, "bzimage"), "bzimage");
	assert_string_equal(claims(image, "multiboot1"), "multiboot1");
	assert_string_equal(claims(image, "multiboot2"), "none");
	assert_string_equal(claims(image, "pvh"), "none");
	assert_string_equal(claims(VIEW(""), NULL), "none");
	kernel.bytes[0x202] = 0;
	assert_string_equal(claims(image, NULL), "multiboot1");
	assert_string_equal(claims(image, "bzimage"), "none");
}

static void only_a_kernel_of_the_forced_format_is_opened(void **state)
{
	(void)state;
	file_gzip(&zipped, &kernel);
	module(&initrd, "");
	module(&zipped, "");
	boot.options.format = format_named(VIEW("pvh"));
	assert_refused("no module is a kernel of that format: module 0 is "
		       "unknown data that begins 50a854aa558ac542; module 1 is "
		       "gzip of a kernel of the format bzimage",
		       NULL);
	boot.options.format = format_named(VIEW("bzimage"));
	assert_kernel(1);
	zipped.bytes[10] = 0xff;
	info.nr_modules = 0;
	module(&zipped, "");
	boot.options.format = format_named(VIEW("multiboot1"));
	assert_refused("no module is a kernel of that format: module 0 is gzip "
		       "data, but the compressed data is damaged",
		       NULL);
}

static void a_module_out_of_memory_is_refused(void **state)
{
	(void)state;
	module(&kernel, "");
	assert_fine(try_module(&info, GUEST_LEN - 10, GUEST_LEN + 1, VIEW("")));
	assert_why(boot_open(&boot, &scratch), "a module is out of sight");
	info.modules[0] = info.modules[1];
	assert_why(boot_open(&boot, &scratch),
		   "a module lies where memory cannot be seen");
}

static void as_many_modules_as_the_door_can_have_are_passed(void **state)
{
	(void)state;
	module(&kernel, "");
	for (u32 i = 1; i < MAX_MODULES; i++)
		module(&other, "");
	assert_kernel(0);
	assert_int_equal(boot.payload.nr_modules, MAX_MODULES - 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, payload_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_module_is_the_kernel),
		TEST(modules_before_the_kernel_are_its_modules_too),
		TEST(of_two_kernels_the_first_is_started),
		TEST(a_packed_initrd_is_passed_as_it_is),
		TEST(a_damaged_initrd_is_not_judged),
		TEST(a_kernel_in_gzip_is_unpacked_into_free_ram),
		TEST(it_is_unpacked_below_4_gib_if_there_is_room),
		TEST(it_is_unpacked_above_4_gib_if_there_is_more_room),
		TEST(it_is_unpacked_into_the_firmware_s_former_memory),
		TEST(a_kernel_inside_a_module_is_not_taken_for_one),
		TEST(pitfall_111_containers_may_be_three_deep),
		TEST(a_damaged_kernel_in_gzip_is_refused),
		TEST(too_little_room_to_unpack_is_refused),
		TEST(without_any_room_it_is_refused),
		TEST(a_device_tree_is_the_machines),
		TEST(the_doors_device_tree_is_used_if_there_is_no_other),
		TEST(a_device_tree_is_found_without_opening_anything),
		TEST(a_damaged_device_tree_is_refused),
		TEST(a_device_tree_that_is_cut_off_is_refused),
		TEST(no_modules_and_no_kernel_have_their_sentences),
		TEST(a_forced_format_is_the_only_one_asked),
		TEST(only_a_kernel_of_the_forced_format_is_opened),
		TEST(a_module_out_of_memory_is_refused),
		TEST(as_many_modules_as_the_door_can_have_are_passed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
