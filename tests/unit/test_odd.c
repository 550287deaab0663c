// SPDX-License-Identifier: BSD-2-Clause
/*
 * odd.c: what is allowed and hardly meant is said, and nothing else is.
 */
#include "cmdline.h"
#include "odd.h"
#include "payload_guest.h"

static struct file initrd, other, fit, zipped, tree;
static struct fit_parts parts;
static struct odd odd;

static int setup(void **state)
{
	payload_setup(state);
	file_noise(&initrd, 99999);
	tree.len = fit_write_plain_tree(tree.bytes, 512);
	parts = (struct fit_parts){ .kernel = file_view(&kernel),
				    .ramdisk = file_view(&initrd) };
	/* An ELF file with a Multiboot header. */
	other.len = 0x4000;
	memset(other.bytes, 0, other.len);
	memcpy(other.bytes, "\177ELF\1\1\1", 7);
	memcpy(other.bytes + 0x1000, (u32[]){ 0x1badb002, 0, 0u - 0x1badb002 },
	       12);
	return 0;
}

static void find(void)
{
	assert_fine(boot_open(&boot, &scratch));
	odd_find(&boot, &odd);
}

static void assert_odd(const char *sentence)
{
	find();
	assert_int_equal(odd.nr, 1);
	assert_string_equal(odd.said[0], sentence);
}

static void a_usual_boot_is_not_odd(void **state)
{
	(void)state;
	info.cmdline = VIEW("quiet gangway.log=quiet gangway root=gangway-1");
	file_gzip(&zipped, &initrd);
	module(&kernel, "vmlinuz console=ttyS0");
	module(&initrd, "initrd");
	module(&zipped, "initrd2");
	module(&tree, "tree with words");
	find();
	assert_int_equal(odd.nr, 0);
}

static void what_a_multiboot_kernel_gets_is_not_odd(void **state)
{
	(void)state;
	module(&other, "kernel a");
	module(&kernel, "vmlinuz b");
	module(&initrd, "initrd c");
	find();
	assert_string_equal(boot.payload.format->name, "multiboot1");
	assert_int_equal(odd.nr, 0);
}

static void words_that_gangway_just_misses(void **state)
{
	static const char *const near[] = {
		"gangway-log=quiet", "Gangway.log=quiet", "GANGWAY.LOG=quiet",
		"gangway_log=quiet", "gangway=quiet",	  "gangwaylog=quiet",
	};
	static const char *const far[] = {
		"gangway",	     "gangway.elf", "gangway-pvh.elf",
		"gangwa.log=1",	     "x.gangway=1", "",
		"gangway.log=quiet",
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(near); i++)
		assert_true(cmdline_is_near(view_string(near[i])));
	for (u32 i = 0; i < ARRAY_LEN(far); i++)
		assert_false(cmdline_is_near(view_string(far[i])));
	module(&kernel, "vmlinuz a gangway-log=quiet");
	module(&initrd, "initrd");
	assert_odd(
		"\"gangway-log=quiet\" goes to the kernel: words for gangway "
		"begin with \"gangway.\"");
}

static void what_a_fit_image_says_and_nobody_heeds(void **state)
{
	(void)state;
	module(&kernel, "vmlinuz");
	module(&initrd, "initrd");
	assert_fine(boot_open(&boot, &scratch));
	boot.payload.fit_unused = VIEW("setup");
	boot.payload.fit_is_signed = true;
	odd_find(&boot, &odd);
	assert_int_equal(odd.nr, 2);
	assert_string_equal(odd.said[0],
			    "the FIT image's configuration names a setup, "
			    "which is not used");
	assert_string_equal(odd.said[1], "the FIT image is signed, which "
					 "nobody checks here");
}

static void a_kernel_that_went_into_the_initrd(void **state)
{
	for (u32 packed = 0; packed < 2; packed++) {
		payload_teardown(state);
		setup(state);
		file_gzip(&zipped, &other);
		module(&kernel, "vmlinuz");
		module(packed ? &zipped : &other, "xen.gz");
		assert_odd("module 1 looks like a kernel (multiboot1) and went "
			   "into the initrd: is it the one to start, put it "
			   "first");
	}
}

static void the_kernel_once_more(void **state)
{
	(void)state;
	module(&kernel, "vmlinuz");
	module(&kernel, "vmlinuz");
	assert_odd("module 1 is the kernel once more, and went into the "
		   "initrd: leave it out");
}

static void words_that_reach_nobody(void **state)
{
	(void)state;
	module(&initrd, "initrd root=/dev/sda");
	module(&kernel, "vmlinuz");
	assert_odd("the words \"root=/dev/sda\" behind module 0 reach nobody, "
		   "as it is a part of the initrd: put them behind the kernel");
}

static void no_initrd(void **state)
{
	(void)state;
	module(&kernel, "vmlinuz");
	module(&tree, "tree");
	assert_odd("there is no initrd for Linux: pass one beside it, unless "
		   "it needs none");
}

static void a_map_of_nothing_but_ram(void **state)
{
	(void)state;
	module(&kernel, "vmlinuz");
	module(&initrd, "initrd");
	info.nr_regions = 0;
	info_add_basic_memory(&info, 639, 64 * 1024);
	info_add_bios_memory(&info);
	assert_odd("the loader's memory map has nothing but RAM, so what it "
		   "leaves out below 1 MiB is taken as reserved");
}

static void regions_of_unknown_type(void **state)
{
	(void)state;
	module(&kernel, "vmlinuz");
	module(&initrd, "initrd");
	info_add_region(&info, 2 * GIB, MIB, 77);
	assert_odd("1 regions of memory are of unknown type and taken as "
		   "reserved");
}

static void pitfall_35_a_chain_that_is_dropped_is_said(void **state)
{
	(void)state;
	module(&kernel, "vmlinuz");
	module(&initrd, "initrd");
	info.lost_setup_data = true;
	assert_odd("the loader's setup_data leaves memory, or is more than 64 "
		   "nodes, so none of it is passed on");
}

static int node_at(const char *path)
{
	int node = fdt_path_offset(fit.bytes, path);

	assert_true(node >= 0);
	return node;
}

static void a_fit_without_a_default(void **state)
{
	(void)state;
	fit_write(fit.bytes, FILE_LEN, &parts);
	fit_ok(fdt_delprop(fit.bytes, node_at("/configurations"), "default"));
	fit.len = fdt_totalsize(fit.bytes);
	module(&fit, "fit");
	assert_odd("the FIT image has no default, so its first configuration "
		   "\"conf-1\" was taken: gangway.config= takes another");
}

static void a_compression_that_is_not_so(void **state)
{
	static const struct {
		const char *said;
		bool packed;
		const char *sentence;
	} cases[] = {
		{ "none", false, NULL },
		{ "gzip", true, NULL },
		{ "lz4", false,
		  "the FIT image calls its kernel's compression \"lz4\", and it "
		  "is none" },
		{ "none", true,
		  "the FIT image calls its kernel's compression \"none\", and "
		  "it is gzip" },
		{ "gzip", false,
		  "the FIT image calls its kernel's compression \"gzip\", and "
		  "it is none" },
	};

	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		payload_teardown(state);
		setup(state);
		file_gzip(&zipped, &kernel);
		if (cases[i].packed)
			parts.kernel = file_view(&zipped);
		fit_write(fit.bytes, FILE_LEN, &parts);
		fit_ok(fdt_open_into(fit.bytes, fit.bytes, FILE_LEN));
		fit_ok(fdt_setprop(fit.bytes, node_at("/images/kernel-1"),
				   "compression", cases[i].said,
				   (int)strlen(cases[i].said) + 1));
		fit_ok(fdt_pack(fit.bytes));
		fit.len = fdt_totalsize(fit.bytes);
		module(&fit, "fit");
		if (cases[i].sentence)
			assert_odd(cases[i].sentence);
		else
			find();
		assert_int_equal(odd.nr, cases[i].sentence != NULL);
	}
}

static void more_than_are_kept_are_counted(void **state)
{
	(void)state;
	info.cmdline = VIEW("gangway=1 gangway=2 gangway=3 gangway=4 gangway=5 "
			    "gangway=6 gangway=7 gangway=8 gangway=9");
	module(&kernel, "vmlinuz");
	find();
	assert_int_equal(odd.nr, 10);
	assert_non_null(strstr(odd.said[MAX_ODD - 1], "gangway=8"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, payload_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_usual_boot_is_not_odd),
		TEST(what_a_multiboot_kernel_gets_is_not_odd),
		TEST(words_that_gangway_just_misses),
		TEST(what_a_fit_image_says_and_nobody_heeds),
		TEST(a_kernel_that_went_into_the_initrd),
		TEST(the_kernel_once_more),
		TEST(words_that_reach_nobody),
		TEST(no_initrd),
		TEST(a_map_of_nothing_but_ram),
		TEST(regions_of_unknown_type),
		TEST(pitfall_35_a_chain_that_is_dropped_is_said),
		TEST(a_fit_without_a_default),
		TEST(a_compression_that_is_not_so),
		TEST(more_than_are_kept_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
