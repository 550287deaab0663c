/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Patterns for the names of entries, as loader.conf(5) has them.
 */
#ifndef BLS_GLOB_H
#define BLS_GLOB_H

#include "view.h"

/* Does the pattern ("*", "?" and "[a-z]") match all of the name? Case does not
 * count. */
bool glob_matches(struct view pattern, struct view name);

#endif
