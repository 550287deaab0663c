/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starting a kernel that is an EFI application, by the firmware, which then
 * checks and measures it.
 */
#ifndef EFI_STUB_H
#define EFI_STUB_H

#include "find.h"
#include "firmware.h"

/*
 * Start boot's kernel with its command line as load options and its modules,
 * joined, as Linux's initrd. If it is packed, its own signature does not
 * matter. Comes back with a reason if it could not be started, or with NULL
 * when the image has ended, *status being what it, or the firmware, said. The
 * firmware is left as it was.
 */
must_check why stub_start(const struct boot *boot, const struct found *found,
			  EFI_STATUS *status);

/* Take the initrd that the caller offers in the same way, if there is one, and
 * put it among the modules, so many of them before it. */
must_check why stub_take_initrd(struct boot *boot, u32 at);

#endif
