// SPDX-License-Identifier: BSD-2-Clause
/*
 * What it asks of Xen, in 32-bit mode.
 */
#include <cpuid.h>

#include "domu.h"

#include "hypervisor.h"
#include "xen_calls.h"
#include "xen_ring.h"

#define CPUID_1_ECX_HYPERVISOR (1u << 31)
#define DEBUG_PORT	       0xe9

/* struct xen_memory_map, for 32-bit guests */
struct map_request {
	u32 nr_entries; /* room for them, then how many there are */
	u32 buffer;
};
WIRE_SIZE(struct map_request, 8);

static bool is_xen(void)
{
	u32 eax, ebx, ecx, edx;

	__cpuid(1, eax, ebx, ecx, edx);
	if (!(ecx & CPUID_1_ECX_HYPERVISOR))
		return false;
	for (u32 leaf = XEN_FIRST; leaf < XEN_END; leaf += XEN_STEP) {
		__cpuid(leaf, eax, ebx, ecx, edx);
		if (ebx == XEN_EBX && ecx == XEN_ECX && edx == XEN_EDX &&
		    eax >= leaf + XEN_LEAVES)
			return true;
	}
	return false;
}

/* As by vmcall() of cpu.h, with the registers of this mode. */
static u32 hypercall(u32 number, u32 first, void *second)
{
	u32 eax, ebx, ecx, edx;

	__cpuid(0, eax, ebx, ecx, edx);
	if (ebx == VENDOR_AMD || ebx == VENDOR_HYGON)
		asm volatile("vmmcall"
			     : "+a"(number), "+b"(first), "+c"(second)
			     :
			     : "edx", "esi", "edi", "memory");
	else
		asm volatile("vmcall"
			     : "+a"(number), "+b"(first), "+c"(second)
			     :
			     : "edx", "esi", "edi", "memory");
	return number;
}

u32 domu_memory_map(struct linux_e820_entry *entries, u32 max)
{
	struct map_request request = {
		.nr_entries = max,
		.buffer = (u32)(unsigned long)entries,
	};

	if (!is_xen() ||
	    hypercall(HYPERVISOR_MEMORY_OP, XENMEM_MEMORY_MAP, &request))
		return 0;
	return request.nr_entries < max ? request.nr_entries : max;
}

static u32 parameter(u32 index)
{
	struct parameter_request request = {
		.domid = DOMID_SELF,
		.index = index,
	};

	return hypercall(HYPERVISOR_HVM_OP, HVMOP_GET_PARAM, &request)
		       ? 0
		       : (u32)request.value;
}

static void write_to_log(const char *text)
{
	for (; *text; text++)
		asm volatile("outb %0, %1"
			     :
			     : "a"(*text), "Nd"((u16)DEBUG_PORT));
}

/* It has room for a sentence, since nobody has written yet. */
static void write_to_console(const char *text)
{
	u32 page = parameter(HVM_PARAM_CONSOLE_PFN);
	u32 channel = parameter(HVM_PARAM_CONSOLE_EVTCHN);
	volatile struct xen_ring *ring =
		(void *)(unsigned long)(page * PAGE_SIZE);
	u32 at;

	if (!page || !channel)
		return;
	for (at = ring->out_prod; *text; text++)
		ring->out[at++ % XEN_RING_OUT] = (u8)*text;
	ring->out_prod = at;
	hypercall(HYPERVISOR_EVENT_CHANNEL_OP, EVTCHNOP_SEND, &channel);
}

void domu_fail(void)
{
	static const char text[] =
		"gangway: entry pvh: the ramdisk of a Xen guest whose kernel "
		"is gangway.efi must be that file, too, and have the kernel "
		"in it\r\n";
	u32 reason = SHUTDOWN_CRASH;

	write_to_log(text);
	if (!is_xen())
		return;
	write_to_console(text);
	hypercall(HYPERVISOR_SCHED_OP, SCHEDOP_SHUTDOWN, &reason);
}
