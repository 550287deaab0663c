/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the running system is told of who booted it (Boot Loader Interface), for
 * bootctl and its like.
 */
#ifndef EFI_ANNOUNCE_H
#define EFI_ANNOUNCE_H

#include "find.h"
#include "folders.h"

/* When gangway began: to be called first. */
void announce_begin(void);

/* Who chose the entry: gangway, without a menu. */
void announce_loader(const struct candidate *chosen);

/* Who is the stub of the image that has run. */
void announce_stub(const struct found *found);

#endif
