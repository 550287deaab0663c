/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes a kernel of what was found.
 */
#ifndef EFI_OPENING_H
#define EFI_OPENING_H

#include "boot.h"
#include "find.h"

/* Measure what was found before it is used, and read the options. Arguments
 * that a confidential guest cannot trust are dropped. */
void opening_measure(struct boot *boot, struct found *found);

/* Open it into boot's payload, and judge the options. *is_whole if only the
 * firmware can start it. */
must_check why opening_open(struct boot *boot, const struct found *found,
			    bool *is_whole);

/* Check what is to be started without the firmware, by trust_check(). */
must_check why opening_check(struct boot *boot, const struct found *found);

#endif
