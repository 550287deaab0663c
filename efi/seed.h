/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random bytes for the kernel.
 */
#ifndef EFI_SEED_H
#define EFI_SEED_H

#include "firmware.h"
#include "seed_mix.h"

/*
 * Put SEED_LEN random bytes of the firmware to out and return how many; 0 where
 * it has none. Each call gives others, so that no kernel counts the same bytes
 * twice. The CPU's own are left to the kernel: it trusts a seed without asking,
 * but RDRAND only if its user wants it to.
 */
u32 seed_take(u8 *out);

/* What somebody before us has left to Linux in a configuration table; empty if
 * nobody has. */
struct view seed_former(void);

/* Leave one there, in place of that. */
must_check why seed_install(const u8 seed[SEED_LEN]);

#endif
