/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tells the running system how it was booted (Boot Loader Interface), for
 * bootctl and the like.
 */
#ifndef EFI_ANNOUNCE_H
#define EFI_ANNOUNCE_H

#include "find.h"
#include "folders.h"

/* Remember the start time; to be called first. */
void announce_begin(void);

/* Tell about the boot loader and the entry it chose. */
void announce_loader(const struct candidate *chosen);

/* Tell about the stub of the UKI. */
void announce_stub(const struct found *found);

#endif
