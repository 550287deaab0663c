// SPDX-License-Identifier: BSD-2-Clause
/*
 * bls/bls.c: entries of the Boot Loader Specification and their order.
 */
#include "guest.h"

#include "bls.h"

static const char whole[] = "# comment\n"
			    "title\tDebian\r\n"
			    "sort-key debian\n"
			    "machine-id  4098b3f648d74c13b1f04ccfba7798e8 \n"
			    "version 6.1.0\n"
			    "\n"
			    "\f linux\v  /vmlinuz \f\r\n"
			    "initrd /ucode\n"
			    "options root=/dev/vda1\n"
			    "module /dom0 console=hvc0  x\n"
			    "initrd /initrd\n"
			    "unknown key\n"
			    "profile 2\n"
			    "architecture X64\n"
			    "options\tquiet \n"
			    "devicetree /board.dtb\n"
			    "lonely\n"
			    "options last";

static struct view view(const char *string)
{
	return (struct view){ (const u8 *)string, strlen(string) };
}

static struct bls_entry entry_of(const char *name, const char *text)
{
	struct bls_entry entry;

	assert_true(bls_read(view(name), view(text), &entry));
	return entry;
}

static void an_entry_has_keys_and_files(void **state)
{
	static const struct {
		const char *path, *line;
		bool is_kernel;
	} files[] = {
		{ "/vmlinuz", "", true },
		{ "/ucode", "", false },
		{ "/dom0", "console=hvc0  x", false },
		{ "/initrd", "", false },
		{ "/board.dtb", "", false },
	};
	struct bls_entry entry = entry_of("debian-6.1.conf", whole);
	struct named_file file;
	char line[64] = { 0 };

	(void)state;
	assert_view(entry.name, "debian-6.1");
	assert_view(entry.sort_key, "debian");
	assert_view(entry.version, "6.1.0");
	assert_view(entry.machine_id, "4098b3f648d74c13b1f04ccfba7798e8");
	assert_view(entry.profile, "2");
	assert_false(entry.is_spent);
	assert_int_equal(bls_kernels(entry.text), 1);
	assert_int_equal(bls_kernels(VIEW("linux a\nefi b\nuki c")), 3);
	for (u32 i = 0; i < ARRAY_LEN(files); i++) {
		assert_true(bls_next_file(&entry.text, &file));
		assert_view(file.path, files[i].path);
		assert_view(file.line, files[i].line);
		assert_int_equal(file.is_kernel, files[i].is_kernel);
	}
	assert_false(bls_next_file(&entry.text, &file));
	assert_int_equal(bls_options(view(whole), line, sizeof(line)), 25);
	assert_string_equal(line, "root=/dev/vda1 quiet last");
	assert_int_equal(bls_options(view(whole), NULL, 0), 25);
}

static void overlays_are_seen(void **state)
{
	(void)state;
	assert_true(bls_has_overlay(
		VIEW("linux /x\ndevicetree-overlay /a.dtbo /b.dtbo\n")));
	assert_false(bls_has_overlay(
		VIEW("linux /x\ndevicetree /a.dtb\ndevicetree-overlay\n")));
}

static void what_is_no_entry_for_us_is_left_out(void **state)
{
	static const struct {
		const char *name, *text;
	} cases[] = {
		{ "a.txt", "linux /x" },
		{ ".conf", "linux /x" },
		{ "a.conf", "" },
		{ "a.conf", "title x" },
		{ "a.conf", "linux" },
		{ "a.conf", "#linux /x" },
		{ "a.conf", "linux /x\narchitecture aa64" },
	};
	struct bls_entry entry;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++)
		assert_false(bls_read(view(cases[i].name), view(cases[i].text),
				      &entry));
	assert_true(bls_read(view("A.CONF"), view("efi /x.efi"), &entry));
	assert_true(bls_read(view("a.conf"), view("uki /x.efi"), &entry));
}

static void counters_are_no_part_of_the_name(void **state)
{
	static const struct {
		const char *file, *name;
		bool is_spent;
	} cases[] = {
		{ "a+3.conf", "a", false },	{ "a+3-1.conf", "a", false },
		{ "a+0.conf", "a", true },	{ "a+0-3.conf", "a", true },
		{ "a+00-3.conf", "a", true },	{ "a-3.conf", "a-3", false },
		{ "a+.conf", "a+", false },	{ "a+x.conf", "a+x", false },
		{ "a+-3.conf", "a+-3", false }, { "3.conf", "3", false },
		{ "a+b+0.conf", "a+b", true },	{ "3-1.conf", "3-1", false },
		{ "-3.conf", "-3", false },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		struct view name = view(cases[i].file);
		bool is_spent;

		assert_true(bls_take_suffix(&name, VIEW(".conf"), &is_spent));
		assert_view(name, cases[i].name);
		assert_int_equal(is_spent, cases[i].is_spent);
	}
}

/* Each comes before the next. */
static void entries_have_an_order(void **state)
{
	static const struct {
		const char *name, *text;
	} list[] = {
		{ "z.conf", "linux x\nsort-key a\nmachine-id 1\nversion 6.10" },
		{ "y.conf", "linux x\nsort-key a\nmachine-id 1\nversion 6.9" },
		{ "x.conf", "linux x\nsort-key a\nmachine-id 2\nversion 7" },
		{ "w2.conf", "linux x\nsort-key b" },
		{ "w1.conf", "linux x\nsort-key b" },
		{ "v-10.conf", "linux x\nversion 1" },
		{ "v-9.conf", "linux x\nversion 2" },
		{ "v-11+0.conf", "linux x\nsort-key a" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(list); i++)
		for (u32 k = 0; k < ARRAY_LEN(list); k++) {
			struct bls_entry a =
				entry_of(list[i].name, list[i].text);
			struct bls_entry b =
				entry_of(list[k].name, list[k].text);

			assert_int_equal(bls_is_before(&a, &b), i < k);
		}
}

static struct bls_entry image_of(const char *name, const char *osrel,
				 const char *uname)
{
	struct bls_entry entry = bls_entry_of(view(name), VIEW(""));

	bls_read_release(view(osrel), &entry);
	entry.release = view(uname);
	return entry;
}

static void images_have_keys_in_their_os_release(void **state)
{
	static const struct {
		const char *osrel, *sort_key, *version;
	} cases[] = {
		{ "", "", "" },
		{ "ID=debian\nVERSION_ID=\"12\"\n", "debian", "12" },
		{ "VERSION_ID='12'\r\nID=debian", "debian", "12" },
		{ "ID=a\nIMAGE_ID=b\nIMAGE_VERSION=3\nVERSION_ID=4", "b", "3" },
		{ "# ID=a\nXID=b\nID_LIKE=c\nID\nID=\n VERSION_ID=1", "", "1" },
		{ "ID=\"\nVERSION_ID=\"\"", "\"", "" },
		{ "ID=\"a'", "\"a'", "" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(cases); i++) {
		struct bls_entry entry = image_of("x", cases[i].osrel, "");

		assert_view(entry.sort_key, cases[i].sort_key);
		assert_view(entry.version, cases[i].version);
	}
}

/* Each comes before the next: their names would have it the other way round. */
static void images_have_an_order(void **state)
{
	static const char *const list[][3] = {
		{ "1", "ID=a\nVERSION_ID=10", "6.1" },
		{ "2", "ID=a\nVERSION_ID=9", "6.10" },
		{ "3", "ID=a\nVERSION_ID=9", "6.9" },
		{ "4", "ID=b\nVERSION_ID=11", "7" },
		{ "6", "", "6" },
		{ "5", "", "8" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(list); i++)
		for (u32 k = 0; k < ARRAY_LEN(list); k++) {
			struct bls_entry a =
				image_of(list[i][0], list[i][1], list[i][2]);
			struct bls_entry b =
				image_of(list[k][0], list[k][1], list[k][2]);

			assert_int_equal(bls_is_before(&a, &b), i < k);
		}
}

static void assert_counted(const char *name, const char *wanted)
{
	struct view v = { (const u8 *)name, strlen(name) };
	char out[64] = { 0 };

	assert_int_equal(bls_count(v, out, sizeof(out)), strlen(wanted));
	assert_string_equal(out, wanted);
}

static void test_a_try_is_counted(void **state)
{
	(void)state;
	assert_counted("a+3.conf", "a+2-1.conf");
	assert_counted("a+3-1.conf", "a+2-2.conf");
	assert_counted("a+1-9.EFI", "a+0-10.EFI");
	assert_counted("a+b+007-1.x", "a+b+6-2.x");
	assert_counted("a+0.conf", "");
	assert_counted("a+0-3.conf", "");
	assert_counted("a.conf", "");
	assert_counted("a+x.conf", "");
	assert_counted("a3-1.conf", "");
	assert_counted("a-1.conf", "");
	assert_counted("+3-.conf", "");
	assert_counted("a+3", "");
	assert_counted("a+99999999999.conf", "");
	assert_counted("", "");
}

static void test_value_of_a_key(void **state)
{
	struct view text = VIEW("timeout 3\n# default x\ndefault a\n default  "
				"b*  \nDefault c\n");

	(void)state;
	assert_true(view_equal(bls_value(text, VIEW("default")), VIEW("b*")));
	assert_int_equal(bls_value(text, VIEW("none")).len, 0);
	assert_int_equal(bls_value(VIEW(""), VIEW("x")).len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_try_is_counted),
		cmocka_unit_test(test_value_of_a_key),
		cmocka_unit_test(an_entry_has_keys_and_files),
		cmocka_unit_test(overlays_are_seen),
		cmocka_unit_test(what_is_no_entry_for_us_is_left_out),
		cmocka_unit_test(counters_are_no_part_of_the_name),
		cmocka_unit_test(entries_have_an_order),
		cmocka_unit_test(images_have_keys_in_their_os_release),
		cmocka_unit_test(images_have_an_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
