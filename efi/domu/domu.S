/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry of PVH (Xen's docs/misc/pvh.pandoc): 32-bit mode, flat segments,
 * EBX start_info. And the way on: ESI the boot parameters.
 */
#define XEN_ELFNOTE_PHYS32_ENTRY 18
#define STACK 4096

	.text
	.globl	domu_entry
domu_entry:
	cli
	cld
	movl	$stack + STACK, %esp
	pushl	%ebx
	call	domu_start
	testl	%eax, %eax
	jz	1f
	movl	$domu_params, %esi
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	xorl	%ebx, %ebx
	jmp	*%eax
1:	call	domu_fail
	lidtl	no_idt			/* not under Xen: the machine restarts */
	ud2

	.local	stack, no_idt
	.comm	stack, STACK, 16
	.comm	no_idt, 6, 2

	.section .note.Xen, "a", @note
	.balign	4
	.long	4, 4, XEN_ELFNOTE_PHYS32_ENTRY
	.asciz	"Xen"
	.long	domu_entry

	.section .note.GNU-stack, "", @progbits
