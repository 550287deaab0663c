// SPDX-License-Identifier: BSD-2-Clause
/*
 * bls/words.c and bls/version.c: words that name files, and what is newer.
 */
#include "guest.h"

#include "version.h"
#include "words.h"

static struct view view(const char *string)
{
	return (struct view){ (const u8 *)string, strlen(string) };
}

static void words_name_files(void **state)
{
	struct view line = VIEW("a kernel=\\x\\y initrd=/i b \"module=m,a b\" "
				"module=\"n\" module=o,p,q initrd= c");
	static const struct {
		const char *path, *line;
		bool is_kernel;
	} files[] = {
		{ "\\x\\y", "", true }, { "/i", "", false },
		{ "m", "a b", false },	{ "n", "", false },
		{ "o", "p,q", false },	{ "", "", false },
	};
	struct named_file file;

	(void)state;
	assert_int_equal(words_kernels(line), 1);
	for (u32 i = 0; i < ARRAY_LEN(files); i++) {
		assert_true(words_next_file(&line, &file));
		assert_view(file.path, files[i].path);
		assert_view(file.line, files[i].line);
		assert_int_equal(file.is_kernel, files[i].is_kernel);
	}
	assert_false(words_next_file(&line, &file));
}

static void other_words_are_left(void **state)
{
	char out[32] = { 0 };
	struct view line = VIEW(" a  kernel=k \"b c\" initrd=i  d ");
	u64 len = words_without_files(line, out, sizeof(out));

	(void)state;
	assert_int_equal(len, 9);
	assert_string_equal(out, "a \"b c\" d");
	assert_int_equal(words_without_files(line, out, 0), 9);
	assert_int_equal(words_without_files(VIEW("kernel=k"), out, 4), 0);
	assert_int_equal(words_kernels(VIEW("initrd=i module=m")), 0);
	assert_int_equal(words_kernels(VIEW("mykernel=i kernel")), 0);
	assert_int_equal(words_kernels(VIEW("")), 0);
}

static void a_second_kernel_is_counted(void **state)
{
	(void)state;
	assert_int_equal(words_kernels(VIEW("kernel=a x \"kernel=b\"")), 2);
}

static void a_profile_is_a_number(void **state)
{
	static const char *const none[] = { "",	   "@",	  "1",	    "@x", "@1x",
					    "@-1", "x@1", "@12345", "@ 1" };
	u32 profile = 7;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(none); i++)
		assert_false(words_profile(view(none[i]), &profile));
	assert_int_equal(profile, 7);
	assert_true(words_profile(VIEW("@0"), &profile));
	assert_int_equal(profile, 0);
	assert_true(words_profile(VIEW("@9999"), &profile));
	assert_int_equal(profile, 9999);
}

static void room_for_other_words_is_kept(void **state)
{
	char out[] = "....";

	(void)state;
	assert_int_equal(words_without_files(VIEW("ab cd"), out, 3), 5);
	assert_memory_equal(out, "ab .", sizeof(out));
}

/* The examples of UAPI.10, and what they leave open, each older than the
 * next. A number goes before letters even if it is 0, as systemd has it, where
 * the specification's text takes no digits for 0. */
static void versions_have_an_order(void **state)
{
	static const char *const older[][2] = {
		{ "~", "" },
		{ "~1", "" },
		{ "~", "0" },
		{ "", "0" },
		{ "0", "0." },
		{ "0", "0.0" },
		{ "bar-123", "foo-123" },
		{ "123", "123a" },
		{ "123", "123.a" },
		{ "123.a", "123.b" },
		{ "123.a", "123a" },
		{ "1_", "1.2" },
		{ "1.3.3", "1_2_3" },
		{ "1+", "1.2" },
		{ "1.3.3", "1+2+3" },
		{ "6.1.rc1", "6.1.0" },
		{ "122.1", "123~rc1-1" },
		{ "123~rc1-1", "123" },
		{ "123", "123-a" },
		{ "123-a", "123-a.1" },
		{ "123-a.1", "123-1" },
		{ "123-1", "123-1.1" },
		{ "123-1.1", "123^post1" },
		{ "123^post1", "123.a-1" },
		{ "123.a-1", "123.1-1" },
		{ "123.1-1", "123a-1" },
		{ "123a-1", "124-1" },
		{ "9", "10" },
		{ "6.9", "6.10" },
		{ "6.10~rc1", "6.10" },
		{ "a", "b" },
		{ "B", "a" },
		{ "a", "aa" },
		{ "1.0", "1.0.1" },
		{ "5.10-3", "5.10-20" },
		{ "linux-6.1", "linux-6.12" },
		{ "99999999999999999999998", "99999999999999999999999" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(older); i++) {
		struct view a = view(older[i][0]), b = view(older[i][1]);

		assert_true(version_compare(a, b) < 0);
		assert_true(version_compare(b, a) > 0);
		assert_int_equal(version_compare(a, a), 0);
	}
}

static void some_versions_are_equal(void **state)
{
	static const char *const equal[][2] = {
		{ "", "" },
		{ "1_0", "1 0" },
		{ "001", "1" },
		{ "a+b", "a_b" },
		{ "x!", "x" },
		{ "~~", "~~" },
		{ "1.00", "1.0" },
		{ "1_", "1" },
		{ "_1", "1" },
		{ "+1", "1" },
		{ "11\316\261", "11\316\262" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(equal); i++)
		assert_int_equal(
			version_compare(view(equal[i][0]), view(equal[i][1])),
			0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_name_files),
		cmocka_unit_test(other_words_are_left),
		cmocka_unit_test(a_second_kernel_is_counted),
		cmocka_unit_test(a_profile_is_a_number),
		cmocka_unit_test(room_for_other_words_is_kept),
		cmocka_unit_test(versions_have_an_order),
		cmocka_unit_test(some_versions_are_equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
