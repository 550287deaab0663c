// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole boots of gangway.efi on a firmware that fails once: in each of its
 * calls, in each of some ways. Whatever fails, nothing is started that nobody
 * vouches for, and what goes back to the caller leaves nothing behind.
 */
#include <bearssl/bearssl_hash.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "pe.h"
#include "played.h"

#define LINK_AT	   0x20400000u /* in the played RAM */
#define KERNEL_LEN 4096u
#define MAX_CALLS  4096
#define OK	   42 /* what a boot says to its parent that was right */

#define MB1_MAGIC     0x1badb002u
#define MB1_ADDRESSES (1u << 16)

static u8 kernel[KERNEL_LEN], module[5000], application[2048], image[16384];
static char listed[80];

/* ---- files -----------------------------------------------------------------
 */

static void make_kernel(void)
{
	u32 header[] = {
		MB1_MAGIC, MB1_ADDRESSES, 0u - MB1_MAGIC - MB1_ADDRESSES,
		LINK_AT,   LINK_AT,	  0,
		0,	   LINK_AT + 64
	};

	memset(kernel, 0x90, sizeof(kernel));
	memcpy(kernel, header, sizeof(header));
	memset(module, 'm', sizeof(module));
}

/* Headers of an image with one section, whose content is where it will be. */
static void put_headers(u8 *out, const char *name, u32 at, u32 len, u32 raw_at)
{
	u16 dos = PE_DOS_MAGIC;
	u32 pe_at = 64;
	struct pe_header head = { .magic = PE_MAGIC,
				  .machine = PE_AMD64,
				  .nr_sections = 1,
				  .optional_len = 240 };
	struct pe_optional optional = { .magic = PE_PLUS,
					.size_of_headers = 1024,
					.subsystem = PE_APPLICATION };
	struct pe_section section = { .virtual_size = len,
				      .virtual_address = at,
				      .raw_size = len,
				      .raw_at = raw_at };

	memcpy(out, &dos, sizeof(dos));
	memcpy(out + PE_POINTER_AT, &pe_at, sizeof(pe_at));
	memcpy(out + 64, &head, sizeof(head));
	memcpy(out + 64 + sizeof(head), &optional, sizeof(optional));
	memcpy(section.name, name, strlen(name));
	memcpy(out + 64 + sizeof(head) + 240, &section, sizeof(section));
}

static void make_application(bool is_signed)
{
	memset(application, 0, sizeof(application));
	put_headers(application, ".text", 4096, 1024, 1024);
	if (is_signed)
		memcpy(application + sizeof(application) - 6, "signed", 6);
}

static void pack(const char *name, const void *content, u64 len)
{
	memset(image, 0, sizeof(image));
	put_headers(image, name, 4096, (u32)len, 4096);
	memcpy(image + 4096, content, len);
	played.image = (struct view){ image, sizeof(image) };
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

static void add_file(const char *path, const void *content, u64 len)
{
	u32 i = 0;

	while (played.files[i].path)
		i++;
	played.files[i] =
		(struct played_file){ path, { (const u8 *)content, len } };
}

static void add_text(const char *path, const char *text)
{
	add_file(path, text, strlen(text));
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

static void two_entries(void)
{
	add_text("loader\\entries\\a+3.conf",
		 "sort-key t\nversion 2\nlinux /gone\n");
	add_text("loader\\entries\\b+3.conf",
		 "sort-key t\nversion 1\nlinux /k\n");
	add_file("k", kernel, sizeof(kernel));
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
	{ "unsigned", unsigned_application, CAME_BACK, false, false },
	{ "two entries", two_entries, LEFT, true, false },
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

static void prepare(const struct way *way)
{
	memset(&played, 0, sizeof(played));
	played.options = "";
	pack(".text", "", 1);
	way->prepare();
}

static bool has_left_nothing(void)
{
	return !played.nr_pages && !played.nr_protocols && !played.nr_files &&
	       !played.nr_tables;
}

static bool is_right(const struct way *way, enum ending_of_boot how)
{
	if (how == LEFT)
		return way->may_leave;
	if (played.has_started && !(way->may_start && played.is_trusted))
		return false;
	if (how == FAILED_LATE)
		return true;
	return played.status && has_left_nothing();
}

/* Boot in a process of its own: efi/ has variables. Its number of calls goes to
 * *calls. */
static bool boot_once(const struct way *way, const struct fault *fault, u64 at,
		      u64 *calls)
{
	int pipes[2], status;
	u64 nr = 0;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (!pid) {
		enum ending_of_boot how;
		bool is_fine;

		prepare(way);
		played.failing = at;
		played.how_it_fails = fault->status;
		played.is_short = fault->is_short;
		how = played_boot();
		is_fine = is_right(way, how) && (at || how == way->wanted);
		if (!is_fine)
			fprintf(stderr,
				"%s, call %llu: ended by %d, status %llx, left "
				"%u pages, %u protocols, %u files, %u tables\n%s",
				way->name, (unsigned long long)at, how,
				(unsigned long long)played.status,
				played.nr_pages, played.nr_protocols,
				played.nr_files, played.nr_tables, played.said);
		if (write(pipes[1], &played.nr_calls, sizeof(u64)) < 0)
			_exit(1);
		_exit(is_fine ? OK : 1);
	}
	close(pipes[1]);
	if (read(pipes[0], &nr, sizeof(nr)) == sizeof(nr) && calls)
		*calls = nr;
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == OK;
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
		assert_in_range(calls, 20, MAX_CALLS);
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

	make_kernel();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
