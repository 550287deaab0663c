// SPDX-License-Identifier: BSD-2-Clause
/*
 * Events have as many digests as the TPM has banks, and only the first event
 * says how long those are.
 */
#include "event_log.h"

#include "tcg.h"

#define FIRST_LEN sizeof(struct tcg_first_event)

/* The length of an algorithm's digests; 0 if the log does not know it. */
static u32 digest_len(struct view log, u16 id)
{
	struct tcg_spec_id spec;
	struct tcg_algorithm algorithm;
	u64 at = FIRST_LEN + sizeof(spec);

	if (!view_read(log, FIRST_LEN, &spec, sizeof(spec)))
		return 0;
	for (u32 i = 0; i < spec.nr_algorithms; i++, at += sizeof(algorithm)) {
		if (!view_read(log, at, &algorithm, sizeof(algorithm)))
			return 0;
		if (algorithm.id == id)
			return algorithm.digest_len;
	}
	return 0;
}

/* The length of the event that begins a view; 0 if it is damaged. However many
 * digests it says it has, they end with the view. */
static u64 event_len(struct view log, struct view event)
{
	u64 at = sizeof(struct tcg_event);
	struct tcg_event head;
	u32 data_len, len;
	u16 id;

	if (!view_read(event, 0, &head, sizeof(head)))
		return 0;
	for (u32 i = 0; i < head.nr_digests; i++) {
		if (!view_read(event, at, &id, sizeof(id)))
			return 0;
		len = digest_len(log, id);
		if (!len)
			return 0;
		at += sizeof(id) + len;
	}
	if (!view_read(event, at, &data_len, sizeof(data_len)))
		return 0;
	at += sizeof(data_len);
	return view_has(event, at, data_len) ? at + data_len : 0;
}

static bool is_crypto_agile(struct view log, struct tcg_first_event *first)
{
	return view_read(log, 0, first, FIRST_LEN) &&
	       view_has(log, FIRST_LEN, first->data_len) &&
	       view_starts(view_from(log, FIRST_LEN), VIEW("Spec ID Event03"));
}

why event_log_len(struct view log, u64 last, u64 *out)
{
	struct tcg_first_event first;
	u64 len;

	if (!is_crypto_agile(log, &first))
		return "the event log does not begin as one";
	if (!last) {
		*out = FIRST_LEN + first.data_len;
		return NULL;
	}
	len = event_len(log, view_from(log, last));
	if (!len)
		return "the event log's last event is damaged";
	*out = last + len;
	return NULL;
}

why event_log_old_len(struct view log, u64 last, u64 *out)
{
	struct tcg_first_event event;

	if (!view_read(log, last, &event, FIRST_LEN) ||
	    !view_has(log, last + FIRST_LEN, event.data_len))
		return "the last event of the event log of TCG 1.2 is damaged";
	*out = last + FIRST_LEN + event.data_len;
	return NULL;
}

why event_log_sum(struct view log, struct view events, u64 nr, u64 *out)
{
	u64 sum = 0;

	while (nr--) {
		u64 len = event_len(log, view_from(events, sum));

		if (!len)
			return "a late event is damaged";
		sum += len;
	}
	*out = sum;
	return NULL;
}
