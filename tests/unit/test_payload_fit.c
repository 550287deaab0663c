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
	assert_refused(
		"no module is a kernel: module 0 is a FIT image or a "
		"device tree, but the tree is cut off: it has 201900 bytes of 201901",
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

/* Behind the initrd, and in front of modules from outside. */
static void its_loadables_are_modules(void **state)
{
	static const u8 more[] = "one more";
	const struct module *modules = boot.payload.modules;
	int node;

	(void)state;
	parts.loadables[0] = (struct view){ more, sizeof(more) };
	parts.loadables[1] = file_view(&other);
	make_fit();
	fit_ok(fdt_open_into(fit.bytes, fit.bytes, (int)FILE_LEN));
	node = fdt_path_offset(fit.bytes, "/images/more-1");
	fit_ok(fdt_setprop_string(fit.bytes, node, "description", "a b c"));
	fit_ok(fdt_pack(fit.bytes));
	fit.len = fdt_totalsize(fit.bytes);
	module(&other, "");
	module(&fit, "");
	for (u32 has_names = 0; has_names < 2; has_names++) {
		info.names.modules = has_names;
		assert_kernel(1);
		assert_int_equal(boot.payload.nr_modules, 4);
		assert_module(0, &initrd);
		assert_module(2, &other);
		assert_module(3, &other);
		assert_view(modules[1].line, "a b c");
		assert_true(view_equal(modules[1].string,
				       has_names ? VIEW("") : VIEW("a b c")));
		assert_int_equal(range_len(modules[1].range), sizeof(more));
	}
}

static void write_compression(const char *image, const char *compression)
{
	make_fit();
	fit_ok(fdt_open_into(fit.bytes, fit.bytes, (int)FILE_LEN));
	fit_ok(fdt_setprop(fit.bytes, fdt_path_offset(fit.bytes, image),
			   "compression", compression,
			   (int)strlen(compression) + 1));
	fit_ok(fdt_pack(fit.bytes));
	fit.len = fdt_totalsize(fit.bytes);
}

static void what_says_it_is_packed_is_unpacked(void **state)
{
	(void)state;
	file_gzip(&zipped, &tree);
	parts.devicetree = file_view(&zipped);
	write_compression("/images/fdt-1", "gzip");
	module(&fit, "");
	assert_kernel(0);
	assert_true(view_equal(boot.payload.devicetree, file_view(&tree)));
	write_compression("/images/fdt-1", "lzo");
	info.nr_modules = 0;
	module(&fit, "");
	assert_refused("the image \"fdt-1\" is said to be packed with \"lzo\", "
		       "and is with gzip",
		       "fit");
	memcpy(zipped.bytes, "\x89LZO\0\r\n", 7);
	write_compression("/images/fdt-1", "lzo");
	info.nr_modules = 0;
	module(&fit, "");
	assert_refused("the image \"fdt-1\", packed with \"lzo\", is "
		       "lzo-compressed data, which no gangway unpacks",
		       "fit");
}

/* What is in it is Linux's business. */
static void an_initrd_stays_packed(void **state)
{
	(void)state;
	file_gzip(&zipped, &initrd);
	parts.ramdisk = file_view(&zipped);
	write_compression("/images/ramdisk-1", "gzip");
	fit_ok(fdt_open_into(fit.bytes, fit.bytes, (int)FILE_LEN));
	fit_ok(fdt_setprop_string(
		fit.bytes, fdt_path_offset(fit.bytes, "/images/ramdisk-1"),
		"type", "ramdisk"));
	fit.len = fdt_totalsize(fit.bytes);
	module(&fit, "");
	assert_kernel(0);
	assert_module(0, &zipped);
}

static void a_word_chooses_the_configuration(void **state)
{
	(void)state;
	make_fit();
	module(&fit, "fit gangway.config=conf-1");
	assert_kernel(0);
	info.cmdline = VIEW("gangway.config=conf-2");
	assert_refused("the wanted configuration \"conf-2\" is not there",
		       "fit");
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
		TEST(its_loadables_are_modules),
		TEST(what_says_it_is_packed_is_unpacked),
		TEST(an_initrd_stays_packed),
		TEST(a_word_chooses_the_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
