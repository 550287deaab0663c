/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Xen's interface, as far as gangway uses it: how its CPUID leaves are known
 * (public/arch-x86/cpuid.h), and its hypercalls.
 */
#ifndef MACHINE_XEN_CALLS_H
#define MACHINE_XEN_CALLS_H

#include "base.h"

#define XEN_FIRST  0x40000000 /* where its leaves may begin, in steps */
#define XEN_END	   0x40010000
#define XEN_STEP   0x100
#define XEN_LEAVES 2	      /* at least, behind the first */
#define XEN_EBX	   0x566e6558 /* "XenVMMXenVMM" */
#define XEN_ECX	   0x65584d4d
#define XEN_EDX	   0x4d4d566e

/* Whose CPUs have VMMCALL in place of VMCALL. */
#define VENDOR_AMD   0x68747541 /* EBX of CPUID leaf 0: "Auth" */
#define VENDOR_HYGON 0x6f677948 /* "Hygo" */

#define HYPERVISOR_MEMORY_OP 12
#define XENMEM_MEMORY_MAP    9

#define HYPERVISOR_SCHED_OP	    29
#define SCHEDOP_YIELD		    0
#define SCHEDOP_SHUTDOWN	    2
#define SHUTDOWN_CRASH		    3
#define HYPERVISOR_EVENT_CHANNEL_OP 32
#define EVTCHNOP_SEND		    4
#define HYPERVISOR_HVM_OP	    34
#define HVMOP_GET_PARAM		    1
#define DOMID_SELF		    0x7ff0

/* struct xen_hvm_param */
struct parameter_request {
	u16 domid;
	u16 padding;
	u32 index;
	u64 value;
};
WIRE_SIZE(struct parameter_request, 16);

#endif
