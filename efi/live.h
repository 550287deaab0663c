/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starts a Multiboot 2 kernel while boot services are alive.
 */
#ifndef EFI_LIVE_H
#define EFI_LIVE_H

#include "firmware.h"

/* Is the kernel started this way? */
bool live_claims(const struct boot *boot);

/*
 * Plan the kernel of boot->payload, allocate its memory, and start it by its
 * EFI64 entry. Returns only on failure, before anything but gangway's own
 * memory has been written to.
 */
must_check why live_start(struct boot *boot);

#endif
