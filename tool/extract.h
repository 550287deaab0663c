/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking the vmlinux out of a bzImage.
 */
#ifndef TOOL_EXTRACT_H
#define TOOL_EXTRACT_H

#include "view.h"

/* What a bzImage unpacks itself to, in memory that stays; what is none, or is
 * damaged, ends the program. */
struct view extract(const char *path, struct view bzimage);

#endif
