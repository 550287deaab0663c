// SPDX-License-Identifier: BSD-2-Clause
/*
 * The firmware's random numbers (UEFI 2.10, section 37.5).
 */
#include "seed.h"

u32 seed_take(u8 *out)
{
	EFI_GUID guid = EFI_RNG_PROTOCOL_GUID;
	EFI_RNG_PROTOCOL *random = firmware_find(guid);

	return random && !random->GetRNG(random, NULL, SEED_LEN, out) ? SEED_LEN
								      : 0;
}
