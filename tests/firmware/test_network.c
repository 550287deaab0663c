// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway.efi, loaded by PXE: which server it takes, which files, and what it
 * says where something is missing.
 */
#include "pxe.h"

static u8 kernel[KERNEL_LEN];

struct
try {
	struct pxe pxe;
	const char *options, *conf, *entry; /* their content, or NULL */
	const char *kernel;		    /* its path on the server */
	const char *said;		    /* NULL: the kernel is started */
};

static void prepare(const void *context)
{
	const struct try *try = context;

	pxe_boot_of("");
	pxe = try->pxe;
	played.options = try->options ? try->options : "";
	if (try->conf)
		add_text("x/loader/loader.conf", try->conf);
	if (try->entry)
		add_text("x/loader/entries/a.conf", try->entry);
	if (try->kernel)
		add_file(try->kernel, kernel, sizeof(kernel));
}

static bool is_right(const void *context, enum ending_of_boot how)
{
	const struct try *try = context;

	if (!try->said)
		return how == LEFT;
	return how == CAME_BACK && played.status && has_left_nothing() &&
	       strstr(played.said, try->said);
}

static void assert_all(const struct try *tries, u64 nr)
{
	for (u64 i = 0; i < nr; i++)
		if (!boot_apart(prepare, is_right, &tries[i], NULL))
			fail_msg("try %lu", i);
}

static void files_are_relative_to_gangways_own(void **state)
{
	static const struct try tries[] = {
		{ { .file = "gangway.efi" }, "kernel=k", 0, 0, "k", 0 },
		{ { .file = "x/g.efi" }, "kernel=k", 0, 0, "x/k", 0 },
		{ { .file = "x/g.efi" }, "kernel=\\k", 0, 0, "x/k", 0 },
		{ { .file = "/x/g.efi" }, "kernel=/y\\k", 0, 0, "/x/y/k", 0 },
		{ { .file = "x/g.efi" },
		  "kernel=k",
		  0,
		  0,
		  "k",
		  "not have the file" },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

static void the_server_is_the_one_that_named_the_file(void **state)
{
	static const struct try tries[] = {
		{ { .file = "x/g", .is_option = true },
		  "kernel=k",
		  0,
		  0,
		  "x/k",
		  0 },
		{ { .file = "x/g", .is_proxy = true },
		  "kernel=k",
		  0,
		  0,
		  "x/k",
		  0 },
		{ { .file = "x/g", .is_option = true, .is_proxy = true },
		  "kernel=k",
		  0,
		  0,
		  "x/k",
		  0 },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

static void an_entry_is_named_by_the_configuration(void **state)
{
	static const struct try tries[] = {
		{ { .file = "x/g" },
		  0,
		  "default a.conf\n",
		  "linux /k\noptions a\n",
		  "x/k",
		  0 },
		{ { .file = "x/g" },
		  0,
		  "default a.conf\n",
		  0,
		  "x/k",
		  "names no entry" },
		{ { .file = "x/g" },
		  0,
		  "timeout 3\n",
		  "linux /k\n",
		  "x/k",
		  "names no entry" },
		{ { .file = "x/g" },
		  0,
		  0,
		  "linux /k\n",
		  "x/k",
		  "names no entry" },
		{ { .file = "x/g" },
		  0,
		  "default a.conf\n",
		  "linux /k\n",
		  0,
		  "the file is \"/k\"" },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

static void what_is_missing_is_said(void **state)
{
	static const struct try tries[] = {
		{ { .file = "x/g", .fault = NO_LENGTH },
		  "kernel=k",
		  0,
		  0,
		  "x/k",
		  "does not tell its size" },
		{ { .file = "x/g", .fault = FILE_GROWS },
		  "kernel=k",
		  0,
		  0,
		  "x/k",
		  "cannot be downloaded" },
		{ { .file = "x/g", .fault = FILE_SHRINKS },
		  "kernel=k",
		  0,
		  0,
		  "x/k",
		  "is not what the server" },
		{ { .file = "x/g", .is_ipv6 = true },
		  "kernel=k",
		  0,
		  0,
		  "x/k",
		  "there is no such file" },
		{ { .file = "x/g", .is_stopped = true },
		  0,
		  0,
		  0,
		  "x/k",
		  "not loaded from a file" },
		{ { .file = "" }, 0, 0, 0, "k", "not loaded from a file" },
		{ { .file = "x/g", .is_option = true, .is_option_cut = true },
		  0,
		  0,
		  0,
		  "x/k",
		  "not loaded from a file" },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

static char long_options[700];

static void a_path_that_is_too_long_is_said(void **state)
{
	struct try try = { { .file = "x/g" },	  long_options, 0, 0, 0,
			   "no file of that name" };

	(void)state;
	strcpy(long_options, "kernel=");
	memset(long_options + 7, 'k', 600);
	assert_true(boot_apart(prepare, is_right, &try, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_relative_to_gangways_own),
		cmocka_unit_test(the_server_is_the_one_that_named_the_file),
		cmocka_unit_test(an_entry_is_named_by_the_configuration),
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(a_path_that_is_too_long_is_said),
	};

	put_kernel(kernel);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
