/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which hypervisor there is, by CPUID: where it matters, no device tells.
 */
#ifndef MACHINE_HYPERVISOR_H
#define MACHINE_HYPERVISOR_H

#include "start_info.h"

/* Does the CPU say that it is not the machine's own? */
bool hypervisor_is_there(void);

/* Is this a domain of Intel's TDX, where ports cannot be used? */
bool hypervisor_is_tdx(void);

/* Is it Xen, also behind the Hyper-V interface that Xen can offer? */
bool hypervisor_is_xen(void);

/*
 * Ask Xen for the memory map of this domain, by the hypercall XENMEM_memory_map
 * (public/memory.h). Writes at most max entries and returns how many; 0 where
 * there is no Xen, or it has no map.
 */
u32 xen_memory_map(struct xen_e820_entry *entries, u32 max);

/* What the toolstack has told Xen of this domain (public/hvm/params.h). */
#define HVM_PARAM_CONSOLE_PFN	 17
#define HVM_PARAM_CONSOLE_EVTCHN 18

/* One of these, under Xen only; 0 where Xen was told nothing. */
u64 xen_parameter(u32 index);

/* The rest only where hypervisor_is_xen(). */

/* Wake who is at the other end of an event channel. */
void xen_notify(u32 event_channel);

/* Let other domains run. */
void xen_yield(void);

/* End this domain as one that crashed. Comes back if Xen does not let us. */
void xen_crash(void);

#endif
