// SPDX-License-Identifier: BSD-2-Clause
/*
 * What compiled code guards its frames with. Not a secret for long: enough
 * that a string which runs over a frame does not hit it.
 */
#include "canary.h"

#include "cpu.h"

#define CPUID_1_ECX_RDRAND (1u << 30)

u64 make_canary(void)
{
	u64 value = read_tsc();

	value ^= value << 32;
	if (cpuid(1, 0).ecx & CPUID_1_ECX_RDRAND)
		value ^= read_random();
	return value & ~0xffull; /* no string has a NUL in it */
}
