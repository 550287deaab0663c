/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux's 16-bit entry (Documentation/arch/x86/boot.rst): asks the BIOS what
 * gangway has to know, and goes on to the 32-bit entry. Of the page it lies in,
 * the file's first, it makes the boot parameters: the setup header is in its
 * place, the memory map ends where this code begins.
 */
#define SETUP_AT	0xcd0	/* efi.lds */
#define OFFSET(label)	((label) - start16 + SETUP_AT)

/* Of the boot parameters. */
#define ORIG_X		0x00
#define VIDEO_PAGE	0x04
#define VIDEO_MODE	0x06	/* and the columns */
#define VIDEO_LINES	0x0e
#define VIDEO_IS_VGA	0x0f
#define VIDEO_POINTS	0x10
#define ENTRIES		0x1e8
#define HEADER		0x1f1
#define REALMODE_SWTCH	0x208
#define CODE32_START	0x214
#define HEADER_END	0x26c
#define TABLE		0x2d0

#define ENTRY_LEN	20
#define ENTRIES_MAX	128
#define SMAP		0x534d4150
#define BIOS_LINES	0x484	/* less one; then the character's height */
#define A20_PROOF	0x200	/* a vector no hardware uses */
#define A20_TRIES	255
#define CODE		0x10
#define DATA		0x18

	.section .setup16, "ax"
	.code16
/* In: DS, ES the page's segment, SS:SP a stack. */
	.globl	start16
start16:
	cld
	pushw	%ds
	pushw	$OFFSET(1f)
	lretw				/* CS as DS */
1:	sti
	call	clear
	call	screen
	call	memory
	call	a20
	cmpl	$0, REALMODE_SWTCH
	je	2f
	lcallw	*REALMODE_SWTCH
2:	cli
	xorl	%esi, %esi
	movw	%ds, %si
	shll	$4, %esi		/* the boot parameters */
	addl	%esi, OFFSET(gdt_at)
	addl	%esi, OFFSET(protected_at)
	movl	CODE32_START, %edx
	lgdtl	OFFSET(gdt_len)
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	*OFFSET(protected_at)
	.code32
3:	movl	$DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	xorl	%ebx, %ebx
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	jmp	*%edx

	.balign	8
gdt:	.quad	0, 0
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
gdt_len:
	.word	gdt_len - gdt - 1
gdt_at:	.long	OFFSET(gdt)
protected_at:
	.long	OFFSET(3b)
	.word	CODE
	.code16

/* Of the page, all but the header and this code. */
clear:	xorw	%di, %di
	movw	$HEADER, %cx
	xorw	%ax, %ax
	rep stosb
	movw	$HEADER_END, %di
	movw	$SETUP_AT - HEADER_END, %cx
	rep stosb
	ret

/* The mode, if it is a text mode, and the cursor. */
screen:	movb	$0x0f, %ah
	int	$0x10
	cmpb	$7, %al			/* monochrome */
	je	1f
	cmpb	$3, %al
	ja	2f
1:	movw	%ax, VIDEO_MODE
	movb	%bh, VIDEO_PAGE
	movb	$3, %ah
	int	$0x10
	movw	%dx, ORIG_X
	pushw	%ds
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	BIOS_LINES, %ax
	movb	BIOS_LINES + 2, %dl
	popw	%ds
	movb	%ah, VIDEO_POINTS
	movb	%dl, VIDEO_POINTS + 1
	incw	%ax
	movb	%al, VIDEO_LINES
	movb	$1, VIDEO_IS_VGA
2:	ret

/* By E820; where there is none, by E801 or 88, as RAM from 0 and 1 MiB on. */
memory:	xorl	%ebx, %ebx
	movw	$TABLE, %di
1:	movl	$0xe820, %eax
	movl	$SMAP, %edx
	movl	$ENTRY_LEN, %ecx
	int	$0x15
	jc	2f
	cmpl	$SMAP, %eax
	jne	2f
	addw	$ENTRY_LEN, %di
	incb	ENTRIES
	testl	%ebx, %ebx
	jz	2f
	cmpb	$ENTRIES_MAX, ENTRIES
	jb	1b
2:	cmpb	$0, ENTRIES
	jne	5f
	int	$0x12			/* KiB from 0 on */
	movzwl	%ax, %eax
	shll	$10, %eax
	xorl	%ecx, %ecx
	call	entry
	xorw	%cx, %cx
	xorw	%dx, %dx
	movw	$0xe801, %ax
	int	$0x15
	jc	3f
	testw	%cx, %cx
	jnz	4f
	movw	%ax, %cx
	movw	%bx, %dx
	jmp	4f
3:	movb	$0x88, %ah
	int	$0x15
	movw	%ax, %cx
	xorw	%dx, %dx
4:	movzwl	%cx, %eax		/* KiB from 1 MiB on */
	shll	$10, %eax
	movl	$0x100000, %ecx
	call	entry
	movzwl	%dx, %eax		/* 64 KiB from 16 MiB on */
	shll	$16, %eax
	movl	$0x1000000, %ecx
/* Add RAM of EAX bytes from ECX on. */
entry:	testl	%eax, %eax
	jz	5f
	movl	%ecx, (%di)
	movl	%eax, 8(%di)
	movb	$1, 16(%di)
	addw	$ENTRY_LEN, %di
	incb	ENTRIES
5:	ret

/* Turn it on by the BIOS, else by port 92, else by the keyboard's controller. */
a20:	movw	$0xffff, %bx
	movw	%bx, %fs
	xorw	%bx, %bx
	movw	%bx, %gs
	call	test_a20
	jne	3f
	movw	$0x2401, %ax
	int	$0x15
	call	test_a20
	jne	3f
	inb	$0x92, %al
	orb	$2, %al
	andb	$0xfe, %al		/* no reset */
	outb	%al, $0x92
	call	test_a20
	jne	3f
	call	wait_for_keyboard
	movb	$0xd1, %al
	outb	%al, $0x64
	call	wait_for_keyboard
	movb	$0xdf, %al
	outb	%al, $0x60
	call	wait_for_keyboard
	call	test_a20
	jne	3f
	movw	$OFFSET(no_a20), %si
1:	lodsb
	testb	%al, %al
	jz	2f
	movb	$0x0e, %ah
	movw	$7, %bx
	int	$0x10
	jmp	1b
2:	hlt
	jmp	2b
3:	ret

/* Is memory at 1 MiB another than at 0? ZF says no. */
test_a20:
	movw	$A20_TRIES, %cx
	pushw	%gs:A20_PROOF
1:	incw	%gs:A20_PROOF
	outb	%al, $0x80		/* a moment */
	movw	%gs:A20_PROOF, %ax
	cmpw	%fs:A20_PROOF + 16, %ax
	loope	1b
	popw	%gs:A20_PROOF
	ret

wait_for_keyboard:
	movw	$0xffff, %cx
1:	inb	$0x64, %al
	testb	$2, %al
	loopnz	1b
	ret

no_a20:	.asciz	"gangway: entry linux: A20 stays off\r\n"
