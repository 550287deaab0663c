/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gangway's own memory: which of it can be written, and which executed.
 */
#ifndef LOADER_PROTECT_H
#define LOADER_PROTECT_H

#include "paging.h"

/*
 * Give the image its rights and take away what is not the image's: the lower
 * half of the address space maps it alone, at its own address. Code is not
 * writable, data not executable, page 0 and the page under the stack are
 * absent. Fills in what paging_extend() wants to know.
 */
void protect_image(struct paging *paging);

#endif
