// SPDX-License-Identifier: BSD-2-Clause
/*
 * The firmware's random numbers (UEFI 2.10, section 37.5), and the CPU's.
 */
#include "seed.h"

#include "cpu.h"

u32 seed_take(u8 *out)
{
	EFI_GUID guid = EFI_RNG_PROTOCOL_GUID;
	EFI_RNG_PROTOCOL *random = firmware_find(guid);
	u32 len = 0;
	u64 word;

	if (random && !random->GetRNG(random, NULL, SEED_LEN, out))
		return SEED_LEN;
	while (len < SEED_LEN && rdrand(&word)) {
		memcpy(out + len, &word, sizeof(word));
		len += (u32)sizeof(word);
	}
	return len;
}
