/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the emulator tell a hypervisor the truth about control registers? A
 * Multiboot 1 kernel that has a guest read CR2 while reads of CR0 alone are
 * intercepted (AMD's manual, volume 2, chapter 15 and appendix B), and writes
 * to QEMU's debug-exit port: 2 when the guest could go on, 1 when it could not.
 */
#define MB1_MAGIC	0x1badb002
#define DEBUG_EXIT	0x501
#define EFER		0xc0000080
#define EFER_SVME	0x1000
#define VM_HSAVE_PA	0xc0010117
#define READ_OF_CR0	1
#define VMRUN_VMMCALL	3		/* both intercepted */
#define EXIT_VMMCALL	0x81
#define CODE		0x0c9b		/* a segment's attributes: flat, 32 bits */
#define DATA		0x0c93

	.section .head, "ax"
	.code32
	.balign	4
	.long	MB1_MAGIC, 0, -MB1_MAGIC
	.globl	_start
	.type	_start, @function
_start:
	movl	$EFER, %ecx
	rdmsr
	orl	$EFER_SVME, %eax
	wrmsr
	movl	$VM_HSAVE_PA, %ecx
	movl	$host, %eax
	xorl	%edx, %edx
	wrmsr
	movl	$vmcb, %eax
	vmrun	%eax
	movl	$1, %eax
	cmpl	$EXIT_VMMCALL, exit_code
	jne	1f
	incl	%eax
1:	movw	$DEBUG_EXIT, %dx
	outb	%al, %dx
2:	hlt
	jmp	2b

guest:
	movl	%cr2, %eax
	vmmcall
	.size	_start, . - _start

	.data
	.balign	4096
vmcb:	.word	READ_OF_CR0
	.org	vmcb + 0x010
	.long	VMRUN_VMMCALL
	.org	vmcb + 0x058
	.long	1			/* address space, none is the host's */
	.org	vmcb + 0x070
exit_code:
	.quad	0
	.org	vmcb + 0x410
	.word	8, CODE			/* CS */
	.long	-1, 0, 0
	.word	16, DATA		/* SS */
	.long	-1, 0, 0
	.word	16, DATA		/* DS */
	.long	-1, 0, 0
	.org	vmcb + 0x4d0
	.quad	EFER_SVME
	.org	vmcb + 0x558
	.quad	0x11			/* CR0: protected mode */
	.quad	0x400			/* DR7 */
	.quad	0xffff0ff0		/* DR6 */
	.quad	2			/* RFLAGS */
	.long	guest, 0		/* RIP */
	.org	vmcb + 4096

	.bss
	.balign	4096
host:	.skip	4096
	.section .note.GNU-stack, "", @progbits
