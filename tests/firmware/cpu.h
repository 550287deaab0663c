/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CPU of a played firmware, in the place of machine/cpu.h: one without
 * anything special, whose halt ends the boot.
 */
#ifndef MACHINE_CPU_H
#define MACHINE_CPU_H

#include "base.h"

#define CPUID_1_ECX_HYPERVISOR (1u << 31)

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

_Noreturn void played_end(int how);

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	(void)leaf, (void)subleaf;
	return (struct cpuid){ 0, 0, 0, 0 };
}

static inline u64 read_cr4(void)
{
	return 0;
}

static inline u64 read_msr(u32 number)
{
	(void)number;
	return 0;
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
