/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Starts an EFI application by the firmware, which checks and measures it.
 */
#ifndef EFI_STUB_H
#define EFI_STUB_H

#include "find.h"
#include "firmware.h"

/*
 * Start boot's kernel with its command line as load options and its modules,
 * joined, as Linux's initrd. A packed kernel needs no signature. Returns a
 * reason if it could not be started, or NULL when the image has returned;
 * *status is what it, or the firmware, returned. The firmware is left as it
 * was.
 */
must_check why stub_start(const struct boot *boot, const struct found *found,
			  EFI_STATUS *status);

/* Take the initrd that gangway's caller offers, if there is one, and insert it
 * behind so many modules. */
must_check why stub_take_initrd(struct boot *boot, u32 at);

#endif
