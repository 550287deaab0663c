// SPDX-License-Identifier: BSD-2-Clause
/*
 * The CPUID leaves of hypervisors (Xen public/arch-x86/cpuid.h).
 */
#include "hypervisor.h"

#include "cpu.h"

#define BASE	   0x40000000
#define END	   0x40010000
#define STEP	   0x100
#define XEN_LEAVES 2	      /* at least, behind the first */
#define XEN_EBX	   0x566e6558 /* "XenVMMXenVMM" */
#define XEN_ECX	   0x65584d4d
#define XEN_EDX	   0x4d4d566e

bool hypervisor_is_there(void)
{
	return cpuid(1, 0).ecx & CPUID_1_ECX_HYPERVISOR;
}

bool hypervisor_is_xen(void)
{
	for (u32 leaf = BASE; leaf < END && hypervisor_is_there();
	     leaf += STEP) {
		struct cpuid id = cpuid(leaf, 0);

		if (id.ebx == XEN_EBX && id.ecx == XEN_ECX && id.edx == XEN_EDX)
			return true;
		/* Whatever is before Xen's leaves has some of its own. */
		if (id.eax < leaf + XEN_LEAVES)
			return false;
	}
	return false;
}
