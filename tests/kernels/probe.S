/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe kernel's entries: 32-bit at its start, 64-bit at +0x200, as in a
 * Linux bzImage's protected-mode part; Multiboot2's for EFI behind config. They
 * read the TSC at once, keep what the loader left in the registers, and go on
 * in probe_main() in long mode.
 */
#include "probe.h"

#define DATA_SELECTOR	0x18
#define CODE_SELECTOR	0x10
#define NR_TABLES	6	/* PML4, PDPT, four page directories */
#define LARGE_PAGE	0x83	/* present, writable, 2 MiB */
#define TABLE		0x03

	.section .head, "ax"
	.code32
	.globl	start32
	.type	start32, @function
/*
 * State in: flat segments; what else there is, is what the probe prints.
 */
start32:
	movl	%eax, SCRATCH
	rdtsc
	movl	%esp, %ecx
	movl	$SCRATCH_END, %esp
	call	1f
1:	popl	%esp
	leal	(stack_end - 1b)(%esp), %esp
	pushfl
	cld
	pushl	%ebp
	call	2f
2:	popl	%ebp
	addl	$(state - 2b), %ebp
	movl	%eax, STATE_TSC(%ebp)
	movl	%edx, STATE_TSC+4(%ebp)
	movl	$32, STATE_MODE(%ebp)
	movl	%ecx, STATE_SP(%ebp)
	movl	%ebx, STATE_BX(%ebp)
	movl	%esi, STATE_SI(%ebp)
	movl	%edi, STATE_DI(%ebp)
	popl	STATE_BP(%ebp)
	popl	STATE_FLAGS(%ebp)
	movl	SCRATCH, %eax
	movl	%eax, STATE_AX(%ebp)
	movl	%cr0, %eax
	movl	%eax, STATE_CR0(%ebp)
	movl	%cr3, %eax
	movl	%eax, STATE_CR3(%ebp)
	movl	%cr4, %eax
	movl	%eax, STATE_CR4(%ebp)
	movl	$MSR_EFER, %ecx
	rdmsr
	movl	%eax, STATE_EFER(%ebp)
	movw	%cs, STATE_CS(%ebp)
	movw	%ds, STATE_DS(%ebp)
	movw	%es, STATE_ES(%ebp)
	movw	%ss, STATE_SS(%ebp)
	movw	%fs, STATE_FS(%ebp)
	movw	%gs, STATE_GS(%ebp)
	str	STATE_TR(%ebp)
	sgdt	STATE_GDTR(%ebp)
	/* fall through */

/* Map the first 4 GiB in 2 MiB pages and enter long mode. EBP = state. */
	leal	(tables - state + 4095)(%ebp), %edi
	andl	$~4095, %edi
	movl	%edi, %edx
	xorl	%eax, %eax
	movl	$NR_TABLES * 1024, %ecx
	rep stosl
	leal	4096+TABLE(%edx), %eax
	movl	%eax, (%edx)
	xorl	%ecx, %ecx
3:	addl	$4096, %eax
	movl	%eax, 4096(%edx, %ecx, 8)
	incl	%ecx
	cmpl	$4, %ecx
	jne	3b
	leal	2 * 4096(%edx), %edi
	movl	$LARGE_PAGE, %eax
4:	movl	%eax, (%edi)
	addl	$8, %edi
	addl	$0x200000, %eax
	jnc	4b
	movl	%cr4, %eax
	orl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	%edx, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	leal	(gdt - state)(%ebp), %eax
	movl	%eax, (gdtr + 2 - state)(%ebp)
	lgdt	(gdtr - state)(%ebp)
	pushl	$CODE_SELECTOR
	call	5f
5:	addl	$(enter64 - 5b), (%esp)
	movl	%cr0, %eax
	orl	$CR0_PG, %eax
	movl	%eax, %cr0
	lret
	.size	start32, . - start32

	.org	ENTRY64_AT
	.code64
	.globl	start64
	.type	start64, @function
/* State in (boot protocol, 64-bit): RSI = zero page, memory identity mapped. */
start64:
	rdtsc
	movq	%rsp, %rcx
	leaq	stack_end(%rip), %rsp
	pushfq
	cld
	movl	%eax, state+STATE_TSC(%rip)
	movl	%edx, state+STATE_TSC+4(%rip)
	movl	$64, state+STATE_MODE(%rip)
	movq	%rcx, state+STATE_SP(%rip)
	movq	%rbx, state+STATE_BX(%rip)
	movq	%rbp, state+STATE_BP(%rip)
	movq	%rsi, state+STATE_SI(%rip)
	movq	%rdi, state+STATE_DI(%rip)
	popq	state+STATE_FLAGS(%rip)
	movq	%cr0, %rax
	movq	%rax, state+STATE_CR0(%rip)
	movq	%cr3, %rax
	movq	%rax, state+STATE_CR3(%rip)
	movq	%cr4, %rax
	movq	%rax, state+STATE_CR4(%rip)
	movl	$MSR_EFER, %ecx
	rdmsr
	movl	%eax, state+STATE_EFER(%rip)
	movw	%cs, state+STATE_CS(%rip)
	movw	%ds, state+STATE_DS(%rip)
	movw	%es, state+STATE_ES(%rip)
	movw	%ss, state+STATE_SS(%rip)
	movw	%fs, state+STATE_FS(%rip)
	movw	%gs, state+STATE_GS(%rip)
	str	state+STATE_TR(%rip)
	sgdt	state+STATE_GDTR(%rip)
	jmp	call_main

enter64:
	movl	$DATA_SELECTOR, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
call_main:
	leaq	stack_end(%rip), %rsp
	leaq	state(%rip), %rdi
	leaq	config(%rip), %rsi
	leaq	start32(%rip), %rdx
	call	probe_main
	/* no debug-exit device: a triple fault ends the machine too */
	lidt	no_idt(%rip)
	int3
	.size	start64, . - start64

	.org	CONFIG_AT
	.globl	config
	.type	config, @object
config:
	.long	mutable_start - start32, mutable_end - start32
	.org	CONFIG_AT + CONFIG_SIZE
	.size	config, . - config

	.org	ENTRY_LIVE_AT
	.globl	start_live
	.type	start_live, @function
/* State in (Multiboot2 2.0, 3.5): RAX, RBX; all else is the firmware's. */
start_live:
	movq	%rax, state+STATE_AX(%rip)
	jmp	start64
	.size	start_live, . - start_live

/* void on_stack(u64 sp, void (*call)(void *), void *argument): firmware needs
 * more stack than there is here. */
	.text
	.globl	on_stack
	.type	on_stack, @function
on_stack:
	pushq	%rbp
	movq	%rsp, %rbp
	movq	%rdi, %rsp
	andq	$-16, %rsp
	movq	%rdx, %rdi
	call	*%rsi
	movq	%rbp, %rsp
	popq	%rbp
	ret
	.size	on_stack, . - on_stack

	.data
	.balign	16
	.type	state, @object
state:	.skip	STATE_SIZE
	.size	state, STATE_SIZE
gdt:	.quad	0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdtr:	.word	31
	.quad	0
no_idt:	.word	0
	.quad	0
	.balign	16
	.skip	16384
stack_end:
tables:	.skip	(NR_TABLES + 1) * 4096

	.section .note.GNU-stack, "", @progbits
