// SPDX-License-Identifier: BSD-2-Clause
/*
 * uki.c and peel.c: kernels in unified kernel images, by any door. The numbers
 * of pitfalls are those of our protocol notes, chapter 6.
 */
#include "payload_guest.h"
#include "uki.h"
#include "uki_file.h"

static struct file initrd, ucode, uki, zipped, trees[3];
static struct uki_section sections[24];
static u32 nr_sections;

static void add(const char *name, struct view content)
{
	assert_true(nr_sections < ARRAY_LEN(sections));
	sections[nr_sections++] = (struct uki_section){ name, content, 0 };
}

static void add_text(const char *name, const char *text)
{
	add(name, view_string(text));
}

static int setup(void **state)
{
	payload_setup(state);
	file_noise(&initrd, 4099);
	file_noise(&ucode, 77);
	nr_sections = 0;
	add_text(".text", "a stub");
	add_text(".osrel", "ID=debian");
	add_text(".cmdline", "from uki\n");
	add(".initrd", file_view(&initrd));
	add(".ucode", file_view(&ucode));
	add(".linux", file_view(&kernel));
	return 0;
}

static void make(const char *string)
{
	uki.len = uki_write(uki.bytes, sections, nr_sections);
	module(&uki, string);
}

static void kernel_initrd_and_line_come_out(void **state)
{
	(void)state;
	make("uki.efi from module");
	assert_kernel(0);
	assert_string_equal(boot.payload.container, "uki");
	assert_view(boot.payload.bundle_line, "from uki");
	assert_view(boot.payload.line, "from module");
	assert_int_equal(boot.payload.nr_modules, 2);
	assert_module(0, &ucode);
	assert_module(1, &initrd);
}

static void other_modules_follow(void **state)
{
	static struct file other;

	(void)state;
	file_noise(&other, 321);
	module(&other, "");
	make("");
	assert_kernel(1);
	assert_int_equal(boot.payload.nr_modules, 3);
	assert_module(1, &initrd);
	assert_module(2, &other);
}

static void it_may_be_packed_and_its_kernel_too(void **state)
{
	static struct file inner;

	(void)state;
	file_gzip(&inner, &kernel);
	sections[5].content = file_view(&inner);
	uki.len = uki_write(uki.bytes, sections, nr_sections);
	file_gzip(&zipped, &uki);
	module(&zipped, "");
	assert_kernel(0);
	assert_string_equal(boot.payload.container, "gzip");
	assert_view(boot.payload.bundle_line, "from uki");
	assert_module(1, &initrd);
}

static void pitfall_102_the_virtual_size_counts(void **state)
{
	(void)state;
	sections[3].content.len = 5;
	make("");
	assert_kernel(0);
	assert_int_equal(range_len(boot.payload.modules[1].range), 5);
}

/* ukify gives .linux the size that the kernel has in memory. */
static void pitfall_102_no_more_than_the_file_has(void **state)
{
	(void)state;
	sections[3].virtual_size = (u32)initrd.len + 0x4000;
	make("");
	assert_fine(boot_open(&boot, &scratch));
	assert_int_equal(range_len(boot.payload.modules[1].range),
			 align_up(initrd.len, UKI_ALIGNMENT));
}

static void pitfall_103_a_section_past_the_end_is_refused(void **state)
{
	(void)state;
	uki.len = uki_write(uki.bytes, sections, nr_sections);
	uki.len -= UKI_ALIGNMENT;
	module(&uki, "");
	assert_says(boot_open(&boot, &scratch), "the section .linux goes up ");
	assert_string_equal(boot.payload.container, "uki");
}

static void pitfall_104_an_addon_is_no_kernel(void **state)
{
	(void)state;
	nr_sections--;
	make("");
	assert_says(boot_open(&boot, &scratch),
		    "no module is a kernel: module 0 is an addon for a UKI, "
		    "without a kernel of its own");
}

static void a_uki_whose_kernel_is_none_is_refused(void **state)
{
	(void)state;
	sections[5].content = file_view(&ucode);
	make("");
	assert_says(boot_open(&boot, &scratch),
		    "no module is a kernel: module 0 is a UKI with ");
}

static void a_line_is_words_and_blanks(void **state)
{
	(void)state;
	sections[2].content = VIEW("a\r\nb\1c \t\0d");
	make("");
	assert_kernel(0);
	assert_view(boot.payload.bundle_line, "a  b c");
	assert_held(&info, mem_phys(&mem, boot.payload.bundle_line),
		    mem_phys(&mem, boot.payload.bundle_line) + 6);
}

/* A FIT image or another UKI in a UKI's .linux need not have one. */
static void the_innermost_line_that_is_there_counts(void **state)
{
	static const char *const lines[] = { "", "from inside" };
	static struct file inner;

	for (u32 i = 0; i < ARRAY_LEN(lines); i++) {
		sections[2].content = view_string(lines[i]);
		inner.len = uki_write(inner.bytes, sections, nr_sections);
		sections[2].content = VIEW("from uki");
		sections[5].content = file_view(&inner);
		make("");
		assert_fine(boot_open(&boot, &scratch));
		assert_view(boot.payload.bundle_line,
			    i ? lines[i] : "from uki");
		payload_teardown(state);
		setup(state);
	}
}

/* Base, profile 0 without anything of its own, profile 1 with a line. */
static void make_profiles(void)
{
	add_text(".profile", "ID=main\nTITLE=Main\n");
	add_text(".profile", "TITLE=ID=other\nID=rescue\n");
	add_text(".cmdline", "rescue");
}

static void profiles_are_chosen_by_number_or_name(void **state)
{
	static const struct {
		const char *line, *outside, *expected;
	} choices[] = {
		{ "", "", "from uki" },
		{ "gangway.profile=1", "", "rescue" },
		{ "gangway.profile=1", "gangway.profile=0", "from uki" },
		{ "x", "a gangway.profile=rescue", "rescue" },
		{ "", "gangway.profile=main", "from uki" },
	};

	for (u32 i = 0; i < ARRAY_LEN(choices); i++) {
		payload_teardown(state);
		setup(state);
		make_profiles();
		info.names.modules = false;
		info.cmdline = view_string(choices[i].outside);
		make(choices[i].line);
		assert_kernel(0);
		assert_true(view_equal(boot.payload.bundle_line,
				       view_string(choices[i].expected)));
	}
}

static void a_profile_that_is_not_there_is_refused(void **state)
{
	(void)state;
	make_profiles();
	info.cmdline = VIEW("gangway.profile=other");
	make("");
	assert_says(boot_open(&boot, &scratch),
		    "the UKI has no profile \"other\"");
	info.cmdline = VIEW("gangway.profile=2");
	assert_says(boot_open(&boot, &scratch),
		    "the image does not have that profile");
}

static void write_tree(struct file *file, const char *board)
{
	fit_ok(fdt_create(file->bytes, (int)FILE_LEN));
	fit_ok(fdt_finish_reservemap(file->bytes));
	fit_ok(fdt_begin_node(file->bytes, ""));
	fit_ok(fdt_property(file->bytes, "compatible", board,
			    (int)strlen(board) + 1));
	fit_ok(fdt_end_node(file->bytes));
	fit_ok(fdt_finish(file->bytes));
	file->len = fdt_totalsize(file->bytes);
}

static void its_device_tree_is_that_of_the_board(void **state)
{
	static const char *const boards[] = { "a,one", "b,two" };

	for (u32 i = 0; i < 4; i++) {
		payload_teardown(state);
		setup(state);
		write_tree(&trees[0], "any");
		write_tree(&trees[1], boards[0]);
		write_tree(&trees[2], boards[1]);
		add(".dtb", file_view(&trees[0]));
		add(".dtbauto", file_view(&trees[1]));
		add(".dtbauto", file_view(&trees[2]));
		if (i == 3)
			info.devicetree = VIEW("none");
		else if (i)
			info.devicetree = file_view(&trees[i]);
		make("");
		assert_kernel(0);
		assert_true(view_equal(boot.payload.devicetree,
				       file_view(&trees[i % 3])));
	}
}

static void what_nobody_uses_is_named(void **state)
{
	char text[100];
	u64 len;

	(void)state;
	write_tree(&trees[0], "any");
	add(".dtb", file_view(&trees[0]));
	add(".dtbauto", file_view(&trees[0]));
	add_text(".splash", "BM");
	make_profiles();
	add_text(".pcrsig", "{}");
	add_text(".mine", "1");
	make("");
	assert_kernel(0);
	len = uki_unused(boot.payload.uki, boot.payload.uki_profile,
			 boot.payload.uki_tree, text, sizeof(text));
	assert_true(view_equal((struct view){ (u8 *)text, len },
			       VIEW(".osrel .dtbauto .splash")));
	len = uki_unused(boot.payload.uki, 1, boot.payload.uki_tree, text, 30);
	assert_true(view_equal((struct view){ (u8 *)text, len },
			       VIEW(".osrel .dtbauto .splash .pcrsi")));
}

/* gangway.efi has a Multiboot 2 header: forced, it is started as that. */
static void a_forced_format_is_asked_first(void **state)
{
	(void)state;
	make("gangway.format=bzimage");
	assert_kernel(0);
	assert_view(boot.payload.bundle_line, "from uki");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, payload_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kernel_initrd_and_line_come_out),
		TEST(other_modules_follow),
		TEST(it_may_be_packed_and_its_kernel_too),
		TEST(pitfall_102_the_virtual_size_counts),
		TEST(pitfall_102_no_more_than_the_file_has),
		TEST(pitfall_103_a_section_past_the_end_is_refused),
		TEST(pitfall_104_an_addon_is_no_kernel),
		TEST(a_uki_whose_kernel_is_none_is_refused),
		TEST(a_line_is_words_and_blanks),
		TEST(the_innermost_line_that_is_there_counts),
		TEST(profiles_are_chosen_by_number_or_name),
		TEST(a_profile_that_is_not_there_is_refused),
		TEST(its_device_tree_is_that_of_the_board),
		TEST(what_nobody_uses_is_named),
		TEST(a_forced_format_is_asked_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
