// SPDX-License-Identifier: BSD-2-Clause
/*
 * AMD APM volume 2, section 15.34; Intel TDX Module, chapter on CPUID;
 * Microsoft TLFS, feature discovery; UEFI 2.10, section 38.2.
 */
#include "confidential.h"

#include "cpu.h"
#include "firmware.h"
#include "tcg_protocols.h"

#define LEAF_EXTENDED	0x80000000
#define LEAF_AMD	0x8000001f
#define AMD_SEV		(1u << 1)
#define MSR_SEV_STATUS	0xc0010131
#define SEV_ANY		7 /* SEV, SEV-ES, SEV-SNP */
#define LEAF_TDX	0x21
#define LEAF_HYPERVISOR 0x40000000
#define LEAF_INTERFACE	0x40000001
#define HYPERV		0x31237648 /* "Hv#1" */
#define LEAF_PRIVILEGES 0x40000003
#define MAY_ISOLATE	(1u << 22)
#define LEAF_ISOLATION	0x4000000c
#define ISOLATION(ebx)	((ebx)&15)
#define ISOLATED_BY_CPU 2 /* and more */

static bool is_guest(void)
{
	return cpuid(1, 0).ecx & CPUID_1_ECX_HYPERVISOR;
}

static bool is_sev(void)
{
	return cpuid(LEAF_EXTENDED, 0).eax >= LEAF_AMD &&
	       cpuid(LEAF_AMD, 0).eax & AMD_SEV &&
	       read_msr(MSR_SEV_STATUS) & SEV_ANY;
}

static bool is_tdx(void)
{
	struct cpuid id;

	if (cpuid(0, 0).eax < LEAF_TDX)
		return false;
	id = cpuid(LEAF_TDX, 0);
	return !memcmp(&id.ebx, "Inte", 4) && !memcmp(&id.edx, "lTDX", 4) &&
	       !memcmp(&id.ecx, "    ", 4);
}

static bool is_isolated_by_hyperv(void)
{
	return cpuid(LEAF_HYPERVISOR, 0).eax >= LEAF_ISOLATION &&
	       cpuid(LEAF_INTERFACE, 0).eax == HYPERV &&
	       cpuid(LEAF_PRIVILEGES, 0).ebx & MAY_ISOLATE &&
	       ISOLATION(cpuid(LEAF_ISOLATION, 0).ebx) >= ISOLATED_BY_CPU;
}

bool guest_needs_firmware(void)
{
	return is_guest() && (is_sev() || is_tdx());
}

bool guest_is_confidential(void)
{
	EFI_GUID guid = CC_GUID;

	return firmware_find(guid) || (is_guest() && (is_sev() || is_tdx() ||
						      is_isolated_by_hyperv()));
}
