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

#endif
