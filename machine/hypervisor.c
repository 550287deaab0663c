// SPDX-License-Identifier: BSD-2-Clause
/*
 * The CPUID leaves of hypervisors (Xen public/arch-x86/cpuid.h), and the one
 * question that only Xen can answer.
 */
#include "hypervisor.h"

#include "cpu.h"
#include "xen_calls.h"

/* Intel TDX Module Base Architecture, section on CPUID: "IntelTDX    " */
#define TDX_LEAF 0x21
#define TDX_EBX	 0x65746e49
#define TDX_EDX	 0x5844546c
#define TDX_ECX	 0x20202020

/* struct xen_memory_map */
struct map_request {
	u32 nr_entries; /* room for them, then how many there are */
	u32 padding;
	u64 buffer;
};
WIRE_SIZE(struct map_request, 16);

bool hypervisor_is_there(void)
{
	return cpuid(1, 0).ecx & CPUID_1_ECX_HYPERVISOR;
}

bool hypervisor_is_tdx(void)
{
	struct cpuid id;

	if (cpuid(0, 0).eax < TDX_LEAF)
		return false;
	id = cpuid(TDX_LEAF, 0);
	return id.ebx == TDX_EBX && id.edx == TDX_EDX && id.ecx == TDX_ECX;
}

bool hypervisor_is_xen(void)
{
	if (!hypervisor_is_there())
		return false;
	for (u32 leaf = XEN_FIRST; leaf < XEN_END; leaf += XEN_STEP) {
		struct cpuid id = cpuid(leaf, 0);

		if (id.ebx == XEN_EBX && id.ecx == XEN_ECX &&
		    id.edx == XEN_EDX && id.eax >= leaf + XEN_LEAVES)
			return true;
	}
	return false;
}

/* Without a hypercall page, whose registering would outlive us: by the CPU's
 * own instruction. */
static u64 hypercall(u64 number, u64 first, void *second)
{
	u32 vendor = cpuid(0, 0).ebx;

	if (vendor == VENDOR_AMD || vendor == VENDOR_HYGON)
		return vmmcall(number, first, second);
	return vmcall(number, first, second);
}

u32 xen_memory_map(struct xen_e820_entry *entries, u32 max)
{
	struct map_request request = {
		.nr_entries = max,
		.buffer = (u64)entries,
	};

	if (!hypervisor_is_xen() ||
	    hypercall(HYPERVISOR_MEMORY_OP, XENMEM_MEMORY_MAP, &request))
		return 0;
	return request.nr_entries < max ? request.nr_entries : max;
}

u64 xen_parameter(u32 index)
{
	struct parameter_request request = {
		.domid = DOMID_SELF,
		.index = index,
	};

	return hypercall(HYPERVISOR_HVM_OP, HVMOP_GET_PARAM, &request)
		       ? 0
		       : request.value;
}

void xen_notify(u32 event_channel)
{
	hypercall(HYPERVISOR_EVENT_CHANNEL_OP, EVTCHNOP_SEND, &event_channel);
}

void xen_yield(void)
{
	hypercall(HYPERVISOR_SCHED_OP, SCHEDOP_YIELD, NULL);
}

void xen_crash(void)
{
	u32 reason = SHUTDOWN_CRASH;

	hypercall(HYPERVISOR_SCHED_OP, SCHEDOP_SHUTDOWN, &reason);
}
