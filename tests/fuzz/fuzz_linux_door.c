// SPDX-License-Identifier: BSD-2-Clause
/*
 * Linux's door, with whatever zero page a loader may have left.
 */
#include "fuzz_door.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_door(&linux_door, 0, data, size);
	return 0;
}
