/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One seed for the kernel and one for the next boot, made of sources of which
 * it is enough that nobody knows one.
 */
#ifndef CORE_SEED_MIX_H
#define CORE_SEED_MIX_H

#include "view.h"

#define SEED_LEN 32

/* Neither of the two tells anything of the other, or of a source. An empty
 * source counts as one. */
void seed_mix(const struct view *sources, u32 nr, u8 next[SEED_LEN],
	      u8 now[SEED_LEN]);

#endif
