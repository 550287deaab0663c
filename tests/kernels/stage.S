/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A first stage that plays any door: QEMU starts it by Multiboot1 with one
 * module, a script made by tests/qemu/stage.py. It copies and clears memory
 * and writes ports as the script says, loads all registers from it, and jumps.
 * The host thereby decides each byte of what a loader finds, modules and
 * memory map included, and the state it is entered in, long mode too.
 *
 * A script without a code segment keeps QEMU's segments, but takes the table
 * behind them away: no better than the protocols promise.
 */
#define MB1_MAGIC	0x1badb002
#define MB1_FLAGS	0x2		/* memory information */
#define MBI_MODULES	24
#define MSR_EFER	0xc0000080

#define SCRIPT_FLAGS	0		/* popped, as the registers behind it */
#define SCRIPT_ESP	16		/* in the place where popal skips it */
#define SCRIPT_CR0	36
#define SCRIPT_CR3	40
#define SCRIPT_CR4	44
#define SCRIPT_EFER	48
#define SCRIPT_ENTRY	52		/* with SCRIPT_CS a far pointer */
#define SCRIPT_CS	56
#define SCRIPT_DS	58		/* for all data segments */
#define SCRIPT_TR	60		/* 0: none */
#define SCRIPT_GDT	62		/* limit, base */
#define SCRIPT_IDT	68
#define SCRIPT_COUNT	76
#define SCRIPT_STEPS	80
#define STEP_TO		0
#define STEP_FROM	4		/* offset in the script, or: */
#define STEP_ZEROS	0
#define STEP_PORT	1		/* STEP_LEN is written to port STEP_TO */
#define STEP_LEN	8
#define STEP_SIZE	12

	.macro	leave jump
	movl	$head + SCRIPT_FLAGS, %esp
	popfl
	popal
	movl	head + SCRIPT_ESP, %esp
	\jump	*head + SCRIPT_ENTRY
	.endm

	.section .text, "ax"
	.code32
	.balign	4
	.long	MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)
	.globl	_start
	.type	_start, @function
_start:
	cli
	cld
	movl	MBI_MODULES(%ebx), %eax
	movl	(%eax), %ebp
	leal	SCRIPT_STEPS(%ebp), %edx
	movl	SCRIPT_COUNT(%ebp), %ebx
	jmp	5f
1:	movl	STEP_TO(%edx), %edi
	movl	STEP_FROM(%edx), %esi
	movl	STEP_LEN(%edx), %ecx
	cmpl	$STEP_PORT, %esi
	je	3f
	jb	2f
	addl	%ebp, %esi
	rep movsb
	jmp	4f
2:	xorl	%eax, %eax
	rep stosb
	jmp	4f
3:	movl	%ecx, %eax
	xchgl	%edi, %edx
	outl	%eax, %dx
	movl	%edi, %edx
4:	addl	$STEP_SIZE, %edx
	decl	%ebx
5:	testl	%ebx, %ebx
	jnz	1b
	movl	%ebp, %esi
	movl	$head, %edi
	movl	$SCRIPT_STEPS, %ecx
	rep movsb
	jmp	take_state
	.size	_start, . - _start

/* Here nothing but the script's head is needed any more. */
	.type	take_state, @function
take_state:
	lgdt	head + SCRIPT_GDT
	lidt	head + SCRIPT_IDT
	movl	head + SCRIPT_CR4, %eax
	movl	%eax, %cr4
	movl	head + SCRIPT_CR3, %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	xorl	%edx, %edx
	movl	head + SCRIPT_EFER, %eax
	wrmsr
	movzwl	head + SCRIPT_TR, %eax
	testl	%eax, %eax
	jz	1f
	ltr	%ax
1:	movl	head + SCRIPT_CR0, %eax
	movl	%eax, %cr0
	movzwl	head + SCRIPT_DS, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	cmpw	$0, head + SCRIPT_CS
	jne	2f
	leave	jmp
2:	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	leave	ljmp
	.size	take_state, . - take_state

	.section .bss, "aw", @nobits
	.balign	16
head:	.skip	SCRIPT_STEPS

	.section .note.GNU-stack, "", @progbits
