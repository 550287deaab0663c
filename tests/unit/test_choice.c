// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which module is the kernel: a real one before data that has one in it,
 * whatever their order; and what gangway.format= makes one.
 */
#include <libfdt.h>

#include "bzimage_file.h"
#include "gzip_file.h"
#include "kernel_guest.h"
#include "multiboot_file.h"
#include "open.h"

#define SECOND_AT (10 * MIB)
#define NOISE_LEN 0x8000
#define TREE_AT	  (12 * MIB)
#define TREE_LEN  0x100
#define OFFSET	  512 /* where a kernel lies in data */

static struct plan scratch;

/* No kernel at all. */
static void put_noise(phys at)
{
	for (u64 i = 0; i < NOISE_LEN; i++)
		*guest_at(&mem, at + i, 1) = kernel_byte(i);
}

/* A header with address fields: the kernel begins at an offset of the file. */
static void put_flat(phys at, u32 offset)
{
	put_noise(at);
	put_mb1_header(at + offset + 64, MB1_HEADER_ADDRESSES);
	put_mb1_addresses(at + offset + 64, LINK_AT + 64, LINK_AT, 0, 0,
			  LINK_AT);
}

static void put_flat2(phys at, u32 offset)
{
	put_noise(at);
	mb2_header_begin(at + offset + 64);
	MB2_HEADER_TAG(MB2_HEADER_TAG_ADDRESS, 0, LINK_AT + 64, LINK_AT, 0, 0);
	MB2_HEADER_TAG(MB2_HEADER_TAG_ENTRY, 0, LINK_AT);
	mb2_header_end();
}

static void put_kernel(phys at)
{
	struct linux_setup_header hdr = bzimage_header(0x20f);

	bzimage_put(&mem, at, &hdr, 0x4000);
}

/* An ELF file that says nothing of what it is. */
static void put_elf(phys at, bool is_64)
{
	struct kernel_file file = kernel_file(is_64, LINK_AT, 0);

	kernel_write(&file, guest_at(&mem, at, FILE_LEN));
}

static phys put_tree(void)
{
	u8 tree[TREE_LEN];

	assert_int_equal(fdt_create_empty_tree(tree, TREE_LEN), 0);
	put(&mem, TREE_AT, tree, TREE_LEN);
	return TREE_AT;
}

static void module(phys at, u64 len, const char *line)
{
	info_add_module(&info, at, at + len,
			(struct view){ (const u8 *)line, strlen(line) });
	assert_fine(info.bad);
}

static u64 pack(phys at, u64 len)
{
	static u8 packed[2 * NOISE_LEN];
	u64 packed_len =
		gzip_write(packed, sizeof(packed),
			   (struct view){ guest_at(&mem, at, len), len }, NULL);

	put(&mem, at, packed, packed_len);
	return packed_len;
}

static void assert_opened(u32 index, const char *format)
{
	assert_fine(boot_open(&boot, &scratch));
	assert_int_equal(boot.payload.index, index);
	assert_string_equal(boot.payload.format->name, format);
}

static void a_kernel_goes_before_data_with_a_header_in_it(void **state)
{
	static void (*const puts[])(phys at, u32 offset) = { put_flat,
							     put_flat2 };

	for (u32 i = 0; i < 2 * ARRAY_LEN(puts); i++) {
		u64 len = NOISE_LEN;

		kernel_setup(state);
		puts[i / 2](FILE_AT, OFFSET);
		put_kernel(SECOND_AT);
		if (i % 2)
			len = pack(FILE_AT, len);
		module(FILE_AT, len, "");
		module(SECOND_AT, NOISE_LEN, "");
		assert_opened(1, "bzimage");
		assert_int_equal(boot.payload.nr_modules, 1);
		assert_null(boot.payload.container);
	}
}

static void a_flat_kernel_goes_before_data_with_one_in_it(void **state)
{
	for (u32 i = 0; i < 4; i++) {
		u64 len = NOISE_LEN, second_len = NOISE_LEN;

		kernel_setup(state);
		put_flat2(FILE_AT, OFFSET);
		put_flat(SECOND_AT, 0);
		if (i & 1)
			len = pack(FILE_AT, len);
		if (i & 2)
			second_len = pack(SECOND_AT, second_len);
		module(FILE_AT, len, "");
		module(SECOND_AT, second_len, "");
		assert_opened(1, "multiboot1");
		assert_true(!boot.payload.container == !(i & 2));
	}
}

static void a_kernel_inside_of_data_is_the_last_resort(void **state)
{
	(void)state;
	put_noise(FILE_AT);
	put_flat(SECOND_AT, OFFSET);
	module(FILE_AT, NOISE_LEN, "");
	module(SECOND_AT, NOISE_LEN, "");
	assert_opened(1, "multiboot1");
}

static void an_unknown_elf_file_is_no_kernel(void **state)
{
	(void)state;
	for (u32 is_64 = 0; is_64 < 2; is_64++) {
		kernel_setup(state);
		put_elf(FILE_AT, is_64);
		module(FILE_AT, FILE_LEN, "");
		assert_why(boot_open(&boot, &scratch),
			   "no module is a kernel: module 0 is an ELF file "
			   "without a Multiboot header, a PVH note or Linux's "
			   "notes (is it Linux, give gangway.format=vmlinux)");
	}
}

static void forced_it_is_what_it_can_be(void **state)
{
	for (u32 is_64 = 0; is_64 < 2; is_64++) {
		const struct format *wide = format_named(VIEW("vmlinux"));
		const struct format *narrow = format_named(VIEW("vmlinux32"));

		kernel_setup(state);
		put_noise(FILE_AT);
		put_elf(SECOND_AT, is_64);
		module(FILE_AT, NOISE_LEN, "");
		module(SECOND_AT, FILE_LEN, "");
		boot.options.format = is_64 ? wide : narrow;
		assert_opened(1, is_64 ? "vmlinux" : "vmlinux32");
		boot.options.format = is_64 ? narrow : wide;
		assert_says(boot_open(&boot, &scratch),
			    "no module is a kernel of that format: module 0 "
			    "is unknown data that begins ");
	}
}

/* Forced it is what shows signs of it before what shows none. */
static void of_a_forced_format_the_sure_one_is_taken(void **state)
{
	struct kernel_file file = kernel_file(true, LINK_AT, 0);

	(void)state;
	put_elf(FILE_AT, true);
	kernel_note(&file, "Linux", 0x100, "", 0);
	kernel_write(&file, guest_at(&mem, SECOND_AT, FILE_LEN));
	module(FILE_AT, FILE_LEN, "");
	module(SECOND_AT, FILE_LEN, "");
	boot.options.format = format_named(VIEW("vmlinux"));
	assert_opened(1, "vmlinux");
}

static void a_kernels_own_line_forces_a_format(void **state)
{
	(void)state;
	put_elf(FILE_AT, true);
	put_kernel(SECOND_AT);
	module(FILE_AT, FILE_LEN, "a gangway.format=vmlinux b");
	module(SECOND_AT, NOISE_LEN, "");
	assert_opened(0, "vmlinux");
	info.nr_modules = 0;
	module(FILE_AT, FILE_LEN, "gangway.format=multiboot1");
	module(SECOND_AT, NOISE_LEN, "");
	assert_why(boot_open(&boot, &scratch),
		   "the kernel is not of that format");
	/* The words for gangway win. */
	boot.options.format = format_named(VIEW("bzimage"));
	assert_opened(1, "bzimage");
}

static void for_linux_trees_and_empty_modules_are_no_initrd(void **state)
{
	(void)state;
	put_kernel(FILE_AT);
	put_noise(SECOND_AT);
	module(0x7000, 0, "empty");
	module(FILE_AT, NOISE_LEN, "");
	module(put_tree(), TREE_LEN, "tree");
	module(SECOND_AT, NOISE_LEN, "initrd");
	module(~0ull, 0, "empty, and nowhere");
	assert_opened(1, "bzimage");
	assert_int_equal(boot.payload.nr_modules, 1);
	assert_view(boot.payload.modules[0].line, "initrd");
	assert_int_equal(boot.payload.devicetree.len, TREE_LEN);
}

static void for_other_kernels_they_are_modules(void **state)
{
	(void)state;
	put_flat(FILE_AT, 0);
	put_noise(SECOND_AT);
	module(0x7000, 0, "empty");
	module(FILE_AT, NOISE_LEN, "");
	module(put_tree(), TREE_LEN, "tree");
	module(SECOND_AT, NOISE_LEN, "data");
	assert_fine(info_check(&info));
	assert_opened(1, "multiboot1");
	assert_int_equal(boot.payload.nr_modules, 3);
	assert_view(boot.payload.modules[0].line, "empty");
	assert_view(boot.payload.modules[1].line, "tree");
	assert_view(boot.payload.modules[2].line, "data");
	assert_int_equal(boot.payload.devicetree.len, TREE_LEN);
	/* A damaged tree is data, and not the machine's. */
	put32(&mem,
	      TREE_AT + fdt_off_dt_struct(guest_at(&mem, TREE_AT, TREE_LEN)),
	      ~0u);
	assert_opened(1, "multiboot1");
	assert_int_equal(boot.payload.nr_modules, 3);
	assert_int_equal(boot.payload.devicetree.len, 0);
	assert_fine(guest_plan());
	assert_int_equal(plan.module_at[0], 0x7000);
	assert_int_equal(plan.module_at[1], TREE_AT);
}

#define TEST(f) cmocka_unit_test_setup(f, kernel_setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kernel_goes_before_data_with_a_header_in_it),
		TEST(a_flat_kernel_goes_before_data_with_one_in_it),
		TEST(a_kernel_inside_of_data_is_the_last_resort),
		TEST(an_unknown_elf_file_is_no_kernel),
		TEST(forced_it_is_what_it_can_be),
		TEST(of_a_forced_format_the_sure_one_is_taken),
		TEST(a_kernels_own_line_forces_a_format),
		TEST(for_linux_trees_and_empty_modules_are_no_initrd),
		TEST(for_other_kernels_they_are_modules),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
