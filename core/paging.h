/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gangway's page tables. The lower half maps its own image only, at its own
 * address: code is not writable, data not executable, page 0 and the page
 * under the stack are absent. The upper half maps all memory at WINDOW_BASE.
 *
 * entry.S includes this file and builds the first 4 GiB of the window.
 */
#ifndef CORE_PAGING_H
#define CORE_PAGING_H

#define WINDOW_SLOT 256 /* of the top table: where the window begins */
#define WINDOW_PDS  4	/* 1 GiB each, mapped before any map is known */

#define PTE_PRESENT  0x001
#define PTE_WRITABLE 0x002
#define PTE_LARGE    0x080
#define PTE_NX_HIGH  0x80000000 /* in the upper half of an entry */

#ifdef __ASSEMBLER__
#define WINDOW_BASE 0xffff800000000000
#else
#define WINDOW_BASE 0xffff800000000000ull

#include "boot_info.h"
#include "mem.h"

struct plan;

/* The window is at most this long: 64 TiB, half of the upper half. */
#define MAX_MAPPED	  (64ull << 40)

/* Give the image its rights and take away what is not the image's. */
void paging_protect(void);

/*
 * Let the window reach all RAM of the map. Tables are taken from free RAM and
 * held for ever. Fails when there is no free RAM for them, RAM beyond
 * MAX_MAPPED, or a module above 4 GiB that does not lie in RAM.
 */
must_check why paging_extend(struct mem *mem, struct boot_info *info,
			     struct plan *scratch);

/*
 * Write tables that map the same memory at its own address, all of it
 * writable and executable, into the arena: a kernel's 64-bit entry expects
 * such, and its first code may run anywhere. Returns the root.
 */
phys paging_depart(struct arena *arena);

/* Bytes that paging_depart() takes of an arena that starts on a page. */
#define PAGING_DEPART_LEN ((2 + WINDOW_PDS) * PAGE_SIZE)

#endif
#endif
