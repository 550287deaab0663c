/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The random seed that lies on the volume from one boot to the next, as
 * systemd-boot and systemd-stub use it.
 */
#ifndef EFI_KEPT_SEED_H
#define EFI_KEPT_SEED_H

#include "firmware.h"

/*
 * Give Linux a seed, and the volume another one, unless a loader before us has
 * done so. What is written first is what is used: no seed is used twice, and so
 * none where the volume cannot be written.
 */
must_check why kept_seed_pass(void);

#endif
