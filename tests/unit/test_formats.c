// SPDX-License-Identifier: BSD-2-Clause
/*
 * The formats there are, in the order in which they are asked, and what
 * becomes of files that more than one could claim. The numbers of pitfalls are
 * those of our protocol notes, chapter 6.
 */
#include "bzimage_file.h"
#include "kernel_guest.h"
#include "multiboot_file.h"
#include "open.h"
#include "start_info.h"

#define MB1_AT (FILE_AT + 0x700)
#define MB2_AT (FILE_AT + FILE_HEADER)

extern const struct format *const __start_formats[], *const __stop_formats[];

/* The golden list: the formats in the order in which they are asked. */
static const struct {
	const char *name;
	bool is_linux;
} golden[] = {
	{ "bzimage", true }, { "multiboot2", false }, { "multiboot1", false },
	{ "vmlinux", true }, { "pvh", false },	      { "vmlinux32", true },
};

static struct kernel_file file;

static int setup(void **state)
{
	kernel_setup(state);
	file = kernel_file(true, LINK_AT, 0);
	return 0;
}

static const char *claimed(u64 len)
{
	info.nr_modules = 0;
	return guest_kernel(FILE_AT, len);
}

static void put_elf(void)
{
	kernel_write(&file, guest_at(&mem, FILE_AT, FILE_LEN));
}

static void put_both_headers(void)
{
	put_mb1_header(MB1_AT, 0);
	mb2_header_begin(MB2_AT);
	mb2_header_end();
}

static void add_notes(void)
{
	u64 entry = LINK_AT;

	kernel_note(&file, "Xen", PVH_ELFNOTE_PHYS32_ENTRY, &entry, 8);
	kernel_note(&file, "Linux", 0x100, "", 0);
}

static void the_golden_list(void **state)
{
	const struct format *format = NULL;

	(void)state;
	for (u64 i = 0; i < ARRAY_LEN(golden); i++) {
		format = format_next(format);
		assert_string_equal(format->name, golden[i].name);
		assert_int_equal(format->is_linux, golden[i].is_linux);
		assert_non_null(format->claims);
		assert_non_null(format->plan);
		assert_non_null(format->tell);
	}
	assert_null(format_next(format));
	/* None of them hides another of the same rank. */
	assert_int_equal(__stop_formats - __start_formats, ARRAY_LEN(golden));
}

static void each_can_be_asked_for_by_its_name(void **state)
{
	struct options options;
	char word[64];

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(golden); i++) {
		strcpy(word, "gangway.format=");
		strcat(word, golden[i].name);
		options_init(&options);
		assert_null(options.format);
		options_read(&options, view_string(word));
		assert_fine(options_judge(&options));
		assert_string_equal(options.format->name, golden[i].name);
	}
}

/* One file that is everything but a bzImage: what is taken away from it
 * uncovers what comes next. */
static void an_elf_file_that_is_all_of_them(void **state)
{
	(void)state;
	for (u32 is_64 = 0; is_64 < 2; is_64++) {
		file = kernel_file(is_64, LINK_AT, 0);
		add_notes();
		put_elf();
		put_both_headers();
		assert_string_equal(claimed(FILE_LEN), "multiboot2");
		put32(&mem, MB2_AT, 0);
		assert_string_equal(claimed(FILE_LEN), "multiboot1");
		put32(&mem, MB1_AT, 0);
		assert_string_equal(claimed(FILE_LEN),
				    is_64 ? "vmlinux" : "pvh");
		file.notes_len = 0;
		kernel_note(&file, "Linux", 0x100, "", 0);
		put_elf();
		assert_string_equal(claimed(FILE_LEN),
				    is_64 ? "vmlinux" : "vmlinux32");
		file.notes_len = 0;
		kernel_note(&file, "Xen", PVH_ELFNOTE_PHYS32_ENTRY, "1234", 4);
		put_elf();
		assert_string_equal(claimed(FILE_LEN), "pvh");
		file.nr_segments = 2;
		put_elf();
		assert_string_equal(claimed(FILE_LEN), "none");
	}
}

static void a_forced_format_is_the_only_one_asked(void **state)
{
	(void)state;
	add_notes();
	put_elf();
	put_both_headers();
	for (u32 i = 0; i < ARRAY_LEN(golden); i++) {
		const char *name = golden[i].name;
		bool is_it =
			strcmp(name, "bzimage") && strcmp(name, "vmlinux32");

		boot.options.format = format_named(view_string(name));
		assert_string_equal(claimed(FILE_LEN), is_it ? name : "none");
		if (is_it)
			assert_fine(guest_plan());
	}
}

static const char *opened(void)
{
	static struct plan scratch;

	info.nr_modules = 0;
	info_add_module(&info, FILE_AT, FILE_AT + FILE_LEN, VIEW(""));
	assert_fine(boot_open(&boot, &scratch));
	return boot.payload.format->name;
}

static void a_dom0_s_kernel_is_entered_by_pvh_if_it_can_be(void **state)
{
	(void)state;
	info.pvh_flags = PVH_START_FLAG_INITIAL_DOMAIN;
	add_notes();
	put_elf();
	put_both_headers();
	assert_string_equal(opened(), "pvh");
	boot.options.format = format_named(VIEW("vmlinux"));
	assert_string_equal(opened(), "vmlinux");
	boot.options.format = NULL;
	info.pvh_flags = PVH_START_FLAG_PRIVILEGED;
	assert_string_equal(opened(), "multiboot2");
	info.pvh_flags = PVH_START_FLAG_INITIAL_DOMAIN;
	file.notes_len = 0;
	put_elf();
	put_both_headers();
	assert_string_equal(opened(), "multiboot2");
}

/* HdrS at its one place goes before whatever is searched for. */
static void a_bzimage_with_multiboot_magic_in_it_is_a_bzimage(void **state)
{
	struct linux_setup_header hdr = bzimage_header(0x20f);

	(void)state;
	bzimage_put(&mem, FILE_AT, &hdr, 0x4000);
	put_both_headers();
	put_mb1_header(MB1_AT, MB1_HEADER_ADDRESSES);
	assert_string_equal(claimed(0x4600), "bzimage");
	/* With MZ, as kernels that UEFI can start. */
	put16(&mem, FILE_AT, 0x5a4d);
	assert_string_equal(claimed(0x4600), "bzimage");
	/* Without HdrS it is what the addresses say. */
	put32(&mem, FILE_AT + 0x202, 0);
	assert_string_equal(claimed(0x4600), "multiboot1");
	put_mb1_header(MB1_AT, 0);
	assert_string_equal(claimed(0x4600), "none");
}

static void a_header_behind_its_window_is_none(void **state)
{
	(void)state;
	put_elf();
	put_mb1_header(FILE_AT + 8192 - 8, 0);
	assert_string_equal(claimed(16384), "none");
	put_mb1_header(FILE_AT + 8192 - 12, 0);
	assert_string_equal(claimed(16384), "multiboot1");
	put_elf();
	put32(&mem, FILE_AT + 8192 - 12, 0);
	mb2_header_begin(FILE_AT + 32768 - 16);
	mb2_header_end(); /* its end tag is outside */
	assert_string_equal(claimed(65536), "none");
	mb2_header_begin(FILE_AT + 32768 - 24);
	mb2_header_end();
	assert_string_equal(claimed(65536), "multiboot2");
}

/* memtest86+ 5.01's .bin: 16-bit code, no HdrS, and in it, for its ELF form, a
 * header without addresses. */
static void a_stray_header_is_none(void **state)
{
	(void)state;
	for (u64 i = 0; i < 0x8000; i++)
		*guest_at(&mem, FILE_AT + i, 1) = kernel_byte(i);
	put16(&mem, FILE_AT + 0x1fe, LINUX_BOOT_FLAG);
	put_mb1_header(MB1_AT, 3);
	assert_string_equal(claimed(0x8000), "none");
	mb2_header_begin(MB2_AT);
	MB2_HEADER_TAG(MB2_HEADER_TAG_ENTRY, 0, LINK_AT);
	mb2_header_end();
	assert_string_equal(claimed(0x8000), "none");
	/* What has both, one of them with addresses, is of that. */
	mb2_header_begin(MB2_AT);
	MB2_HEADER_TAG(MB2_HEADER_TAG_ADDRESS, 0, LINK_AT, LINK_AT, 0, 0);
	mb2_header_end();
	assert_string_equal(claimed(0x8000), "multiboot2");
}

static void other_files_are_none(void **state)
{
	static const char *const beginnings[] = {
		"MZ", "\177ELF", "\177ELF\2\1\1", "070701", "#!/bin/sh\n", "",
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(beginnings); i++) {
		memset(guest_at(&mem, FILE_AT, 0x8000), 0, 0x8000);
		put(&mem, FILE_AT, beginnings[i], strlen(beginnings[i]));
		for (u64 len = 1; len < 0x8000; len += len < 100 ? 1 : 999)
			assert_string_equal(claimed(len), "none");
	}
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_golden_list),
		TEST(each_can_be_asked_for_by_its_name),
		TEST(an_elf_file_that_is_all_of_them),
		TEST(a_forced_format_is_the_only_one_asked),
		TEST(a_dom0_s_kernel_is_entered_by_pvh_if_it_can_be),
		TEST(a_bzimage_with_multiboot_magic_in_it_is_a_bzimage),
		TEST(a_header_behind_its_window_is_none),
		TEST(a_stray_header_is_none),
		TEST(other_files_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, kernel_end);
}
