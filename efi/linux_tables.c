// SPDX-License-Identifier: BSD-2-Clause
/*
 * As Linux reads them: include/linux/efi.h, struct linux_efi_tpm_eventlog.
 */
#include "linux_tables.h"

#include "config_table.h"
#include "console.h"
#include "event_log.h"
#include "seed.h"
#include "tcg_protocols.h"

#define LOG_MAX (16 * MIB)
#define LINUX_EVENT_LOG_GUID                                                   \
	{                                                                      \
		0xb7799cb0, 0xeca2, 0x4943,                                    \
		{                                                              \
			0x96, 0x67, 0x1f, 0xae, 0x07, 0xb7, 0x47, 0xfa         \
		}                                                              \
	}

struct linux_event_log {
	u32 size;	/* of the log, which follows */
	u32 final_size; /* of the late events that the log has too */
	u8 version;
} wire_packed;
WIRE_SIZE(struct linux_event_log, 9);

/* Visible memory from an address on, up to a maximum. */
static struct view view_at(const struct mem *mem, phys at, u64 max)
{
	struct view out = VIEW("");
	u64 len = mem_reach(mem, at);

	if (at && !mem_view(mem, at, min_u64(len, max), &out))
		return VIEW("");
	return out;
}

/* The length of what is already in the firmware's table of late events. */
static why measure_late(const struct mem *mem, struct view log, u64 *len)
{
	EFI_GUID guid = TCG2_FINAL_EVENTS_GUID;
	struct view table =
		view_at(mem, phys_of(config_table_find(guid)), LOG_MAX);
	struct tcg_final_events head;

	*len = 0;
	if (!view_read(table, 0, &head, sizeof(head)))
		return NULL;
	return event_log_sum(log, view_from(table, sizeof(head)),
			     head.nr_events, len);
}

static why install_log(struct view log, u8 version, u64 late_len)
{
	EFI_GUID guid = LINUX_EVENT_LOG_GUID;
	struct linux_event_log head = {
		.size = (u32)log.len,
		.final_size = (u32)late_len,
		.version = version,
	};
	struct view table;
	why bad = config_table_take(sizeof(head) + log.len, &table);

	if (bad)
		return bad;
	memcpy(pages_writable(table), &head, sizeof(head));
	memcpy(pages_writable(table) + sizeof(head), log.at, log.len);
	return config_table_install(table, guid);
}

static bool find_log(struct tcg2 *tpm, u32 format, phys *at, phys *last)
{
	u8 is_cut;

	return !tpm->get_event_log(tpm, format, at, last, &is_cut) && *at;
}

/* Firmware with version 1.0 of the protocol only has a log of TCG 1.2. */
static why pass_log(const struct mem *mem)
{
	EFI_GUID guid = TCG2_GUID;
	struct tcg2 *tpm = firmware_find(guid);
	phys at = 0, last = 0;
	u64 late_len = 0;
	struct view log;
	why bad;

	if (!tpm)
		return NULL;
	if (find_log(tpm, TCG_LOG_FORMAT_2, &at, &last)) {
		log = view_at(mem, at, LOG_MAX);
		bad = event_log_len(log, last ? last - at : 0, &log.len);
		if (!bad)
			bad = measure_late(mem, log, &late_len);
		return bad ? bad : install_log(log, TCG_LOG_FORMAT_2, late_len);
	}
	if (!find_log(tpm, TCG_LOG_FORMAT_1, &at, &last) || !last)
		return NULL;
	log = view_at(mem, at, LOG_MAX);
	bad = event_log_old_len(log, last - at, &log.len);
	return bad ? bad : install_log(log, TCG_LOG_FORMAT_1, 0);
}

/* An earlier loader may have installed one, which is kept. */
static why pass_seed(void)
{
	u8 seed[SEED_LEN];
	why bad = NULL;

	if (!seed_former().len && seed_take(seed))
		bad = seed_install(seed);
	wipe(seed, sizeof(seed));
	return bad;
}

void linux_tables_install(const struct mem *mem)
{
	why bad = pass_seed();

	if (bad)
		say("gangway: no random seed for the kernel: %s", bad);
	bad = pass_log(mem);
	if (bad)
		say("gangway: no event log for the kernel: %s", bad);
}
