/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a file looks like that is no kernel, for whoever meant it to be one.
 */
#ifndef FORMATS_LOOKS_H
#define FORMATS_LOOKS_H

#include "view.h"

/*
 * What a file is, and why it will not do, in words that follow "is". Only its
 * beginning is there if not is_whole. The next reason overwrites it.
 */
const char *looks_like(struct view file, bool is_whole);

#endif
