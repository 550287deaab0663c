/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A first stage that plays any 32-bit door: QEMU starts it by Multiboot1 with
 * one module, a script made by tests/qemu/stage.py. It copies and clears
 * memory as the script says, loads EAX and EBX, and jumps. The host thereby
 * decides each byte of what a loader finds, modules and memory map included.
 *
 * It leaves the machine no better than the protocols promise: direction flag
 * set, no stack, no table behind the segment registers.
 */
#define MB1_MAGIC	0x1badb002
#define MB1_FLAGS	0x2		/* memory information */
#define MBI_MODULES	24

#define SCRIPT_EAX	0
#define SCRIPT_EBX	4
#define SCRIPT_ENTRY	8
#define SCRIPT_COUNT	12
#define SCRIPT_STEPS	16
#define STEP_TO		0
#define STEP_FROM	4		/* offset in the script, 0: zeros */
#define STEP_LEN	8
#define STEP_SIZE	12

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
	jmp	4f
1:	movl	STEP_TO(%edx), %edi
	movl	STEP_FROM(%edx), %esi
	movl	STEP_LEN(%edx), %ecx
	testl	%esi, %esi
	jz	2f
	addl	%ebp, %esi
	rep movsb
	jmp	3f
2:	xorl	%eax, %eax
	rep stosb
3:	addl	$STEP_SIZE, %edx
	decl	%ebx
4:	testl	%ebx, %ebx
	jnz	1b
	movl	SCRIPT_ENTRY(%ebp), %ecx
	movl	SCRIPT_EAX(%ebp), %eax
	movl	SCRIPT_EBX(%ebp), %ebx
	lgdt	no_table
	xorl	%esp, %esp
	xorl	%ebp, %ebp
	movl	%ebp, %fs
	movl	%ebp, %gs
	std
	jmp	*%ecx
	.size	_start, . - _start

no_table:
	.word	0
	.long	0

	.section .note.GNU-stack, "", @progbits
