/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What C has no words for: I/O ports and a few instructions. The only C header
 * with inline assembly.
 */
#ifndef MACHINE_CPU_H
#define MACHINE_CPU_H

#include "base.h"

#define CPUID_1_ECX_HYPERVISOR (1u << 31)

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

static inline void outb(u16 port, u8 value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outw(u16 port, u16 value)
{
	asm volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline u16 inw(u16 port)
{
	u16 value;

	asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void outl(u16 port, u32 value)
{
	asm volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline u32 inl(u16 port)
{
	u32 value;

	asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/* Write n bytes to one port, one after the other; returns their end. */
static inline const u8 *outsb(u16 port, const u8 *bytes, u64 n)
{
	asm volatile("rep outsb" : "+S"(bytes), "+c"(n) : "d"(port) : "memory");
	return bytes;
}

/* Set n words to one value. */
static inline void stosw(u16 *at, u16 value, u64 n)
{
	asm volatile("rep stosw" : "+D"(at), "+c"(n) : "a"(value) : "memory");
}

/* Write n characters as cells of a text screen. Twice as fast as
 * what a compiler makes of it, and most of what a log line costs. */
static inline void put_cells(u16 *cells, u16 attribute, const u8 *text, u64 n)
{
	asm volatile("jrcxz 2f; 1: lodsb; stosw; loop 1b; 2:"
		     : "+D"(cells), "+S"(text), "+c"(n), "+a"(attribute)
		     :
		     : "memory");
}

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid out;

	asm volatile("cpuid"
		     : "=a"(out.eax), "=b"(out.ebx), "=c"(out.ecx),
		       "=d"(out.edx)
		     : "a"(leaf), "c"(subleaf));
	return out;
}

/* Ask Xen by the CPU's instruction, AMD's or Intel's. It may change every
 * register that a hypercall can have an argument in (Xen's debug builds do). */
#define XEN_CALL(instruction)                                                  \
	static inline u64 instruction(u64 number, u64 first, void *second)     \
	{                                                                      \
		asm volatile(#instruction                                      \
			     : "+a"(number), "+D"(first), "+S"(second)         \
			     :                                                 \
			     : "rdx", "r8", "r9", "r10", "memory");            \
		return number;                                                 \
	}
XEN_CALL(vmmcall)
XEN_CALL(vmcall)

/* The address that the last page fault was about. */
static inline u64 read_cr2(void)
{
	u64 value;

	asm volatile("movq %%cr2, %0" : "=r"(value));
	return value;
}

/* Which paging and other modes are on. */
static inline u64 read_cr4(void)
{
	u64 value;

	asm volatile("movq %%cr4, %0" : "=r"(value));
	return value;
}

static inline u64 read_msr(u32 number)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
	return (u64)high << 32 | low;
}

/* Stop for ever. A hypervisor may take it for the end of the machine. */
static inline _Noreturn void cpu_halt(void)
{
	for (;;)
		asm volatile("cli; hlt");
}

#endif
