/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random bytes for the kernel.
 */
#ifndef EFI_SEED_H
#define EFI_SEED_H

#include "firmware.h"

#define SEED_LEN 32

/*
 * Put up to SEED_LEN random bytes of the firmware, or else of the CPU, to out,
 * and return how many; 0 where there is neither. Each call gives others, so
 * that no kernel counts the same bytes twice.
 */
u32 seed_take(u8 *out);

#endif
