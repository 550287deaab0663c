/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is packed into gangway's own file, as each of the files has it.
 */
#ifndef LOADER_OWN_H
#define LOADER_OWN_H

#include "boot_info.h"
#include "mem.h"

/* Put it in front of info's modules, and hold it. What lies above 4 GiB can be
 * seen only once the window has been extended: this is called before and
 * after, and does it once. */
must_check why own_add(const struct mem *mem, struct boot_info *info);

#endif
