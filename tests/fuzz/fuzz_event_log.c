// SPDX-License-Identifier: BSD-2-Clause
/*
 * Event logs of any bytes: refused, or as long as they can be.
 */
#include "event_log.h"
#include "oracle.h"

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	struct view input = { bytes, len };
	u64 last = take(&input, 2), nr = take(&input, 1), out;
	u8 *copy = malloc(input.len + 1);
	struct view log = { copy, input.len };

	assert(copy);
	memcpy(copy, input.at, input.len);
	if (!event_log_len(log, last, &out))
		assert(out > last && out <= log.len);
	if (!event_log_sum(log, view_from(log, last), nr, &out))
		assert(out <= log.len);
	free(copy);
	return 0;
}
