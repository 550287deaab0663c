/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Confidential guests: AMD SEV, Intel TDX.
 */
#ifndef EFI_CONFIDENTIAL_H
#define EFI_CONFIDENTIAL_H

#include "base.h"

/* Are we in one? The CPU tells, or the firmware, or Hyper-V, which hides the
 * CPU's own CPUID leaves. */
bool guest_is_confidential(void);

/* Do page tables need a bit for encryption, or instructions the firmware's
 * exception handlers? Then nothing runs without the firmware. */
bool guest_needs_firmware(void);

#endif
