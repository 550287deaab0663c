// SPDX-License-Identifier: BSD-2-Clause
/*
 * What gangway.efi refuses or leaves out, in which words, and how long these
 * stay on a screen.
 */
#include "boots.h"

#include "bzimage_file.h"
#include "cpu.h"

#define LINUX_LEN  (3u * 512)
#define HYPERVISOR (1u << 31)
#define UNITS	   10000000u /* a second's */

static u8 kernel[KERNEL_LEN], application[2048], linux_file[4096];

struct
try {
	const char *name;
	void (*prepare)(void);
	enum ending_of_boot ending;
	const char *said; /* or NULL */
	u32 seconds;	  /* waited for a key */
};

static void prepare(const void *context)
{
	((const struct try *)context)->prepare();
}

static bool is_right(const void *context, enum ending_of_boot how)
{
	const struct try *try = context;

	return how == try->ending &&
	       played.units_waited == try->seconds * (u64)UNITS &&
	       (!try->said || strstr(played.said, try->said)) &&
	       (how != CAME_BACK || (played.status && has_left_nothing()));
}

static void assert_all(const struct try *tries, u64 nr)
{
	for (u64 i = 0; i < nr; i++)
		if (!boot_apart(prepare, is_right, &tries[i], NULL))
			fail_msg("%s", tries[i].name);
}

/* ---- confidential guests ---------------------------------------------------
 */

static bool sev(u32 leaf, struct cpuid *out)
{
	if (leaf == 1)
		out->ecx = HYPERVISOR;
	else if (leaf == 0x80000000)
		out->eax = 0x8000001f;
	else if (leaf == 0x8000001f)
		out->eax = 2;
	else
		return false;
	return true;
}

static bool tdx(u32 leaf, struct cpuid *out)
{
	if (leaf == 0)
		out->eax = 0x21;
	else if (leaf == 1)
		out->ecx = HYPERVISOR;
	else if (leaf != 0x21)
		return false;
	if (leaf == 0x21) {
		memcpy(&out->ebx, "Inte", 4);
		memcpy(&out->edx, "lTDX", 4);
		memcpy(&out->ecx, "    ", 4);
	}
	return true;
}

/* A CPU that could encrypt a guest's memory, without a hypervisor. */
static bool host(u32 leaf, struct cpuid *out)
{
	return leaf != 1 && sev(leaf, out);
}

static void in_sev(void)
{
	played_cpuid = sev;
	played_msr = 1;
	pack(".linux", kernel, sizeof(kernel));
}

static void in_sev_that_is_off(void)
{
	in_sev();
	played_msr = 0;
}

static void in_tdx(void)
{
	in_sev();
	played_cpuid = tdx;
}

static void on_a_host(void)
{
	in_sev();
	played_cpuid = host;
}

static void application_in_sev(void)
{
	in_sev();
	put_headers(application);
	put_section(application, ".text", 1024, 1024);
	boots_new();
	add_text("loader\\entries\\a.conf", "efi /app\n");
	add_file("app", application, sizeof(application));
}

static void where_memory_is_encrypted_only_the_firmware_starts(void **state)
{
	static const char refusal[] = "in a confidential guest only kernels "
				      "with an EFI stub";
	static const struct try tries[] = {
		{ "SEV", in_sev, CAME_BACK, refusal, 0 },
		{ "TDX", in_tdx, CAME_BACK, refusal, 0 },
		{ "SEV, off", in_sev_that_is_off, LEFT, NULL, 0 },
		{ "a host", on_a_host, LEFT, NULL, 0 },
		{ "by the firmware", application_in_sev, RAN_IMAGE, NULL, 0 },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

/* ---- screens ---------------------------------------------------------------
 */

static void add_screen(void)
{
	EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop = played_own(sizeof(*gop));

	gop->Mode = played_own(sizeof(*gop->Mode));
	gop->Mode->Info = played_own(sizeof(*gop->Mode->Info));
	gop->Mode->FrameBufferBase = 0x80000000;
	gop->Mode->Info->HorizontalResolution = 800;
	gop->Mode->Info->VerticalResolution = 600;
	gop->Mode->Info->PixelsPerScanLine = 800;
	played_add_protocol(played_device(), guid, gop);
}

static void without_a_screen(void)
{
	played.options = "kernel=\\gone";
}

static void with_a_screen(void)
{
	without_a_screen();
	played.equip = add_screen;
}

static void with_an_ending(void)
{
	with_a_screen();
	played.options = "kernel=\\k gangway.format=pvh gangway.fail=poweroff";
	add_file("k", kernel, sizeof(kernel));
}

static void a_failure_stays_on_a_screen_for_5_seconds(void **state)
{
	static const struct try tries[] = {
		{ "a screen", with_a_screen, CAME_BACK, "no such file", 5 },
		{ "none", without_a_screen, CAME_BACK, "no such file", 0 },
		{ "an ending", with_an_ending, FAILED_LATE, NULL, 0 },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

/* ---- Secure Boot -----------------------------------------------------------
 */

/* Its state, told oddly: gangway has to believe that it is on. */
static const struct played_flag is_on[][2] = {
	{ { 0, 1, 1 }, { 0, 1, 0 } },
	{ { 0, 1, 2 }, { 0, 1, 0 } },
	{ { 0, 0, 0 }, { 0, 1, 0 } },
	{ { 0, 4, 1 }, { 0, 1, 0 } },
	{ { 0, 4, 0 }, { 0, 1, 0 } },
	{ { EFI_DEVICE_ERROR, 0, 0 }, { 0, 1, 0 } },
	{ { EFI_SECURITY_VIOLATION, 0, 0 }, { 0, 1, 0 } },
	{ { 0, 1, 1 }, { EFI_NOT_FOUND, 0, 0 } },
	{ { 0, 1, 1 }, { EFI_DEVICE_ERROR, 0, 0 } },
	{ { 0, 1, 1 }, { 0, 4, 1 } },
};
static const struct played_flag is_off[][2] = {
	{ { 0, 1, 0 }, { 0, 1, 0 } },
	{ { 0, 1, 0 }, { EFI_DEVICE_ERROR, 0, 0 } },
	{ { EFI_NOT_FOUND, 0, 0 }, { 0, 1, 0 } },
	{ { 0, 1, 1 }, { 0, 1, 1 } },
};

static void prepare_flags(const void *context)
{
	played.flags = context;
	played.options = "kernel=\\k";
	add_file("k", kernel, sizeof(kernel));
}

static bool is_refused(const void *context, enum ending_of_boot how)
{
	(void)context;
	return how == CAME_BACK && strstr(played.said, "Secure Boot");
}

static bool is_started(const void *context, enum ending_of_boot how)
{
	(void)context;
	return how == LEFT;
}

static void a_state_that_cannot_be_understood_is_on(void **state)
{
	(void)state;
	for (u32 i = 0; i < ARRAY_LEN(is_on); i++)
		assert_true(
			boot_apart(prepare_flags, is_refused, is_on[i], NULL));
	for (u32 i = 0; i < ARRAY_LEN(is_off); i++)
		assert_true(
			boot_apart(prepare_flags, is_started, is_off[i], NULL));
}

/* ---- entries ---------------------------------------------------------------
 */

static void with_a_url(void)
{
	add_text("loader\\entries\\a.conf",
		 "uki-url http://example.org/uki.efi\n");
}

static void with_a_url_and_another(void)
{
	with_a_url();
	add_text("loader\\entries\\b.conf", "linux /k\n");
	add_file("k", kernel, sizeof(kernel));
}

static void with_extra(void)
{
	add_text("loader\\entries\\b.conf", "linux /k\nextra /x.addon.efi\n");
	add_file("k", kernel, sizeof(kernel));
}

/* A UKI that would come first, if it were for this machine. */
static void for_another_machine(void)
{
	struct pe_header head;

	put_headers(application);
	memcpy(&head, application + 64, sizeof(head));
	head.machine = 0xaa64;
	memcpy(application + 64, &head, sizeof(head));
	put_section(application, ".linux", 1024, 1024);
	add_file("EFI\\Linux\\z.efi", application, sizeof(application));
}

static void for_another_machine_and_ours(void)
{
	for_another_machine();
	add_text("loader\\entries\\a.conf", "linux /k\n");
	add_file("k", kernel, sizeof(kernel));
}

static void a_uki_for_another_machine_is_no_entry(void **state)
{
	static const struct try tries[] = {
		{ "alone", for_another_machine, CAME_BACK,
		  "there is no kernel in", 0 },
		{ "ours too", for_another_machine_and_ours, LEFT, NULL, 0 },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

static void keys_that_gangway_does_not_serve_are_said(void **state)
{
	static const char url[] = "gangway downloads no images (uki-url), so "
				  "it is left out";
	static const struct try tries[] = {
		{ "a URL", with_a_url, CAME_BACK, url, 0 },
		{ "another", with_a_url_and_another, LEFT, url, 0 },
		{ "extra", with_extra, LEFT,
		  "the entry's extra files are ignored", 0 },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

/* ---- Linux -----------------------------------------------------------------
 */

/* As old as Linux before 5.8: an image of version 0. */
static void make_linux(void)
{
	struct linux_setup_header header = bzimage_header(0x20f);

	bzimage_write(linux_file, header, LINUX_LEN);
	put_headers(linux_file);
}

static void old_linux(void)
{
	played.is_secure = true;
	pack(".linux", linux_file,
	     bzimage_setup_len(&(struct linux_setup_header){
		     .setup_sects = BZIMAGE_SECTS }) +
		     LINUX_LEN);
}

static void old_linux_with_initrd(void)
{
	old_linux();
	pack(".initrd", "initrd", 6);
}

static void old_linux_with_initrd_is_refused_under_secure_boot(void **state)
{
	static const struct try tries[] = {
		{ "with", old_linux_with_initrd, CAME_BACK,
		  "Linux before 5.8 cannot take an initrd", 0 },
		{ "without", old_linux, RAN_IMAGE, NULL, 0 },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

/* Ending the boot services may itself change the map (UEFI 2.10, 7.4.6). */
static void stale_once(void)
{
	pack(".linux", kernel, sizeof(kernel));
	played.nr_stale = 1;
}

static void stale_three_times(void)
{
	stale_once();
	played.nr_stale = 3;
}

static void stale_for_ever(void)
{
	stale_once();
	played.nr_stale = ~0u;
}

static void pitfall_91_the_map_is_read_again_if_it_has_changed(void **state)
{
	static const struct try tries[] = {
		{ "once", stale_once, LEFT, NULL, 0 },
		{ "three times", stale_three_times, LEFT, NULL, 0 },
		{ "for ever", stale_for_ever, FAILED_LATE, NULL, 0 },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

static void old_linux_at_ease(void)
{
	old_linux_with_initrd();
	played.is_secure = false;
}

static void old_linux_by_its_stub(void)
{
	old_linux_at_ease();
	played.options = "gangway.linux=efi";
}

static void old_linux_without_initrd(void)
{
	old_linux();
	played.is_secure = false;
}

/* Of version 1, as Linux's are since 5.8. */
static void new_linux_with_initrd(void)
{
	struct pe_optional optional;
	u64 at = 64 + sizeof(struct pe_header);

	memcpy(&optional, linux_file + at, sizeof(optional));
	optional.major_image_version = 1;
	memcpy(linux_file + at, &optional, sizeof(optional));
	old_linux_at_ease();
}

static void the_stub_gets_an_initrd_from_linux_5_8_on(void **state)
{
	static const struct try tries[] = {
		{ "old", old_linux_at_ease, LEFT, NULL, 0 },
		{ "forced", old_linux_by_its_stub, RAN_IMAGE, NULL, 0 },
		{ "without", old_linux_without_initrd, RAN_IMAGE, NULL, 0 },
		{ "new", new_linux_with_initrd, RAN_IMAGE, NULL, 0 },
	};

	(void)state;
	assert_all(tries, ARRAY_LEN(tries));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			where_memory_is_encrypted_only_the_firmware_starts),
		cmocka_unit_test(a_failure_stays_on_a_screen_for_5_seconds),
		cmocka_unit_test(a_state_that_cannot_be_understood_is_on),
		cmocka_unit_test(a_uki_for_another_machine_is_no_entry),
		cmocka_unit_test(keys_that_gangway_does_not_serve_are_said),
		cmocka_unit_test(
			old_linux_with_initrd_is_refused_under_secure_boot),
		cmocka_unit_test(
			pitfall_91_the_map_is_read_again_if_it_has_changed),
		cmocka_unit_test(the_stub_gets_an_initrd_from_linux_5_8_on),
	};

	put_kernel(kernel);
	make_linux();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
