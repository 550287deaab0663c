/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting a kernel that the firmware does not start: the common path, with the
 * end of the boot services in its middle.
 */
#ifndef EFI_LEAVE_H
#define EFI_LEAVE_H

#include "firmware.h"

/*
 * Plan the kernel of boot->payload, end the boot services, and start it. Comes
 * back only with a reason, while the firmware still has the machine.
 */
must_check why leave(struct boot *boot, struct mem *mem);

#endif
