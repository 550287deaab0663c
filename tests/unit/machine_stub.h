/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a test can make the stubbed machine say.
 */
#ifndef TESTS_MACHINE_STUB_H
#define TESTS_MACHINE_STUB_H

#include "departure.h"
#include "start_info.h"

#define STUB_XEN_ENTRIES 256

/* What Xen answers to XENMEM_memory_map; no entries: there is no Xen. */
extern struct xen_e820_entry stub_xen_map[STUB_XEN_ENTRIES];
extern u32 stub_xen_entries;
u32 stub_ask_xen(struct xen_e820_entry *entries, u32 max);

/* As entry.S's tables: paging_guest.h fills them. */
#define STUB_TABLE_LEN 512
extern u64 stub_top[STUB_TABLE_LEN];
extern u64 stub_first[STUB_TABLE_LEN], stub_pages[WINDOW_PDS * STUB_TABLE_LEN];
extern struct paging stub_paging;

/* Those tables, and code of 600 bytes that are 0xd5. */
extern const struct departure stub_departure;

#endif
