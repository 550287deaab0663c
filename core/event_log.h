/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lengths in event logs: no field has them.
 */
#ifndef CORE_EVENT_LOG_H
#define CORE_EVENT_LOG_H

#include "view.h"

/*
 * The length of a crypto-agile log that begins with its first event, and whose
 * last event is at an offset; log may be longer. Fails if either event is
 * damaged.
 */
must_check why event_log_len(struct view log, u64 last, u64 *out);

/* The same for a log in the form of TCG 1.2. */
must_check why event_log_old_len(struct view log, u64 last, u64 *out);

/*
 * The length of nr events that follow each other elsewhere, with the algorithms
 * that the log tells of.
 */
must_check why event_log_sum(struct view log, struct view events, u64 nr,
			     u64 *out);

#endif
