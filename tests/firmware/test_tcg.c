// SPDX-License-Identifier: BSD-2-Clause
/*
 * Firmware whose TCG2 protocol is of version 1.0, and so has no log but that of
 * TCG 1.2; and UKIs' sections in their order.
 */
#include "boots.h"

#include "bzimage_file.h"
#include "mb1.h"
#include "tcg_protocols.h"

#define LINUX_LEN   (3u * 512)
#define SIZE_OF_1_0 28
#define LINUX_EVENT_LOG_GUID                                                   \
	{                                                                      \
		0xb7799cb0, 0xeca2, 0x4943,                                    \
		{                                                              \
			0x96, 0x67, 0x1f, 0xae, 0x07, 0xb7, 0x47, 0xfa         \
		}                                                              \
	}

static u8 linux_file[4096], kernel[KERNEL_LEN];
static u32 nr_events;
static bool is_log_damaged;

/* ---- the protocol ----------------------------------------------------------
 */

struct log {
	struct tcg_first_event first;
	u8 data[3];
	struct tcg_first_event last;
	u8 more[5];
} wire_packed;

static EFI_STATUS EFIAPI get_capability(struct tcg2 *self,
					struct tcg2_capability *out)
{
	(void)self;
	if (out->size < SIZE_OF_1_0)
		return EFI_BUFFER_TOO_SMALL;
	memset(out, 0, SIZE_OF_1_0);
	out->size = SIZE_OF_1_0;
	out->structure_version.major = out->protocol_version.major = 1;
	out->event_logs = TCG_LOG_FORMAT_1;
	out->is_present = 1;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI get_event_log(struct tcg2 *self, u32 format, phys *at,
				       phys *last, u8 *is_cut)
{
	struct log *log;

	(void)self;
	if (format != TCG_LOG_FORMAT_1)
		return EFI_INVALID_PARAMETER;
	log = played_own(sizeof(*log));
	log->first.data_len = sizeof(log->data);
	log->last.data_len = sizeof(log->more);
	if (is_log_damaged)
		log->last.data_len = ~0u;
	*at = (phys)log;
	*last = (phys)&log->last;
	*is_cut = 0;
	return EFI_SUCCESS;
}

static EFI_STATUS EFIAPI extend(struct tcg2 *self, u64 flags, phys data,
				u64 len, struct tcg_event_head *event)
{
	(void)self, (void)flags, (void)data, (void)len, (void)event;
	nr_events++;
	return EFI_SUCCESS;
}

static void add_tpm(void)
{
	static struct tcg2 tpm = { get_capability, get_event_log, extend };
	EFI_GUID guid = TCG2_GUID;

	played_add_protocol(played_device(), guid, &tpm);
}

/* ---- the log ---------------------------------------------------------------
 */

static void prepare(const void *context)
{
	is_log_damaged = *(const bool *)context;
	played.equip = add_tpm;
	played.options = "a=b";
	pack(".linux", linux_file, sizeof(linux_file));
}

/* Linux's table: the log's length, that of late events, the version. */
static bool is_right(const void *context, enum ending_of_boot how)
{
	EFI_GUID guid = LINUX_EVENT_LOG_GUID;
	const u8 *table = played_table(guid);
	u32 len;

	(void)context;
	if (how != LEFT || nr_events != 3)
		return false;
	if (is_log_damaged)
		return !table && strstr(played.said, "TCG 1.2 is damaged");
	if (!table)
		return false;
	memcpy(&len, table, sizeof(len));
	return len == sizeof(struct log) && table[8] == TCG_LOG_FORMAT_1;
}

static void firmware_of_version_1_0_measures_and_has_a_log(void **state)
{
	static const bool is_damaged[] = { false, true };

	(void)state;
	assert_true(boot_apart(prepare, is_right, &is_damaged[0], NULL));
	assert_true(boot_apart(prepare, is_right, &is_damaged[1], NULL));
}

/* ---- sections --------------------------------------------------------------
 */

static void pack_modules(const void *context)
{
	(void)context;
	pack(".initrd", "initrd", 6);
	pack(".ucode", "microcode", 9);
	pack(".linux", kernel, sizeof(kernel));
}

static bool is_module(u32 index, const char *content)
{
	const struct mb1_info *info =
		(const struct mb1_info *)played.handoff.ebx;
	const struct mb1_module *modules =
		(const struct mb1_module *)(u64)info->mods_addr;

	return index < info->mods_count &&
	       modules[index].mod_end - modules[index].mod_start ==
		       strlen(content);
}

static bool is_ucode_first(const void *context, enum ending_of_boot how)
{
	(void)context;
	return how == LEFT && is_module(0, "microcode") &&
	       is_module(1, "initrd");
}

static void microcode_comes_before_the_initrd(void **state)
{
	(void)state;
	assert_true(boot_apart(pack_modules, is_ucode_first, NULL, NULL));
}

/* ---- confidential guests ---------------------------------------------------
 */

static const CHAR16 words[] = u"evil";
static struct {
	bool has_tpm, has_registers; /* the words from outside */
	bool are_there;		     /* the registers, as gangway knows */
} measured;

static bool are_words(phys data, u64 len)
{
	return len == sizeof(words) && !memcmp((void *)data, words, len);
}

static EFI_STATUS EFIAPI extend_tpm(struct tcg2 *self, u64 flags, phys data,
				    u64 len, struct tcg_event_head *event)
{
	EFI_STATUS status = played_fault();

	(void)self, (void)flags, (void)event;
	measured.has_tpm |= !status && are_words(data, len);
	return status;
}

static EFI_STATUS EFIAPI guest_capability(struct cc *self,
					  struct cc_capability *out)
{
	(void)self;
	measured.are_there = true;
	out->event_logs = TCG_LOG_FORMAT_2;
	return played_fault();
}

static EFI_STATUS EFIAPI extend_registers(struct cc *self, u64 flags, phys data,
					  u64 len, struct tcg_event_head *event)
{
	EFI_STATUS status = played_fault();

	(void)self, (void)flags;
	if (event->index < 100)
		abort(); /* it is still a PCR's */
	measured.has_registers |= !status && are_words(data, len);
	return status;
}

static EFI_STATUS EFIAPI map_pcr(struct cc *self, u32 pcr, u32 *index)
{
	(void)self;
	*index = 100 + pcr;
	return played_fault();
}

static void add_both(void)
{
	static struct tcg2 tpm = { get_capability, get_event_log, extend_tpm };
	static struct cc guest = { guest_capability, NULL, extend_registers,
				   map_pcr };
	EFI_GUID tpm_guid = TCG2_GUID, guest_guid = CC_GUID;

	played_add_protocol(played_device(), tpm_guid, &tpm);
	played_add_protocol(played_device(), guest_guid, &guest);
}

/* What fails: that call. */
static void prepare_guest(const void *context)
{
	played.failing = *(const u64 *)context;
	played.how_it_fails = EFI_DEVICE_ERROR;
	played.equip = add_both;
	played.options = "evil";
	pack(".linux", kernel, sizeof(kernel));
}

/* A confidential guest believes its registers, and a TPM only without them. If
 * nothing fails, both have been extended. */
static bool is_measured_or_ignored(const void *context, enum ending_of_boot how)
{
	const struct mb1_info *info =
		(const struct mb1_info *)played.handoff.ebx;
	bool are_told;

	if (how != LEFT)
		return *(const u64 *)context && how;
	are_told = strstr((const char *)(u64)info->cmdline, "evil");
	if (!*(const u64 *)context)
		return are_told && measured.has_tpm && measured.has_registers;
	return !are_told || measured.has_registers ||
	       (!measured.are_there && measured.has_tpm);
}

static void words_reach_a_guest_that_has_measured_them(void **state)
{
	u64 none = 0, nr_calls = 0;

	(void)state;
	assert_true(boot_apart(prepare_guest, is_measured_or_ignored, &none,
			       &nr_calls));
	for (u64 at = 1; at <= nr_calls; at++)
		if (!boot_apart(prepare_guest, is_measured_or_ignored, &at,
				NULL))
			fail_msg("call %lu", at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			firmware_of_version_1_0_measures_and_has_a_log),
		cmocka_unit_test(microcode_comes_before_the_initrd),
		cmocka_unit_test(words_reach_a_guest_that_has_measured_them),
	};

	put_kernel(kernel);
	bzimage_write(linux_file, bzimage_header(0x20f), LINUX_LEN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
