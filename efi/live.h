/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting a Multiboot2 kernel while the firmware's boot services are alive.
 */
#ifndef EFI_LIVE_H
#define EFI_LIVE_H

#include "firmware.h"

/* Is the kernel one that is started so? */
bool live_claims(const struct boot *boot);

/*
 * Plan the kernel of boot->payload, take the memory for it from the firmware,
 * and start it by its EFI64 entry. Comes back only with a reason, before
 * anything but gangway's own memory was written to.
 */
must_check why live_start(struct boot *boot);

#endif
