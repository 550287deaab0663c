/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way out. Everything from departure_code on runs from the departure area
 * of the arena, which no copy reaches: the copies may cover gangway itself.
 */
#include "handoff.h"
#include "paging.h"

#define MSR_EFER   0xc0000080

/* Code selectors of the tables below; data is in the next slot, the TSS of
 * 32-bit mode behind it. Linux asks for its own. Other kernels are promised
 * none, but those that keep ours until their first interrupt have a table
 * where code is in the first slot, as most loaders do. */
#define LINUX_CODE 0x10
#define FIRST_CODE 0x08

	.section .text.jump, "ax"
	.code64

/*
 * In: RAX the physical address of a struct handoff.
 * Changes to its tables, which map this page as it is mapped now, and goes to
 * the moved code with RDI the handoff.
 */
	.globl	depart
	.type	depart, @function
depart:
	cli
	movabsq	$WINDOW_BASE, %rcx
	movq	HANDOFF_TABLES(%rax, %rcx), %rdx
	movq	%rdx, %cr3
	movq	%rax, %rdi
	jmp	*HANDOFF_CODE(%rdi)
	.size	depart, . - depart

	.balign	16
	.globl	departure_code, departure_code_end
	.type	departure_code, @function
departure_code:
	movq	HANDOFF_RSP(%rdi), %rsp
	lidt	no_idt(%rip)
	movq	%rdi, %r15
	movq	HANDOFF_COPIES(%r15), %rbx
	movq	HANDOFF_NR_COPIES(%r15), %rbp
1:	testq	%rbp, %rbp
	jz	leave
	movq	COPY_DST(%rbx), %rdi
	movq	COPY_SRC(%rbx), %rsi
	movq	COPY_LEN(%rbx), %rdx
	movq	%rdi, %rax
	subq	%rsi, %rax
	cmpq	%rdx, %rax
	jb	3f			/* dst inside src: from the end */
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep movsq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep movsb
2:	movq	COPY_ZERO(%rbx), %rdx
	xorl	%eax, %eax
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep stosq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep stosb
	addq	$COPY_SIZE, %rbx
	decq	%rbp
	jmp	1b
3:	leaq	-1(%rdi, %rdx), %rdi
	leaq	-1(%rsi, %rdx), %rsi
	std
	movl	%edx, %ecx
	andl	$7, %ecx
	rep movsb
	subq	$7, %rdi
	subq	$7, %rsi
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep movsq
	cld
	movq	COPY_DST(%rbx), %rdi
	addq	%rdx, %rdi
	jmp	2b

leave:	movl	$LINUX_CODE, %esi
	leaq	gdt_long(%rip), %rax
	movq	HANDOFF_MODE(%r15), %rdx
	testl	%edx, %edx		/* HANDOFF_LONG */
	jnz	4f
	call	load_segments
	pushq	$2
	popfq
	pushq	%rsi
	pushq	HANDOFF_ENTRY(%r15)
	movl	HANDOFF_EAX(%r15), %eax
	movl	HANDOFF_EBX(%r15), %ebx
	movq	HANDOFF_RSI(%r15), %rsi
	xorl	%r15d, %r15d
	lretq

4:	leaq	gdt_protected(%rip), %rax
	cmpl	$HANDOFF_LINUX32, %edx
	je	5f
	addq	$LINUX_CODE - FIRST_CODE, %rax
	movl	$FIRST_CODE, %esi
5:	call	load_segments
	pushq	%rsi
	leaq	6f(%rip), %rax
	pushq	%rax
	movl	%r15d, %ebp
	lretq
	.code32
6:	movl	$0x11, %eax		/* PE ET: no paging */
	movl	%eax, %cr0
	movl	$MSR_EFER, %ecx
	xorl	%eax, %eax
	xorl	%edx, %edx
	wrmsr
	movl	%eax, %cr4
	movl	%eax, %cr3
	addl	$16, %esi
	ltr	%si
	pushl	HANDOFF_ENTRY(%ebp)
	movl	HANDOFF_EAX(%ebp), %eax
	movl	HANDOFF_EBX(%ebp), %ebx
	movl	HANDOFF_RSI(%ebp), %esi
	xorl	%ecx, %ecx
	xorl	%ebp, %ebp
	pushl	$2
	popfl
	ret

/* In: RAX a GDT of up to five slots, ESI the code selector in it. Loads it and
 * all data selectors. Leaves the general registers that an entry does not define
 * at 0, but RSP, RSI and R15. */
	.code64
load_segments:
	movq	%rax, gdt_at(%rip)
	lgdt	gdt_size(%rip)
	leal	8(%rsi), %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	xorl	%edi, %edi
	xorl	%ebp, %ebp
	xorl	%r8d, %r8d
	xorl	%r9d, %r9d
	xorl	%r10d, %r10d
	xorl	%r11d, %r11d
	xorl	%r12d, %r12d
	xorl	%r13d, %r13d
	xorl	%r14d, %r14d
	ret

	.balign	8
gdt_long:
	.quad	0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_protected:				/* from the second slot on also a table */
	.quad	0, 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
	.quad	0x0000890000000067	/* the TSS that PVH wants: base 0 */
	.quad	0
gdt_size:
	.word	39
gdt_at:	.quad	0
no_idt:	.word	0
	.quad	0
departure_code_end:
	.size	departure_code, . - departure_code
