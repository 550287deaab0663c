/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first code in 64-bit mode, and the memory and tables of entry.S.
 */
#include "paging.h"
#include "segments.h"

#define MSR_FS	 0xc0000100
#define VECTORS	 30 /* #VC is the highest that is caught early */

	.section .text.entry, "ax"
	.code64
	.globl	start64
	.type	start64, @function
start64:
	movl	$SEG_DATA, %eax
	movl	%eax, %ss
	movl	$MSR_FS, %ecx
	leaq	thread_block(%rip), %rax
	xorl	%edx, %edx
	wrmsr
	call	make_canary
	movq	%rax, __stack_chk_guard(%rip)
	popq	%rdi			/* door, magic */
	movq	%rdi, %rsi
	shrq	$32, %rsi
	movl	%edi, %edi
	popq	%rdx			/* info */
	call	loader_main
	jmp	depart
	.size	start64, . - start64

	.section .rodata.entry, "a"
	.balign	16
	.globl	first_entries
first_entries:				/* and the step to the next */
	.quad	PTE_PRESENT + PTE_WRITABLE + PTE_LARGE
	.quad	PTE_PRESENT + PTE_WRITABLE + PTE_LARGE + 0x200000
	.quad	0x400000, 0x400000
	.globl	no_long_mode_text
no_long_mode_text:
	.asciz	"gangway: entry cpu: this CPU has no 64-bit mode\r\n"
	.globl	encrypted_text
encrypted_text:
	.asciz	"gangway: entry cpu: memory is encrypted (AMD SEV): start gangway.efi by UEFI\r\n"

	.balign	8
	.globl	first_gdt
first_gdt:
	.quad	0, 0
	.quad	0x00cf9b000000ffff	/* SEG_CODE32 */
	.quad	0x00cf93000000ffff	/* SEG_DATA */
	.quad	0x00af9b000000ffff	/* SEG_CODE64 */
first_gdt_end:
	.globl	first_gdt_pointer
first_gdt_pointer:
	.word	first_gdt_end - first_gdt - 1
	.quad	first_gdt
	.globl	gdt_pointer
gdt_pointer:
	.word	gdt_end - gdt - 1
	.quad	gdt
	.globl	early_idt_pointer
early_idt_pointer:
	.word	early_idt_end - early_idt - 1
	.quad	early_idt

	/* The file has no initialised data, which would take a page of it. */
	.section .bss.gdt, "aw", @nobits
	.balign	8
	.globl	gdt
gdt:	.skip	SEG_TSS + 16		/* SEG_TSS: by exceptions.c */
gdt_end:
	.globl	early_idt
early_idt:
	.skip	8 * VECTORS
early_idt_end:

	.section .bss.stack, "aw", @nobits
	.balign	4096
	.globl	stack_guard
stack_guard:
	.skip	4096
	.skip	16384
	.globl	stack_top
stack_top:
	.globl	thread_block, __stack_chk_guard
thread_block:				/* of libraries, at FS */
	.skip	0x28
__stack_chk_guard:			/* as they know it, and we */
	.skip	64 - 0x28
