// SPDX-License-Identifier: BSD-2-Clause
/*
 * payload.c: kernels in FIT images, and in FIT and gzip together. The numbers
 * of pitfalls are those of our protocol notes, chapter 6.
 */
#include "payload_guest.h"

static struct file initrd, other, fit, zipped, tree;
static struct fit_parts parts;

static int setup(void **state)
{
	payload_setup(state);
	file_noise(&initrd, 99999);
	file_noise(&other, 77);
	tree.len = fit_write_plain_tree(tree.bytes, 512);
	parts = (struct fit_parts){ .kernel = file_view(&kernel),
				    .ramdisk = file_view(&initrd),
				    .bootargs = "from bundle" };
	return 0;
}

static void make_fit(void)
{
	fit.len = fit_write(fit.bytes, FILE_LEN, &parts);
}

static void a_bundle_has_kernel_initrd_and_line(void **state)
{
	for (u32 place = FIT_INSIDE; place <= FIT_POSITION; place++) {
		payload_teardown(state);
		payload_setup(state);
		parts.place = (enum fit_place)place;
		make_fit();
		module(&fit, "bundle.fit from module");
		assert_kernel(0);
		assert_string_equal(boot.payload.container, "fit");
		assert_view(boot.payload.bundle_line, "from bundle");
		assert_view(boot.payload.line, "from module");
		assert_int_equal(boot.payload.nr_modules, 1);
		assert_module(0, &initrd);
	}
}

static void its_initrd_comes_before_other_modules(void **state)
{
	(void)state;
	make_fit();
	module(&other, "");
	module(&fit, "");
	assert_kernel(1);
	assert_int_equal(boot.payload.nr_modules, 2);
	assert_module(0, &initrd);
	assert_module(1, &other);
}

static void a_bundle_may_be_packed(void **state)
{
	(void)state;
	make_fit();
	file_gzip(&zipped, &fit);
	module(&zipped, "");
	assert_kernel(0);
	assert_view(boot.payload.bundle_line, "from bundle");
	assert_module(0, &initrd);
}

static void its_kernel_may_be_packed(void **state)
{
	(void)state;
	file_gzip(&zipped, &kernel);
	parts.kernel = file_view(&zipped);
	make_fit();
	module(&fit, "");
	assert_kernel(0);
	assert_string_equal(boot.payload.container, "gzip");
	assert_module(0, &initrd);
	assert_view(boot.payload.bundle_line, "from bundle");
}

static void both_may_be_packed(void **state)
{
	static struct file outer;

	(void)state;
	file_gzip(&zipped, &kernel);
	parts.kernel = file_view(&zipped);
	make_fit();
	file_gzip(&outer, &fit);
	module(&outer, "");
	module(&other, "");
	assert_kernel(0);
	assert_int_equal(boot.payload.nr_modules, 2);
	assert_module(0, &initrd);
	assert_module(1, &other);
}

static void its_initrd_is_held_until_it_is_placed(void **state)
{
	(void)state;
	make_fit();
	file_gzip(&zipped, &fit);
	module(&zipped, "");
	assert_kernel(0);
	assert_non_null(holds_first(&info.holds, boot.payload.modules[0].range,
				    UNTIL_PLACE));
}

static void its_device_tree_is_the_machines(void **state)
{
	(void)state;
	parts.devicetree = file_view(&tree);
	make_fit();
	module(&fit, "");
	assert_kernel(0);
	assert_int_equal(boot.payload.nr_modules, 1);
	assert_true(view_equal(boot.payload.devicetree, file_view(&tree)));
}

static void pitfall_107_its_device_tree_is_checked(void **state)
{
	(void)state;
	parts.devicetree = (struct view){ tree.bytes, tree.len - 8 };
	make_fit();
	module(&fit, "");
	assert_non_null(boot_open(&boot, &scratch));
}

static void a_bundle_without_initrd_has_no_modules(void **state)
{
	(void)state;
	parts.ramdisk.at = NULL;
	parts.bootargs = NULL;
	make_fit();
	module(&fit, "");
	assert_kernel(0);
	assert_int_equal(boot.payload.nr_modules, 0);
	assert_view(boot.payload.bundle_line, "");
}

static void a_bundle_without_kernel_is_refused(void **state)
{
	(void)state;
	parts.kernel.at = NULL;
	make_fit();
	module(&fit, "");
	assert_refused("no kernel is named by the configuration \"conf-1\"",
		       "fit");
}

static void a_bundle_whose_kernel_is_none_is_refused(void **state)
{
	(void)state;
	parts.kernel = file_view(&other);
	make_fit();
	module(&fit, "");
	assert_says(boot_open(&boot, &scratch),
		    "no module is a kernel: module 0 is a FIT image with ");
}

static void nothing_is_left_of_a_bundle_that_is_no_kernel(void **state)
{
	(void)state;
	parts.kernel = file_view(&other);
	parts.devicetree = file_view(&tree);
	make_fit();
	module(&fit, "");
	module(&kernel, "");
	assert_kernel(1);
	assert_view(boot.payload.bundle_line, "");
	assert_int_equal(boot.payload.devicetree.len, 0);
	assert_null(boot.payload.container);
}

static void a_damaged_bundle_is_refused(void **state)
{
	(void)state;
	make_fit();
	fit.len--;
	module(&fit, "");
	assert_refused("no module is a kernel: module 0 is a FIT image or a "
		       "device tree, but the tree is cut off",
		       NULL);
	info.nr_modules = 0;
	fit.len++;
	memset(fit.bytes + fdt_off_dt_struct(fit.bytes), 0xff, 4);
	module(&fit, "");
	assert_refused("no module is a kernel: module 0 is a FIT image or a "
		       "device tree, but the tree is damaged",
		       NULL);
}

/* libfdt reads no tree that is not aligned: a copy is read then. */
static void pitfall_106_a_bundle_at_any_byte_is_opened(void **state)
{
	static const char line[] = "from bundle";

	(void)state;
	make_fit();
	for (u32 shift = 1; shift < 8; shift++) {
		info.nr_modules = 0;
		module_at(next_module + shift, &fit, "");
		assert_fine(boot_open(&boot, &scratch));
		assert_string_equal(boot.payload.container, "fit");
		assert_view(boot.payload.bundle_line, line);
		assert_held(&info, mem_phys(&mem, boot.payload.bundle_line),
			    mem_phys(&mem, boot.payload.bundle_line) +
				    sizeof(line));
	}
}

static void a_packed_bundle_that_is_damaged_is_refused(void **state)
{
	(void)state;
	make_fit();
	file_gzip(&zipped, &fit);
	zipped.bytes[zipped.len / 2] ^= 0x10;
	module(&zipped, "");
	assert_non_null(boot_open(&boot, &scratch));
	assert_string_equal(boot.payload.container, "gzip");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, payload_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_bundle_has_kernel_initrd_and_line),
		TEST(its_initrd_comes_before_other_modules),
		TEST(a_bundle_may_be_packed),
		TEST(its_kernel_may_be_packed),
		TEST(both_may_be_packed),
		TEST(its_initrd_is_held_until_it_is_placed),
		TEST(its_device_tree_is_the_machines),
		TEST(pitfall_107_its_device_tree_is_checked),
		TEST(a_bundle_without_initrd_has_no_modules),
		TEST(a_bundle_without_kernel_is_refused),
		TEST(a_bundle_whose_kernel_is_none_is_refused),
		TEST(nothing_is_left_of_a_bundle_that_is_no_kernel),
		TEST(a_damaged_bundle_is_refused),
		TEST(pitfall_106_a_bundle_at_any_byte_is_opened),
		TEST(a_packed_bundle_that_is_damaged_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
