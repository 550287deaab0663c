/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starts a kernel that the firmware cannot start: the common path, with the end
 * of boot services in it.
 */
#ifndef EFI_LEAVE_H
#define EFI_LEAVE_H

#include "firmware.h"

/*
 * Plan the kernel of boot->payload, end boot services, and start it. Returns
 * only on failure, while boot services are still there.
 */
must_check why leave(struct boot *boot, struct mem *mem);

#endif
