/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest kernel that can stand in gangway's place: its first instruction
 * reads the TSC, and door_main() prints it. The same boot with gangway minus
 * this one is what gangway itself costs. Built with MULTIBOOT it is started by
 * Multiboot1, without by PVH.
 */
#define MB1_MAGIC	0x1badb002
#define MB1_FLAGS	0x3		/* page-aligned modules, memory */
#define PHYS32_ENTRY	18

	.section .head, "ax"
	.code32
#ifdef MULTIBOOT
	.balign	4
	.long	MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)
#endif
	.globl	_start
	.type	_start, @function
_start:
	rdtsc
	movl	$stack_end, %esp
	cld
	pushl	%edx
	pushl	%eax
	call	door_main
	lidt	no_idt
	int3
	.size	_start, . - _start

no_idt:	.word	0
	.long	0

	.bss
	.skip	4096
stack_end:

#ifndef MULTIBOOT
	.section .note.pvh, "a", @note
	.long	4, 4, PHYS32_ENTRY
	.asciz	"Xen"
	.long	_start
#endif
	.section .note.GNU-stack, "", @progbits
