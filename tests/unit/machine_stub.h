/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a test can make the stubbed machine say.
 */
#ifndef TESTS_MACHINE_STUB_H
#define TESTS_MACHINE_STUB_H

#include "start_info.h"

#define STUB_XEN_ENTRIES 256

/* What Xen answers to XENMEM_memory_map; no entries: there is no Xen. */
extern struct xen_e820_entry stub_xen_map[STUB_XEN_ENTRIES];
extern u32 stub_xen_entries;
u32 stub_ask_xen(struct xen_e820_entry *entries, u32 max);

#endif
