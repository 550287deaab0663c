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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			firmware_of_version_1_0_measures_and_has_a_log),
		cmocka_unit_test(microcode_comes_before_the_initrd),
	};

	put_kernel(kernel);
	bzimage_write(linux_file, bzimage_header(0x20f), LINUX_LEN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
