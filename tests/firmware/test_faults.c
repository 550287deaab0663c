// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole boots of gangway.efi on a firmware that fails once: in each of its
 * calls, in each of some ways. Whatever fails, nothing is started that nobody
 * vouches for, and what goes back to the caller leaves nothing behind.
 */
#include <bearssl/bearssl_hash.h>

#include "bzimage_file.h"
#include "http_server.h"
#include "initrd_path.h"
#include "pxe.h"

#define MAX_CALLS 4096
#define LINUX_LEN (3u * 512)

static u8 kernel[KERNEL_LEN], module[5000], application[2048];
static u8 linux_file[(BZIMAGE_SECTS + 1) * 512 + LINUX_LEN];
static char listed[80];
static const char *words; /* of the image, if nothing fails; or NULL */

/* ---- files -----------------------------------------------------------------
 */

static void make_application(bool is_signed)
{
	memset(application, 0, sizeof(application));
	put_headers(application);
	put_section(application, ".text", 1024, 1024);
	if (is_signed)
		memcpy(application + sizeof(application) - 6, "signed", 6);
}

/* What sha256sum writes of the kernel. */
static void list_kernel(void)
{
	br_sha256_context context;
	u8 hash[br_sha256_SIZE];

	br_sha256_init(&context);
	br_sha256_update(&context, kernel, sizeof(kernel));
	br_sha256_out(&context, hash);
	for (u32 i = 0; i < sizeof(hash); i++)
		snprintf(listed + 2 * i, 3, "%02x", hash[i]);
	strcat(listed, "  k\n");
}

static void put_addon(u8 out[2048], const char *line)
{
	put_headers(out);
	put_section(out, ".cmdline", 1024, 4);
	memcpy(out + 1024, line, 4);
}

/* With a stub that asks for its initrd. */
static void make_linux(void)
{
	struct pe_optional optional;
	u64 at = 64 + sizeof(struct pe_header);

	bzimage_write(linux_file, bzimage_header(0x20f), LINUX_LEN);
	put_headers(linux_file);
	memcpy(&optional, linux_file + at, sizeof(optional));
	optional.major_image_version = 1;
	memcpy(linux_file + at, &optional, sizeof(optional));
}

/* ---- the ways to boot
 * -------------------------------------------------------- */

static void by_entry(void)
{
	add_text("loader\\entries\\a.conf",
		 "linux /k\nmodule /m x y\noptions a b\n");
	add_file("k", kernel, sizeof(kernel));
	add_file("m", module, sizeof(module));
}

static void by_words(void)
{
	played.options = "kernel=\\k module=\\m,x y";
	add_file("k", kernel, sizeof(kernel));
	add_file("m", module, sizeof(module));
}

static void packed(void)
{
	pack(".linux", kernel, sizeof(kernel));
}

static void packed_and_secure(void)
{
	packed();
	played.is_secure = true;
}

static void not_listed(void)
{
	by_entry();
	played.is_secure = true;
}

static void in_the_list(void)
{
	list_kernel();
	pack(".hashes", listed, strlen(listed));
	add_text("loader\\entries\\a.conf", "linux /k\n");
	add_file("k", kernel, sizeof(kernel));
	played.is_secure = true;
}

static void application_of(bool is_signed)
{
	make_application(is_signed);
	add_text("loader\\entries\\a.conf", "efi /app\ninitrd /m\noptions x\n");
	add_file("app", application, sizeof(application));
	add_file("m", module, sizeof(module));
	played.is_secure = true;
}

static void signed_application(void)
{
	application_of(true);
}

static void unsigned_application(void)
{
	application_of(false);
}

static void with_a_seed(void)
{
	signed_application();
	add_text("loader\\random-seed", "what is left of the last boot's");
	played.has_random = true;
}

/* By gangway's caller, who wants it back in its place. */
static EFI_STATUS EFIAPI offer(void *self, void *path, BOOLEAN is_boot,
			       UINTN *size, void *buffer)
{
	(void)self, (void)path, (void)is_boot, (void)buffer;
	*size = 1;
	return EFI_BUFFER_TOO_SMALL;
}

static void offer_initrd(void)
{
	static struct {
		void *load_file;
	} file = { (void *)offer };
	EFI_GUID guid = LOAD_FILE2_GUID;

	played_add_protocol(played_device(), guid, &file);
}

static void offered_initrd(void)
{
	make_application(true);
	played.options = "kernel=\\app initrd=\\m";
	add_file("app", application, sizeof(application));
	add_file("m", module, sizeof(module));
	played.equip = offer_initrd;
}

/* With addons, one of which nobody has signed, and what else a stub takes. */
static void as_a_stub(void)
{
	static u8 good[2048], evil[2048];

	put_addon(good, "good");
	memcpy(good + sizeof(good) - 6, "signed", 6);
	put_addon(evil, "evil");
	words = "packed good";
	pack(".linux", linux_file, sizeof(linux_file));
	pack(".initrd", module, sizeof(module));
	pack(".cmdline", "packed", 6);
	pack(".osrel", "ID=test\n", 8);
	add_file("loader\\addons\\a.addon.efi", good, sizeof(good));
	add_file("loader\\addons\\b.addon.efi", evil, sizeof(evil));
	add_text("loader\\credentials\\c.cred", "secret");
	add_text("loader\\extensions\\s.raw", "system");
	add_text("loader\\extensions\\t.confext.raw", "configuration");
	played.is_secure = true;
}

static void two_entries(void)
{
	add_text("loader\\entries\\a+3.conf",
		 "sort-key t\nversion 2\nlinux /gone\n");
	add_text("loader\\entries\\b+3.conf",
		 "sort-key t\nversion 1\nlinux /k\n");
	add_file("k", kernel, sizeof(kernel));
}

static void by_pxe(void)
{
	pxe_boot_of("gangway.efi");
	add_text("loader/loader.conf", "default a.conf\n");
	add_text("loader/entries/a.conf", "linux /k\nmodule /m x\n");
	add_file("k", kernel, sizeof(kernel));
	add_file("m", module, sizeof(module));
}

static void by_http(void)
{
	http_boot_from(
		(struct http_server){ .url = "http://" HTTP_HOST "/g.efi" });
	add_text("/loader/loader.conf", "default a.conf\n");
	add_text("/loader/entries/a.conf", "linux /k\nmodule /m x\n");
	add_file("/k", kernel, sizeof(kernel));
	add_file("/m", module, sizeof(module));
}

static const struct way {
	const char *name;
	void (*prepare)(void);
	enum ending_of_boot wanted; /* where nothing fails */
	bool may_leave, may_start;  /* for a kernel, an image */
} ways[] = {
	{ "entry", by_entry, LEFT, true, false },
	{ "words", by_words, LEFT, true, false },
	{ "packed", packed, LEFT, true, false },
	{ "packed, secure", packed_and_secure, LEFT, true, false },
	{ "not listed", not_listed, CAME_BACK, false, false },
	{ "listed", in_the_list, LEFT, true, false },
	{ "signed", signed_application, RAN_IMAGE, false, true },
	{ "seed", with_a_seed, RAN_IMAGE, false, true },
	{ "offered", offered_initrd, RAN_IMAGE, false, true },
	{ "stub", as_a_stub, RAN_IMAGE, false, true },
	{ "unsigned", unsigned_application, CAME_BACK, false, false },
	{ "two entries", two_entries, LEFT, true, false },
	{ "PXE", by_pxe, LEFT, true, false },
	{ "HTTP", by_http, LEFT, true, false },
};

static const struct fault {
	EFI_STATUS status;
	bool is_short;
} faults[] = {
	{ EFI_DEVICE_ERROR, false }, { EFI_OUT_OF_RESOURCES, false },
	{ EFI_NOT_FOUND, false },    { EFI_BUFFER_TOO_SMALL, false },
	{ EFI_DEVICE_ERROR, true },
};

/* ---- running
 * ------------------------------------------------------------------ */

struct
try {
	const struct way *way;
	const struct fault *fault;
	u64 at;
};

static void prepare(const void *context)
{
	const struct try *try = context;

	try->way->prepare();
	played.failing = try->at;
	played.how_it_fails = try->fault->status;
	played.is_short = try->fault->is_short;
}

static bool is_right(const void *context, enum ending_of_boot how)
{
	const struct try *try = context;
	const struct way *way = try->way;

	if (!try->at && how != way->wanted)
		return false;
	if (how == LEFT)
		return way->may_leave;
	if (played.has_started && !(way->may_start && played.is_trusted))
		return false;
	if (strstr(played.words, "evil"))
		return false;
	if (!try->at && words && strcmp(played.words, words))
		return false;
	if (how == FAILED_LATE)
		return true;
	return played.status && has_left_nothing();
}

static bool boot_once(const struct way *way, const struct fault *fault, u64 at,
		      u64 *calls)
{
	struct try try = { way, fault, at };
	bool is_fine = boot_apart(prepare, is_right, &try, calls);

	if (!is_fine)
		fprintf(stderr, "%s, call %llu\n", way->name,
			(unsigned long long)at);
	return is_fine;
}

static void test_boots_without_a_fault(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(ways); i++)
		assert_true(boot_once(&ways[i], &faults[0], 0, NULL));
}

static void test_one_call_fails(void **state)
{
	u64 nr_boots = 0, nr_bad = 0;

	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(ways); i++) {
		u64 calls = 0;

		assert_true(boot_once(&ways[i], &faults[0], 0, &calls));
		assert_true(calls >= 20 && calls <= MAX_CALLS);
		for (u32 k = 0; k < ARRAY_LEN(faults); k++)
			for (u64 at = 1; at <= calls; at++, nr_boots++)
				nr_bad += !boot_once(&ways[i], &faults[k], at,
						     NULL);
	}
	printf("%llu boots with a fault, %llu of them wrong\n",
	       (unsigned long long)nr_boots, (unsigned long long)nr_bad);
	assert_true(nr_boots >= 1000);
	assert_int_equal(nr_bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boots_without_a_fault),
		cmocka_unit_test(test_one_call_fails),
	};

	put_kernel(kernel);
	make_linux();
	memset(module, 'm', sizeof(module));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
