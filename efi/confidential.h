/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Guests that are hidden from their host: AMD's SEV, Intel's TDX.
 */
#ifndef EFI_CONFIDENTIAL_H
#define EFI_CONFIDENTIAL_H

#include "base.h"

/* Are we in one? Whom the CPU tells, or the firmware, or Hyper-V, which keeps
 * the CPU's own signs from its guests. */
bool guest_is_confidential(void);

/* Is the memory encrypted in a way that page tables must say, or are
 * instructions intercepted that only the firmware's own handlers know? Then
 * nothing runs without the firmware. */
bool guest_needs_firmware(void);

#endif
