/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which hypervisor there is, by CPUID: where it matters, no device tells.
 */
#ifndef LOADER_HYPERVISOR_H
#define LOADER_HYPERVISOR_H

#include "base.h"

/* Does the CPU say that it is not the machine's own? */
bool hypervisor_is_there(void);

/* Is it Xen, also behind the Hyper-V interface that Xen can offer? */
bool hypervisor_is_xen(void);

/* An entry of Xen's maps (public/arch-x86/hvm/e820.h). */
struct xen_e820_entry {
	u64 addr, size;
	u32 type; /* as E820 */
} packed;
WIRE_SIZE(struct xen_e820_entry, 20);

/*
 * Ask Xen for the memory map of this domain, by the hypercall XENMEM_memory_map
 * (public/memory.h). Writes at most max entries and returns how many; 0 where
 * there is no Xen, or it has no map.
 */
u32 xen_memory_map(struct xen_e820_entry *entries, u32 max);

#endif
