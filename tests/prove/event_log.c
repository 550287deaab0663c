// SPDX-License-Identifier: BSD-2-Clause
/* TPM event logs: an event that is taken lies in the log. */
#include "prove.h"

#include "event_log.h"

void harness(void)
{
	struct view log = any_view();
	u64 last = nondet_u64(), out = 0;

	if (!event_log_len(log, last, &out))
		prove(out > last && out <= log.len);
	if (!event_log_old_len(log, last, &out))
		prove(out > last && out <= log.len);
}
