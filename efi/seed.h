/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random bytes for the kernel.
 */
#ifndef EFI_SEED_H
#define EFI_SEED_H

#include "firmware.h"
#include "seed_mix.h"

/*
 * Put SEED_LEN random bytes from the firmware into out and return their number;
 * 0 if it has none. Each call returns new ones, so that no kernel credits the
 * same bytes twice. RDRAND is left to the kernel: it always trusts a seed, but
 * RDRAND only if its user wants that.
 */
u32 seed_take(u8 *out);

/* What somebody before us has left to Linux in a configuration table; empty if
 * nobody has. */
struct view seed_former(void);

/* Leave one there, in place of that. */
must_check why seed_install(const u8 seed[SEED_LEN]);

#endif
