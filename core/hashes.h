/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that a signed gangway vouches for: the lines of its .hashes
 * section, as sha256sum writes them.
 */
#ifndef CORE_HASHES_H
#define CORE_HASHES_H

#include "view.h"

/* Is the SHA-256 of a file among the lines? */
bool hashes_have(struct view lines, struct view file);

#endif
