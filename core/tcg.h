/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events and the log they stand in (TCG EFI Protocol Specification 0.13,
 * chapter 6; TCG PC Client Platform Firmware Profile 1.05, section 10). Those
 * of confidential guests are the same (UEFI 2.10, chapter 38).
 */
#ifndef CORE_TCG_H
#define CORE_TCG_H

#include "base.h"

#define TCG_EV_EVENT_TAG   6
#define TCG_EV_IPL	   13
#define TCG_LOG_FORMAT_1   1 /* TCG 1.2's */
#define TCG_LOG_FORMAT_2   2 /* crypto agile */
#define TCG_HEADER_VERSION 1

struct tcg_version {
	u8 major, minor;
};

struct tcg2_capability {
	u8 size;
	struct tcg_version structure_version, protocol_version;
	u32 hash_algorithms, event_logs;
	u8 is_present;
	u16 max_command, max_response;
	u32 manufacturer, nr_banks, active_banks;
};
WIRE_SIZE(struct tcg2_capability, 36);
WIRE_AT(struct tcg2_capability, event_logs, 12);
WIRE_AT(struct tcg2_capability, is_present, 16);

struct cc_capability {
	u8 size;
	struct tcg_version structure_version, protocol_version;
	u32 hash_algorithms, event_logs;
	u8 type, sub_type;
};
WIRE_SIZE(struct cc_capability, 20);
WIRE_AT(struct cc_capability, event_logs, 12);

/* What is to be logged; its data follows. */
struct tcg_event_head {
	u32 size; /* with this head */
	u32 header_size;
	u16 header_version;
	u32 index; /* of the PCR, or of the guest's register */
	u32 type;
} wire_packed;
WIRE_SIZE(struct tcg_event_head, 18);
#define TCG_HEADER_SIZE (sizeof(struct tcg_event_head) - sizeof(u32))

/* What begins the data of an event of type EV_EVENT_TAG. */
struct tcg_tag {
	u32 id, size;
};
WIRE_SIZE(struct tcg_tag, 8);

/* An event in the form of TCG 1.2, as every log's first one is; its data
 * follows. */
struct tcg_first_event {
	u32 pcr, type;
	u8 digest[20];
	u32 data_len;
};
WIRE_SIZE(struct tcg_first_event, 32);

/* That event's data; nr_algorithms of struct tcg_algorithm follow. */
struct tcg_spec_id {
	char signature[16];
	u32 platform;
	u8 minor, major, errata, uintn_size;
	u32 nr_algorithms;
};
WIRE_SIZE(struct tcg_spec_id, 28);
WIRE_AT(struct tcg_spec_id, nr_algorithms, 24);

struct tcg_algorithm {
	u16 id, digest_len;
};
WIRE_SIZE(struct tcg_algorithm, 4);

/* Any later event: for each digest its algorithm and its bytes, then the
 * data's length, then the data. */
struct tcg_event {
	u32 pcr, type, nr_digests;
};
WIRE_SIZE(struct tcg_event, 12);

/* The firmware's table of what was logged after somebody took the log. */
struct tcg_final_events {
	u64 version, nr_events;
};
WIRE_SIZE(struct tcg_final_events, 16);

#endif
