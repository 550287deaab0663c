/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may be started without the firmware while Secure Boot is on.
 */
#ifndef EFI_TRUST_H
#define EFI_TRUST_H

#include "boot.h"
#include "find.h"

/*
 * Refuse a kernel unless the signature of gangway's own image covers it and its
 * modules, packed or by the list of hashes. Linux is always refused: its EFI
 * stub can be checked, and locks the kernel down.
 */
must_check why trust_check(const struct boot *boot, const struct found *found);

/* Does that signature cover one file? */
bool trust_covers(const struct found *found, struct view file);

#endif
