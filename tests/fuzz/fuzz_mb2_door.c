// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Multiboot2 door, with whatever information a loader may have left.
 */
#include "fuzz_door.h"

#include "mb2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_door(&mb2_door, MB2_LOADER_MAGIC, data, size);
	return 0;
}
