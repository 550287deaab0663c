/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of versions (UAPI.10, Version Format Specification).
 */
#ifndef FORMATS_VERSION_H
#define FORMATS_VERSION_H

#include "view.h"

/* Below 0 if a is the older, above 0 if b is, 0 if they are equal. */
int version_compare(struct view a, struct view b);

#endif
