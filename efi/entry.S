/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way into gangway from UEFI firmware and back, and the way out once the
 * firmware is gone.
 */
#include "handoff.h"

#define MSR_FS	 0xc0000100
#define CANARY	 0x28
#define CPUID_RDRAND 30
#define CR4_PGE	 0x80

	.text
	.code64

/*
 * UEFI 2.10, section 2.3.4: long mode, identity mapped, the firmware's stack;
 * RCX the image's handle, RDX the system table; RBX, RBP, RDI, RSI, R12 to R15
 * and XMM6 to XMM15, which nothing here uses, are the caller's.
 * Returns in RAX what efi_main() returns. FS points at a block of ours
 * meanwhile, since compiled code looks for its canary there.
 */
	.globl	efi_entry
	.type	efi_entry, @function
efi_entry:
	pushq	%rdi
	pushq	%rsi
	pushq	%rbx
	pushq	%rbp
	movq	%rcx, %rdi
	movq	%rdx, %rsi
	movl	$MSR_FS, %ecx
	rdmsr
	pushq	%rdx
	pushq	%rax
	leaq	thread_block(%rip), %rbp
	movq	%rbp, %rax
	movq	%rbp, %rdx
	shrq	$32, %rdx
	wrmsr
	movl	$1, %eax
	cpuid
	xorl	%ebx, %ebx
	btl	$CPUID_RDRAND, %ecx
	jnc	1f
	rdrand	%rbx
1:	rdtsc
	shlq	$32, %rdx
	xorq	%rdx, %rbx
	xorq	%rax, %rbx
	movb	$0, %bl			/* a string cannot run over it */
	movq	%rbx, CANARY(%rbp)
	movq	%rsp, %rbp
	andq	$-16, %rsp
	cld
	call	efi_main
	movq	%rbp, %rsp
	movq	%rax, %rbx
	popq	%rax
	popq	%rdx
	movl	$MSR_FS, %ecx
	wrmsr
	movq	%rbx, %rax
	popq	%rbp
	popq	%rbx
	popq	%rsi
	popq	%rdi
	ret
	.size	efi_entry, . - efi_entry

/*
 * noreturn void efi_depart(phys tables): in: RDI page tables that map all RAM
 * at its own address, the firmware's boot services gone. Goes on in efi_finish()
 * on a stack and with tables of ours, since all that is the firmware's is free
 * RAM now, and leaves with the handoff whose address that returns. Pages that
 * the firmware made global must not outlive its tables.
 */
	.globl	efi_depart
	.type	efi_depart, @function
efi_depart:
	cli
	cld
	movq	%cr4, %rax
	andq	$~CR4_PGE, %rax
	movq	%rax, %cr4
	movq	%rdi, %cr3
	leaq	stack_top(%rip), %rsp
	lidt	no_idt(%rip)
	call	efi_finish
	movq	%rax, %rdi
	movq	HANDOFF_TABLES(%rdi), %rax
	movq	%rax, %cr3
	jmp	*HANDOFF_CODE(%rdi)
	.size	efi_depart, . - efi_depart

/* void triple_fault(void): in: anything. Out: the machine resets. */
	.globl	triple_fault
	.type	triple_fault, @function
triple_fault:
	lidt	no_idt(%rip)
	int3
	.size	triple_fault, . - triple_fault

	.section .rodata.entry, "a"
	.balign	8
no_idt:	.word	0
	.quad	0

	.section .bss.stack, "aw", @nobits
	.balign	16
	.skip	32768
stack_top:
thread_block:
	.skip	64
