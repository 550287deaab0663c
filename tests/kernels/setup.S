/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The real-mode part of the probe kernel: what a boot loader like QEMU's own
 * starts at segment + 0x20. It copies the setup header into a zero page, asks
 * the BIOS for the memory map, and enters the protected-mode part. That direct
 * boot is what boots through gangway are compared with.
 *
 * bzimage.py writes the header's values over the zeros here.
 */
#define SETUP_SIZE	2560
#define ZERO_PAGE	0x4000		/* in the segment, behind the setup */
#define E820_ENTRIES	0x1e8
#define HEADER		0x1f1
#define HEADER_LENGTH	0x201		/* of what follows this byte */
#define HEADER_END	0x290		/* at most */
#define CODE32_START	0x214
#define E820_TABLE	0x2d0
#define SMAP		0x534d4150

	.section .setup, "ax"
	.code16
	.globl	setup
setup:
	.org	0x200
	.byte	0xeb, begin - 1f
1:	.org	HEADER_END
begin:
	cli
	cld
	movw	%ds, %ax
	movw	%ax, %es
	movw	$ZERO_PAGE, %di
	xorl	%eax, %eax
	movw	$1024, %cx
	rep stosl
	movw	$HEADER, %si
	movw	$ZERO_PAGE + HEADER, %di
	movzbw	HEADER_LENGTH, %cx
	addw	$HEADER_LENGTH + 1 - HEADER, %cx
	rep movsb

	movw	$ZERO_PAGE + E820_TABLE, %di
	xorl	%ebx, %ebx
2:	movl	$0xe820, %eax
	movl	$20, %ecx
	movl	$SMAP, %edx
	int	$0x15
	jc	3f
	incb	ZERO_PAGE + E820_ENTRIES
	addw	$20, %di
	testl	%ebx, %ebx
	jnz	2b

3:	cli
	xorl	%eax, %eax
	movw	%ds, %ax
	shll	$4, %eax
	leal	ZERO_PAGE(%eax), %esi
	addl	%eax, gdtr + 2
	addl	%eax, far_jump
	lgdt	gdtr
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	*far_jump

	.code32
protected:
	movl	$0x18, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%ebx, %ebx
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	jmp	*CODE32_START(%esi)

	.balign	8
gdt:	.quad	0, 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr:	.word	31
	.long	gdt
far_jump:
	.long	protected
	.word	0x10
	.globl	version
version:
	.asciz	"probe (gangway)"
	.org	SETUP_SIZE

	.section .note.GNU-stack, "", @progbits
