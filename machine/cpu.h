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

/* Copy len bytes, from their start. */
static inline void copy_up(void *to, const void *from, u64 len)
{
	u64 words = len / 8, rest = len % 8;

	asm volatile("rep movsq"
		     : "+D"(to), "+S"(from), "+c"(words)
		     :
		     : "memory");
	asm volatile("rep movsb"
		     : "+D"(to), "+S"(from), "+c"(rest)
		     :
		     : "memory");
}

/* Copy len bytes, from their end. */
static inline void copy_down(void *to, const void *from, u64 len)
{
	to = (u8 *)to + len - 1;
	from = (const u8 *)from + len - 1;
	asm volatile("std; rep movsb; cld"
		     : "+D"(to), "+S"(from), "+c"(len)
		     :
		     : "memory");
}

/* Set len bytes to those of a pattern. */
static inline void fill_bytes(void *at, u64 pattern, u64 len)
{
	u64 words = len / 8, rest = len % 8;

	asm volatile("rep stosq"
		     : "+D"(at), "+c"(words)
		     : "a"(pattern)
		     : "memory");
	asm volatile("rep stosb"
		     : "+D"(at), "+c"(rest)
		     : "a"(pattern)
		     : "memory");
}

/* The index of the first of len bytes that differ; len if none do. */
static inline u64 differ(const void *a, const void *b, u64 len)
{
	u64 left = len;
	bool found;

	asm("cmp %%eax, %%eax; repe cmpsb"
	    : "+S"(a), "+D"(b), "+c"(left), "=@ccne"(found)
	    :
	    : "memory");
	return found ? len - left - 1 : len;
}

/* The index of the first of n values that is equal to one; n if none is. */
#define SCAN(name, type, instruction)                                          \
	static inline u64 name(const void *at, type value, u64 n)              \
	{                                                                      \
		u64 left = n;                                                  \
		bool found;                                                    \
                                                                               \
		asm("test %%rsp, %%rsp; repne " instruction                    \
		    : "+D"(at), "+c"(left), "=@cce"(found)                     \
		    : "a"(value)                                               \
		    : "memory");                                               \
		return found ? n - left - 1 : n;                               \
	}
SCAN(scan8, u8, "scasb")
SCAN(scan32, u32, "scasl")
SCAN(scan64, u64, "scasq")

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

/* Tell the host of a TDX domain of a fatal error, in 64 bytes of text (Intel's
 * GHCI 1.5, TDG.VP.VMCALL<ReportFatalError>). It does not come back. */
static inline void tdx_tell(const u64 text[8])
{
	register u64 r8 asm("r8") = text[5], r9 asm("r9") = text[6];
	register u64 r10 asm("r10") = 0, r11 asm("r11") = 0x10003;
	register u64 r12 asm("r12") = 0, r13 asm("r13") = 0;
	register u64 r14 asm("r14") = text[0], r15 asm("r15") = text[1];
	u64 leaf = 0, shared = 0xffcc, rbx = text[2], rdx = text[7];

	asm volatile(".byte 0x66, 0x0f, 0x01, 0xcc" /* tdcall */
		     : "+a"(leaf), "+b"(rbx), "+c"(shared), "+d"(rdx), "+r"(r8),
		       "+r"(r9), "+r"(r10), "+r"(r11), "+r"(r12), "+r"(r13),
		       "+r"(r14), "+r"(r15)
		     : "D"(text[3]), "S"(text[4])
		     : "memory");
}

static inline u64 read_tsc(void)
{
	u32 low, high;

	asm volatile("rdtsc" : "=a"(low), "=d"(high));
	return (u64)high << 32 | low;
}

/* Where CPUID says that there is such an instruction. 0: it has nothing. */
static inline u64 read_random(void)
{
	u64 value;

	asm volatile("rdrand %0" : "=r"(value) : : "cc");
	return value;
}

/* Use page tables. */
static inline void load_tables(u64 root)
{
	asm volatile("movq %0, %%cr3" : : "r"(root) : "memory");
}

/* Where the CPU finds its gates for exceptions and interrupts. */
static inline void load_idt(const void *table, u64 len)
{
	struct {
		u16 last;
		u64 base;
	} wire_packed pointer = { (u16)(len - 1), (u64)table };

	asm volatile("lidt %0" : : "m"(pointer));
}

static inline void load_tss(u16 selector)
{
	asm volatile("ltr %0" : : "r"(selector));
}

/* The last resort of a reset: an exception without a gate for it. */
static inline _Noreturn void triple_fault(void)
{
	load_idt(NULL, 1);
	for (;;)
		asm volatile("int3");
}

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

static inline void write_msr(u32 number, u64 value)
{
	asm volatile("wrmsr"
		     :
		     : "a"((u32)value), "d"((u32)(value >> 32)), "c"(number)
		     : "memory");
}

/* Stop for ever. A hypervisor may take it for the end of the machine. */
static inline _Noreturn void cpu_halt(void)
{
	for (;;)
		asm volatile("cli; hlt");
}

#endif
