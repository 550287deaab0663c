// SPDX-License-Identifier: BSD-2-Clause
/*
 * containers/pe.c and core/smbios.c: sections of images, and SMBIOS's entry
 * point.
 */
#include "guest.h"

#include "pe.h"
#include "smbios.h"

#define HEAD_AT	     0x40
#define OPTIONAL_AT  (HEAD_AT + sizeof(struct pe_header))
#define OPTIONAL_LEN 240
#define TABLE_AT     (OPTIONAL_AT + OPTIONAL_LEN)
#define HEADERS_LEN  0x400
#define IMAGE_LEN    0x3000

static struct mem mem;
static struct view image;
static u32 nr_sections;

static void add(const char *name, u32 size, u32 at, u32 raw, u32 raw_at)
{
	struct pe_section section = {
		.virtual_size = size,
		.virtual_address = at,
		.raw_size = raw,
		.raw_at = raw_at,
	};

	memcpy(section.name, name, strnlen(name, sizeof(section.name)));
	put(&mem, TABLE_AT + nr_sections * sizeof(section), &section,
	    sizeof(section));
	nr_sections++;
	put16(&mem, HEAD_AT + offsetof(struct pe_header, nr_sections),
	      (u16)nr_sections);
}

static int set_up(void **state)
{
	struct pe_header head = {
		.magic = PE_MAGIC,
		.machine = PE_AMD64,
		.optional_len = OPTIONAL_LEN,
	};
	struct pe_optional optional = {
		.magic = PE_PLUS,
		.major_image_version = 3,
		.size_of_headers = HEADERS_LEN,
		.subsystem = PE_APPLICATION,
	};

	(void)state;
	mem = guest_new(0, IMAGE_LEN);
	image = (struct view){ mem.host, IMAGE_LEN };
	nr_sections = 0;
	put16(&mem, 0, PE_DOS_MAGIC);
	put32(&mem, PE_POINTER_AT, HEAD_AT);
	put(&mem, HEAD_AT, &head, sizeof(head));
	put(&mem, OPTIONAL_AT, &optional, sizeof(optional));
	add(".text", 0x100, 0x1000, 0x200, 0x400);
	add(".initrd", 5, 0x2000, 0x200, 0x600);
	add(".linux12", 0x300, 0x2100, 0x200, 0x800);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	guest_free(&mem);
	return 0;
}

static void sections_are_found_in_files_and_in_memory(void **state)
{
	struct view out;

	(void)state;
	assert_true(pe_claims(image));
	assert_int_equal(pe_image_version(image), 3);
	assert_fine(pe_section(image, PE_FILE, VIEW(".initrd"), &out));
	assert_ptr_equal(out.at, image.at + 0x600);
	assert_int_equal(out.len, 5);
	assert_fine(pe_section(image, PE_LOADED, VIEW(".initrd"), &out));
	assert_ptr_equal(out.at, image.at + 0x2000);
	assert_fine(pe_section(image, PE_FILE, VIEW(".linux12"), &out));
	assert_int_equal(out.len, 0x200);
	assert_fine(pe_section(image, PE_LOADED, VIEW(".linux12"), &out));
	assert_int_equal(out.len, 0x300);
}

static void others_are_not(void **state)
{
	struct view out;

	(void)state;
	assert_fine(pe_section(image, PE_FILE, VIEW(".linux"), &out));
	assert_int_equal(out.len, 0);
	assert_fine(pe_section(image, PE_FILE, VIEW(".linux123"), &out));
	assert_int_equal(out.len, 0);
}

/* UAPI.5: what stands behind a .profile section belongs to it, and overrides
 * what stands before them all. */
static void profiles_have_sections_of_their_own(void **state)
{
	static const u32 at[][2] = {
		{ 0xa01, 0xa03 }, /* base, .uname of profile 0 */
		{ 0xa02, 0xa04 }, /* .cmdline of profile 1, .uname of base */
		{ 0xa01, 0xa04 }, /* nothing */
	};
	struct view out;

	(void)state;
	add(".cmdline", 1, 0x2801, 1, 0xa01);
	add(".uname", 1, 0x2804, 1, 0xa04);
	add(".profile", 1, 0x2800, 1, 0xa00);
	add(".uname", 1, 0x2803, 1, 0xa03);
	add(".profile", 1, 0x2800, 1, 0xa00);
	add(".cmdline", 1, 0x2802, 1, 0xa02);
	add(".cmdline", 1, 0x2805, 1, 0xa05);
	add(".profile", 1, 0x2800, 1, 0xa00);
	for (u32 i = 0; i < ARRAY_LEN(at); i++) {
		assert_fine(pe_profile_section(image, PE_FILE, i,
					       VIEW(".cmdline"), &out));
		assert_ptr_equal(out.at, image.at + at[i][0]);
		assert_fine(pe_profile_section(image, PE_FILE, i,
					       VIEW(".uname"), &out));
		assert_ptr_equal(out.at, image.at + at[i][1]);
	}
	assert_fine(pe_section(image, PE_LOADED, VIEW(".uname"), &out));
	assert_ptr_equal(out.at, image.at + 0x2803);
	assert_why(pe_profile_section(image, PE_FILE, 3, VIEW(".linux"), &out),
		   "the image does not have that profile");
}

static void sections_of_one_name_are_counted_profile_first(void **state)
{
	static const u32 at[] = { 0xa03, 0xa04, 0xa01, 0xa02 };
	struct pe_profile first, second;
	struct view out;

	(void)state;
	add(".dtbauto", 1, 0x2801, 1, 0xa01);
	add(".dtbauto", 1, 0x2802, 1, 0xa02);
	add(".profile", 1, 0x2800, 1, 0xa00);
	add(".profile", 1, 0x2800, 1, 0xa00);
	add(".dtbauto", 1, 0x2803, 1, 0xa03);
	add(".dtbauto", 1, 0x2804, 1, 0xa04);
	assert_fine(pe_open(image, PE_FILE, 0, &first));
	assert_fine(pe_open(image, PE_FILE, 1, &second));
	for (u32 i = 0; i < ARRAY_LEN(at); i++) {
		assert_fine(pe_find(&second, VIEW(".dtbauto"), i, &out));
		assert_ptr_equal(out.at, image.at + at[i]);
	}
	assert_fine(pe_find(&second, VIEW(".dtbauto"), 4, &out));
	assert_int_equal(out.len, 0);
	assert_fine(pe_find(&first, VIEW(".dtbauto"), 1, &out));
	assert_ptr_equal(out.at, image.at + 0xa02);
}

static void the_first_section_of_a_name_counts(void **state)
{
	struct view out;

	(void)state;
	add(".initrd", 1, 0x2801, 1, 0xa01);
	assert_fine(pe_section(image, PE_FILE, VIEW(".initrd"), &out));
	assert_int_equal(out.len, 5);
	assert_fine(
		pe_profile_section(image, PE_FILE, 0, VIEW(".initrd"), &out));
	assert_why(pe_profile_section(image, PE_FILE, 1, VIEW(".initrd"), &out),
		   "the image does not have that profile");
}

static void a_name_amid_a_header_is_none(void **state)
{
	const u32 linux_name[2] = { 0x6e696c2e, 0x7875 }; /* ".linux" */
	struct view out;

	(void)state;
	add(".odd", linux_name[0], linux_name[1], 0x200, 0x800);
	assert_fine(pe_section(image, PE_FILE, VIEW(".linux"), &out));
	assert_int_equal(out.len, 0);
	add(".linux", 7, 0x2200, 0x200, 0xa00);
	assert_fine(pe_section(image, PE_FILE, VIEW(".linux"), &out));
	assert_ptr_equal(out.at, image.at + 0xa00);
	assert_int_equal(out.len, 7);
}

static void places_are_told_of_a_beginning(void **state)
{
	struct view beginning = image;
	u64 at = 0, len = 0;

	(void)state;
	add(".far", 0x300, 0x2800, 0x200, 0x10000000);
	beginning.len = TABLE_AT + 4 * sizeof(struct pe_section);
	assert_true(pe_place(beginning, VIEW(".far"), &at, &len));
	assert_int_equal(at, 0x10000000);
	assert_int_equal(len, 0x200);
	assert_false(pe_place(beginning, VIEW(".linux"), &at, &len));
	beginning.len--;
	assert_false(pe_place(beginning, VIEW(".far"), &at, &len));
	beginning.len = 1;
	assert_false(pe_place(beginning, VIEW(".initrd"), &at, &len));
}

static void sections_outside_of_the_image_are_refused(void **state)
{
	struct view out;

	(void)state;
	add("end", 0x200, IMAGE_LEN - 0x200, 0x200, IMAGE_LEN - 0x200);
	add("past", 0x201, IMAGE_LEN - 0x200, 0x201, IMAGE_LEN - 0x200);
	add("far", 1, 0xffffffff, 1, 0xffffffff);
	add("head", 1, 0x3ff, 1, 0x3ff);
	add("empty", 0, 0xffffffff, 1, 0xffffffff);
	assert_fine(pe_section(image, PE_FILE, VIEW("end"), &out));
	assert_int_equal(out.len, 0x200);
	assert_fine(pe_section(image, PE_FILE, VIEW("empty"), &out));
	assert_int_equal(out.len, 0);
	for (u32 form = PE_FILE; form <= PE_LOADED; form++) {
		assert_why(pe_section(image, form, VIEW("past"), &out),
			   "the section past goes up to 0x3001, and the image "
			   "ends at 0x3000: is it cut off?");
		assert_says(pe_section(image, form, VIEW("far"), &out),
			    "the section far goes up to 0x");
		assert_why(pe_section(image, form, VIEW("head"), &out),
			   "the section head lies in the image's headers");
		assert_int_equal(out.len, 0);
	}
}

static void headers_are_not_shorter_than_they_are(void **state)
{
	struct view out;
	phys end = TABLE_AT + 5 * sizeof(struct pe_section);

	(void)state;
	put32(&mem, OPTIONAL_AT + 60, 0);
	add("head", 1, (u32)end - 1, 1, (u32)end - 1);
	add("behind", 1, (u32)end, 1, (u32)end);
	assert_why(pe_section(image, PE_FILE, VIEW("head"), &out),
		   "the section head lies in the image's headers");
	assert_fine(pe_section(image, PE_FILE, VIEW("behind"), &out));
	assert_int_equal(out.len, 1);
}

static void sections_are_given_one_after_the_other(void **state)
{
	struct view name, out;

	(void)state;
	add("one", 0x200, 0x400, 0x200, 0x400);
	add("past", 0x201, IMAGE_LEN - 0x200, 0x201, IMAGE_LEN - 0x200);
	for (u32 i = 0; pe_each_section(image, PE_FILE, i, &name, &out); i++)
		if (view_equal(name, VIEW("one")))
			assert_int_equal(out.len, 0x200);
		else if (view_equal(name, VIEW("past")))
			assert_int_equal(out.len, 0);
	assert_false(pe_each_section(image, PE_FILE, 96, &name, &out));
	out = (struct view){ image.at, OPTIONAL_AT + 240 };
	assert_int_equal(pe_trim(out).len, out.len);
}

static void what_is_behind_an_image_is_cut_off(void **state)
{
	phys places = OPTIONAL_AT + PE_CERTIFICATES_AT;
	struct view other = VIEW("MZ");

	(void)state;
	put32(&mem, OPTIONAL_AT + PE_DIRECTORIES_AT, PE_CERTIFICATES);
	assert_int_equal(pe_trim(image).len, 0xa00);
	assert_false(pe_is_signed(image));
	assert_false(pe_is_signed(other));
	put32(&mem, places, 0xb00);
	put32(&mem, places + 4, 0x123);
	assert_int_equal(pe_trim(image).len, 0xa00);
	put32(&mem, OPTIONAL_AT + PE_DIRECTORIES_AT, PE_CERTIFICATES + 1);
	assert_int_equal(pe_trim(image).len, 0xc23);
	assert_true(pe_is_signed(image));
	put32(&mem, places + 4, 0xffffffff);
	assert_int_equal(pe_trim(image).len, IMAGE_LEN);
	assert_int_equal(pe_trim(other).len, 2);
}

static void tables_of_sections_are_bounded(void **state)
{
	struct view out;
	phys nr_at = HEAD_AT + offsetof(struct pe_header, nr_sections);

	(void)state;
	put16(&mem, nr_at, PE_SECTIONS_MAX + 1);
	assert_why(pe_section(image, PE_FILE, VIEW("x"), &out),
		   "the image has too many sections");
	put16(&mem, nr_at, 3);
	image.len = TABLE_AT + 3 * sizeof(struct pe_section) - 1;
	assert_why(pe_section(image, PE_FILE, VIEW("x"), &out),
		   "the image's table of sections passes its end");
}

static void each_broken_header_is_none(void **state)
{
	static const struct {
		phys at;
		u16 value;
	} broken[] = {
		{ 0, 0x4d5a },
		{ PE_POINTER_AT, 0xfff0 },
		{ HEAD_AT, 0x4551 },
		{ HEAD_AT + 4, 0xaa64 },
		{ HEAD_AT + 20, sizeof(struct pe_optional) - 1 },
		{ OPTIONAL_AT, 0x10b },
	};
	struct view out;
	u16 good = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(broken); i++) {
		assert_true(mem_read(&mem, broken[i].at, &good, 2));
		put16(&mem, broken[i].at, broken[i].value);
		assert_false(pe_claims(image));
		assert_int_equal(pe_image_version(image), 0);
		assert_why(pe_section(image, PE_FILE, VIEW(".text"), &out),
			   "the image's PE headers are damaged");
		put16(&mem, broken[i].at, good);
		assert_true(pe_claims(image));
	}
	put16(&mem, OPTIONAL_AT + 68, 11);
	assert_false(pe_claims(image));
	for (u64 len = 0; len < OPTIONAL_AT + sizeof(struct pe_optional); len++)
		assert_false(pe_claims((struct view){ image.at, len }));
}

/* An entry point whose bytes sum up to 0. */
static void put_entry(phys at, const char *anchor, u8 len_at, u8 len)
{
	u8 sum = 0, byte = 0;

	for (u8 i = 0; i < len; i++)
		put(&mem, at + i, "", 1);
	put(&mem, at, anchor, strlen(anchor));
	put(&mem, at + len_at, (u8[]){ len, 2, 8 }, 3);
	for (u8 i = 0; i < len; i++) {
		assert_true(mem_read(&mem, at + i, &byte, 1));
		sum = (u8)(sum + byte);
	}
	sum = (u8)-sum;
	put(&mem, at + len - 1, &sum, 1);
}

static void smbios_is_told_with_its_version(void **state)
{
	u8 out[SMBIOS_TOLD_MAX];

	(void)state;
	put_entry(0x1000, "_SM_", 5, 31);
	assert_int_equal(smbios_put(&mem, 0x1000, out), 39);
	assert_memory_equal(out, "\2\10\0\0\0\0\0\0_SM_", 12);
	put_entry(0x1000, "_SM3_", 6, 24);
	assert_int_equal(smbios_put(&mem, 0x1000, out), 32);
	assert_memory_equal(out, "\2\10\0\0\0\0\0\0_SM3_", 13);
	put(&mem, 0x1000 + 20, "x", 1);
	assert_int_equal(smbios_put(&mem, 0x1000, out), 0);
}

static void no_smbios_is_told_of_what_is_none(void **state)
{
	u8 out[SMBIOS_TOLD_MAX];

	(void)state;
	assert_int_equal(smbios_put(&mem, 0, out), 0);
	assert_int_equal(smbios_put(&mem, 0x1000, out), 0);
	put_entry(0x1000, "_SM_", 5, 23);
	assert_int_equal(smbios_put(&mem, 0x1000, out), 0);
	put_entry(0x1000, "_SM_", 5, 33);
	assert_int_equal(smbios_put(&mem, 0x1000, out), 0);
	put_entry(IMAGE_LEN - 31, "_SM_", 5, 31);
	assert_int_equal(smbios_put(&mem, IMAGE_LEN - 31, out), 39);
	assert_int_equal(smbios_put(&mem, IMAGE_LEN - 20, out), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sections_are_found_in_files_and_in_memory),
		TEST(others_are_not),
		TEST(profiles_have_sections_of_their_own),
		TEST(sections_of_one_name_are_counted_profile_first),
		TEST(the_first_section_of_a_name_counts),
		TEST(a_name_amid_a_header_is_none),
		TEST(places_are_told_of_a_beginning),
		TEST(sections_outside_of_the_image_are_refused),
		TEST(headers_are_not_shorter_than_they_are),
		TEST(sections_are_given_one_after_the_other),
		TEST(what_is_behind_an_image_is_cut_off),
		TEST(tables_of_sections_are_bounded),
		TEST(each_broken_header_is_none),
		TEST(smbios_is_told_with_its_version),
		TEST(no_smbios_is_told_of_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
