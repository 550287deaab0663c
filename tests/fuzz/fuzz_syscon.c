// SPDX-License-Identifier: BSD-2-Clause
/*
 * Device trees of any bytes: no register, or one that can be written as it is.
 */
#include "oracle.h"
#include "syscon.h"

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	u8 *copy = malloc(len + !len);
	struct view tree = { copy, len };
	struct syscon found;

	memcpy(copy, bytes, len);
	if (syscon_find(tree, "syscon-reboot", &found)) {
		assert(is_power_of_two(found.width) && found.width <= 4);
		assert(found.at % found.width == 0);
	}
	free(copy);
	return 0;
}
