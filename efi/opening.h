/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making a kernel of what was found.
 */
#ifndef EFI_OPENING_H
#define EFI_OPENING_H

#include "boot.h"
#include "find.h"

/* Measure what was found, before anything is made of it, and read the options.
 * Words that a confidential guest cannot trust are forgotten. */
void opening_measure(struct boot *boot, struct found *found);

/* Open it, and judge the options: boot's payload. *is_whole if only the
 * firmware can start it. */
must_check why opening_open(struct boot *boot, const struct found *found,
			    bool *is_whole);

/* Does somebody vouch for what is to be started without the firmware? See
 * trust_check(). */
must_check why opening_check(struct boot *boot, const struct found *found);

#endif
