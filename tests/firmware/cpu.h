/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CPU of a played firmware, in the place of machine/cpu.h: it has what the
 * test says, and its halt ends the boot.
 */
#ifndef MACHINE_CPU_H
#define MACHINE_CPU_H

#include "base.h"

#define CPUID_1_ECX_HYPERVISOR (1u << 31)

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

extern u32 played_features;
extern u64 played_cr4, played_msr;
extern bool (*played_cpuid)(u32 leaf, struct cpuid *out);

_Noreturn void played_end(int how);

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid out = { 0, 0, 0, 0 };

	(void)subleaf;
	if (played_cpuid && played_cpuid(leaf, &out))
		return out;
	if (leaf == 0x80000001)
		out.edx = played_features;
	return out;
}

static inline u64 read_cr4(void)
{
	return played_cr4;
}

static inline u64 read_msr(u32 number)
{
	(void)number;
	return played_msr;
}

static inline void write_msr(u32 number, u64 value)
{
	(void)number, (void)value;
}

static inline u64 read_tsc(void)
{
	static u64 now;

	return now += 1000000;
}

static inline _Noreturn void cpu_halt(void)
{
	played_end(0);
}

#endif
