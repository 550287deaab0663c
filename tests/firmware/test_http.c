// SPDX-License-Identifier: BSD-2-Clause
/*
 * gangway.efi, loaded by UEFI HTTP Boot: which URLs it asks for, and what it
 * says of a server that does not give what it should.
 */
#include "http_server.h"

#define FOLDER "http://" HTTP_HOST "/x/"
#define OWN    FOLDER "g.efi"

static u8 kernel[KERNEL_LEN];
static u8 module[3 << 20];

struct
try {
	struct http_server server;
	const char *options, *conf, *entry; /* their content, or NULL */
	const char *kernel;		    /* its path on the server */
	const char *said;		    /* NULL: the kernel is started */
};

static void prepare(const void *context)
{
	const struct try *try = context;

	http_boot_from(try->server);
	played.options = try->options ? try->options : "";
	if (try->conf)
		add_text("/x/loader/loader.conf", try->conf);
	if (try->entry)
		add_text("/x/loader/entries/a.conf", try->entry);
	if (try->kernel)
		add_file(try->kernel, kernel, sizeof(kernel));
	add_file("/x/m", module, sizeof(module));
	add_file("/x/empty", module, 0);
}

/* An application, as a manager would give it a random seed. */
static void prepare_application(const void *context)
{
	static u8 file[2048];

	prepare(context);
	put_headers(file);
	put_section(file, ".text", 1024, 1024);
	add_file("/x/app", file, sizeof(file));
}

static bool is_right(const void *context, enum ending_of_boot how)
{
	const struct try *try = context;

	if (!try->said)
		return how == LEFT || how == RAN_IMAGE;
	return how == CAME_BACK && played.status && has_left_nothing() &&
	       strstr(played.said, try->said);
}

static void assert_all(const struct try *tries, u64 nr)
{
	for (u64 i = 0; i < nr; i++)
		if (!boot_apart(prepare, is_right, &tries[i], NULL))
			fail_msg("try %lu", i);
}

static void files_are_beside_gangways_own(void **state)
{
	static const char top[] = "http://" HTTP_HOST "/g.efi";
	static const char query[] = OWN "?a=/b", fragment[] = OWN "#/c";
	static const char names[] = "\"kernel=a b%.efi\"";
	static const char conf[] = "default a.conf\n";
	static const char entry[] = "linux /k\nmodule /m\n";
	static const struct try tries[] = {
		{ { .url = OWN }, "kernel=k", 0, 0, "/x/k", 0 },
		{ { .url = OWN }, "kernel=\\k module=/m", 0, 0, "/x/k", 0 },
		{ { .url = OWN }, "kernel=/y\\k", 0, 0, "/x/y/k", 0 },
		{ { .url = query }, "kernel=k", 0, 0, "/x/k", 0 },
		{ { .url = fragment }, "kernel=k", 0, 0, "/x/k", 0 },
		{ { .url = top }, "kernel=k", 0, 0, "/k", 0 },
		{ { .url = OWN }, names, 0, 0, "/x/a%20b%25.efi", 0 },
		{ { .url = OWN }, 0, conf, entry, "/x/k", 0 },
		{ { .url = OWN }, 0, 0, entry, "/x/k", "names no entry" },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

static void the_address_is_that_of_the_device_path(void **state)
{
	struct try try = { { .url = OWN }, "kernel=k", 0, 0, "/x/k", 0 };

	(void)state;
	try.server.is_ipv6 = true;
	assert_true(boot_apart(prepare, is_right, &try, NULL));
	try.server.is_ipv6 = false;
	try.server.is_node_short = true;
	assert_true(boot_apart(prepare, is_right, &try, NULL));
}

static void a_server_that_gives_no_file_is_said(void **state)
{
	static const struct {
		enum http_fault fault;
		u32 status;
		const char *said;
	} faults[] = {
		{ REFUSES, 21, "HTTP status 404 of " FOLDER "k\n" },
		{ REFUSES, 35, "HTTP status 500 of " FOLDER "k\n" },
		{ REFUSES, 11, "the server does not give the file" },
		{ REFUSES, 999, "no HTTP status of " FOLDER "k\n" },
		{ NO_BINDING, 0, "the firmware does not speak HTTP" },
		{ NEVER_ANSWERS, 0, "the server cannot be reached" },
		{ NO_SIZE, 0, "does not tell the file's size" },
		{ ODD_SIZE, 0, "does not tell the file's size" },
		{ TOO_MANY_DIGITS, 0, "does not tell the file's size" },
		{ BREAKS_OFF, 0, "the download breaks off" },
		{ STOPS, 0, "the download breaks off" },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(faults); i++) {
		struct try try = {
			.server = { .url = OWN,
				    .fault = faults[i].fault,
				    .status = faults[i].status },
			.options = "kernel=k",
			.kernel = "/x/k",
			.said = faults[i].said,
		};

		if (!boot_apart(prepare, is_right, &try, NULL))
			fail_msg("%s", faults[i].said);
	}
}

static void what_is_not_there_is_said(void **state)
{
	static const char host[] = "http://" HTTP_HOST;
	static const char other[] = "ftp://" HTTP_HOST "/g.efi";
	static const struct try tries[] = {
		{ { .url = OWN }, "kernel=k", 0, 0, 0, "HTTP status 404" },
		{ { .url = OWN }, "kernel=empty", 0, 0, 0, "file is empty" },
		{ { .url = host },
		  "kernel=k",
		  0,
		  0,
		  "/k",
		  "there is no such file" },
		{ { .url = other },
		  "kernel=k",
		  0,
		  0,
		  "/k",
		  "there is no such file" },
		{ { .url = "" }, 0, 0, 0, "/k", "not loaded from a file" },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

static void no_seed_is_asked_for(void **state)
{
	struct try try = { { .url = OWN }, 0, "default a.conf\n",
			   "efi /app\n",   0, 0 };

	(void)state;
	assert_true(boot_apart(prepare_application, is_right, &try, NULL));
}

static char long_options[2000];

static void a_url_that_is_too_long_is_said(void **state)
{
	struct try try = { { .url = OWN },	  long_options, 0, 0, 0,
			   "no file of that name" };

	(void)state;
	strcpy(long_options, "kernel=");
	memset(long_options + 7, '%', 400);
	assert_true(boot_apart(prepare, is_right, &try, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_beside_gangways_own),
		cmocka_unit_test(the_address_is_that_of_the_device_path),
		cmocka_unit_test(a_server_that_gives_no_file_is_said),
		cmocka_unit_test(what_is_not_there_is_said),
		cmocka_unit_test(no_seed_is_asked_for),
		cmocka_unit_test(a_url_that_is_too_long_is_said),
	};

	put_kernel(kernel);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
