/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doors' entries, one symbol each, and the way into 64-bit C: own stack,
 * own GDT, 4 GiB of memory in the window, no interrupts.
 */
#include "paging.h"
#include "segments.h"

#define CR0_BITS 0x80010033 /* PG WP NE ET MP PE; no EM, no TS */
#define CR4_BITS 0x00000620 /* PAE OSFXSR OSXMMEXCPT: libz.a uses SSE */
#define CR4_MCE	 0x40	    /* a TD's must stay */
#define MSR_EFER 0xc0000080
#define MSR_GHCB 0xc0010130
#define MSR_SEV	 0xc0010131 /* bit 0: memory is encrypted */
#define GHCB_TERMINATE 0x100
#define EFER_LME 0x100
#define EFER_NXE 0x800
#define CPUID_LM 29
#define CPUID_NX 20
#define LEAVES	 0x80000000 /* of CPUID, extended: the highest one there is */
#define LEAF_LM	 1
#define LEAF_SEV 0x1f
#define GATE	 0x8e00	    /* present, interrupts off */
#define VECTOR_UD 6
#define VECTOR_GP 13
#define VECTOR_VC 29

/*
 * 32-bit code knows addresses. Where the image's own is not known to the linker
 * (efi.lds), they count from entry_base, and "absolute" lists each for settle.c,
 * which adds that: in the instruction before, so many bytes from its end.
 */
#ifdef RELOCATABLE
#define BASE entry_base
	.macro	absolute from_end=4
8888:	.pushsection .fixups, "a"
	.long	8888b - \from_end - entry_base
	.popsection
	.endm
#else
#define BASE 0
	.macro	absolute from_end=4
	.endm
#endif

	.section .text.entry, "ax"
	.globl	entry_base
entry_base:
	.code32

/*
 * Multiboot 1 (specification 3.2) and 2 (3.3): protected mode, flat segments,
 * paging off; EAX the magic number, EBX the boot information.
 */
	.globl	mb1_entry, mb2_entry, pvh_entry
	.type	mb1_entry, @function
mb1_entry:
	movl	$mb1_door - BASE, %edi
	absolute
	jmp	enter
	.size	mb1_entry, . - mb1_entry

	.type	mb2_entry, @function
mb2_entry:
	movl	$mb2_door - BASE, %edi
	absolute
	jmp	enter
	.size	mb2_entry, . - mb2_entry

/*
 * PVH (Xen docs/misc/pvh): protected mode, flat segments whose selectors may
 * all be null, paging off; EBX the start info.
 */
	.type	pvh_entry, @function
pvh_entry:
	movl	$pvh_door - BASE, %edi
	absolute
	jmp	enter
	.size	pvh_entry, . - pvh_entry

/*
 * Linux, 32-bit (Documentation/arch/x86/boot.rst): protected mode, flat segments,
 * paging off; ESI the boot parameters. Not for the ELF file, which none enters so.
 */
#ifdef RELOCATABLE
	.globl	linux_entry
	.type	linux_entry, @function
linux_entry:
	movl	$linux_door - BASE, %edi
	absolute
	movl	%esi, %ebx
	jmp	enter
	.size	linux_entry, . - linux_entry
#endif

/*
 * The ELF file's entry, where loaders come that go by its segments alone. Linux,
 * 64-bit (Documentation/arch/x86/boot.rst): long mode, this image identity
 * mapped, RSI the boot parameters. Others (mboot.c32, kexec-tools, u-root): as
 * for the entry of their protocol above, which is not told. The second byte
 * counts up in 32-bit mode only; in 64-bit mode it is a prefix without effect.
 *
 * Leaves long mode, so that there is one way on from here, whatever the paging
 * was (5 levels, say).
 */
	.code64
	.globl	file_entry
	.type	file_entry, @function
file_entry:
	xorl	%ecx, %ecx
	.byte	0x41			/* 32-bit: incl %ecx; 64-bit: REX.B */
	cld
	jrcxz	1f			/* 32-bit: jecxz */
	.code32
	xorl	%edi, %edi		/* main.c finds out */
	jmp	enter
	.code64
1:	cli
	leaq	linux_door(%rip), %rdi
	movl	%esi, %ebx
	movq	%rsi, %rbp
	shrq	$32, %rbp
	leaq	stack_top(%rip), %rsp
	lgdt	first_gdt_pointer(%rip)
	leaq	2f(%rip), %rcx
	pushq	$SEG_CODE32
	pushq	%rcx
	lretq
	.code32
2:	movl	$SEG_DATA, %ecx
	movl	%ecx, %ds
	movl	$0x31, %eax		/* PE ET NE */
	movl	%eax, %cr0
	jmp	3f
	.size	file_entry, . - file_entry

/* In: EDI the struct door or 0, EAX the magic, EBX where the information lies. */
	.type	enter, @function
enter:
	cli
	xorl	%ebp, %ebp
3:	cld
	lgdt	first_gdt_pointer - BASE
	absolute
	ljmp	$SEG_CODE32, $4f - BASE
	absolute 6
4:	movl	$SEG_DATA, %ecx
	movl	%ecx, %ds
	movl	%ecx, %es
	movl	%ecx, %fs
	movl	%ecx, %gs
	movl	%ecx, %ss
	movl	%eax, %edx
	movl	%edi, %esi
	movl	$_bss - BASE, %edi
	absolute
	movl	$_image_end - BASE, %ecx
	absolute
	subl	%edi, %ecx
	shrl	$2, %ecx
	xorl	%eax, %eax
	rep stosl
	movl	$stack_top - BASE, %esp
	absolute
	pushl	%esi			/* door */
	movl	$first_gdt - BASE, %esi
	absolute
	movl	$gdt - BASE, %edi
	absolute
	movl	$SEG_TSS / 4, %ecx	/* its length */
	rep movsl
	lgdt	gdt_pointer - BASE
	absolute
	popl	%esi
	pushl	%ebp			/* info, upper half */
	pushl	%ebx			/* info */
	pushl	%edx			/* magic */
	pushl	%esi
	call	check_cpu
	call	long_mode
	ljmp	$SEG_CODE64, $start64 - BASE
	absolute 6
	.size	enter, . - enter

	.macro	gate vector, handler
	movl	$\handler - BASE, %eax
	absolute
	movl	%eax, %ecx
	andl	$0xffff, %ecx
	orl	$SEG_CODE32 << 16, %ecx
	movw	$GATE, %ax
	movl	%ecx, 8 * \vector(%edi)
	movl	%eax, 8 * \vector + 4(%edi)
	.endm

/*
 * Does this CPU have 64-bit mode, and memory that needs no bit of encryption in
 * page tables, as ours have none? Out: EDX of the leaf with CPUID_LM. Clobbers
 * the other registers but EBP. Under SEV-ES and SEV-SNP CPUID raises #VC.
 */
	.type	check_cpu, @function
check_cpu:
	movl	$early_idt - BASE, %edi
	absolute
	gate	VECTOR_UD, no_long_mode
	gate	VECTOR_GP, skip_rdmsr
	gate	VECTOR_VC, terminate
	lidt	early_idt_pointer - BASE
	absolute
	movl	$LEAVES, %edi
	movl	%edi, %eax
	cpuid
	subl	%edi, %eax		/* or else: an answer to another leaf */
	cmpl	$0xffff, %eax
	ja	no_long_mode
	cmpl	$LEAF_LM, %eax
	jb	no_long_mode
	movl	%eax, %esi
	leal	LEAF_LM(%edi), %eax
	cpuid
	btl	$CPUID_LM, %edx
	jnc	no_long_mode
	cmpl	$LEAF_SEV, %esi
	jb	1f
	movl	%edx, %esi
	leal	LEAF_SEV(%edi), %eax
	xorl	%ecx, %ecx
	cpuid
	testb	$2, %al			/* SEV may be on */
	jz	2f
	movl	$MSR_SEV, %ecx
	rdmsr
	testb	$1, %al
	jnz	encrypted
2:	movl	%esi, %edx
1:	ret
	.size	check_cpu, . - check_cpu

/* #GP: an MSR that is not there reads as 0. */
	.type	skip_rdmsr, @function
skip_rdmsr:
	addl	$4, %esp		/* error code */
	addl	$2, (%esp)
	xorl	%eax, %eax
	iret
	.size	skip_rdmsr, . - skip_rdmsr

/* #VC: no port can be written without a page shared with the host, but it can
 * be told that this is the end (GHCB specification 2.03, section 2.3.1). */
	.type	terminate, @function
terminate:
	movl	$MSR_GHCB, %ecx
	movl	$GHCB_TERMINATE, %eax
	xorl	%edx, %edx
	wrmsr
	rep
	vmmcall
	jmp	terminate
	.size	terminate, . - terminate

/*
 * Say what is wrong where somebody may read it, port 0xE9, COM1 and the first
 * row of a VGA in text mode, and stop. Each wait for COM1 is bounded.
 */
	.type	no_long_mode, @function
no_long_mode:
	movl	$no_long_mode_text - BASE, %esi
	absolute
	jmp	1f
encrypted:
	movl	$encrypted_text - BASE, %esi
	absolute
1:	movl	$0xb8000, %edi
2:	lodsb
	testb	%al, %al
	jz	5f
	outb	%al, $0xe9
	movb	%al, %bl
	movl	$0x3fd, %edx
	movl	$0x10000, %ecx
3:	inb	%dx, %al
	testb	$0x20, %al		/* it takes a character */
	loopz	3b
	movl	$0x3f8, %edx
	movb	%bl, %al
	outb	%al, %dx
	cmpb	$' ', %al
	jb	2b
	movb	$0x0f, %ah		/* white */
	stosw
	jmp	2b
5:	hlt
	jmp	5b
	.size	no_long_mode, . - no_long_mode

/* Build the first tables and turn paging on. In: EDX as check_cpu leaves it.
 * Clobbers all registers. */
	.type	long_mode, @function
long_mode:
	xorl	%ebp, %ebp		/* upper half of the window's slot */
	movl	$EFER_LME, %ebx
	btl	$CPUID_NX, %edx
	jnc	1f
	movl	$PTE_NX_HIGH, %ebp
	orl	$EFER_NXE, %ebx
1:	movl	$window_pdpt - BASE + PTE_PRESENT + PTE_WRITABLE, %eax
	absolute
	movl	$top_table - BASE, %esi
	absolute
	movl	%eax, (%esi)
	movl	%eax, 8 * WINDOW_SLOT(%esi)
	movl	%ebp, 8 * WINDOW_SLOT + 4(%esi)
	movl	%cr0, %eax
	andl	$~0xc, %eax		/* EM, TS: SSE would fault */
	movl	%eax, %cr0
	movl	%cr4, %eax
	andl	$CR4_MCE, %eax
	orl	$CR4_BITS, %eax
	movl	%eax, %cr4
	call	fill_window
	movl	%esi, %cr3
	movl	$MSR_EFER, %ecx
	movl	%ebx, %eax
	xorl	%edx, %edx
	wrmsr
	movl	$CR0_BITS, %eax
	movl	%eax, %cr0
	ret
	.size	long_mode, . - long_mode

/*
 * Map 0 to 4 GiB in pages of 2 MiB. In: CR4 allows SSE, which writes two entries
 * at a time. Clobbers EAX, ECX, EDI, XMM0, XMM1.
 */
	.type	fill_window, @function
fill_window:
	movl	$window_pds - BASE, %edi
	absolute
	movl	$first_entries - BASE, %eax
	absolute
	movdqa	(%eax), %xmm0
	movdqa	16(%eax), %xmm1
	movl	$WINDOW_PDS * 4096 / (16 * 16), %ecx
1:	.set	slot, 0
	.rept	16
	movdqa	%xmm0, slot(%edi)
	paddq	%xmm1, %xmm0
	.set	slot, slot + 16
	.endr
	addl	$16 * 16, %edi
	decl	%ecx
	jnz	1b
	movl	$window_pdpt - BASE, %edi
	absolute
	movl	$window_pds - BASE + PTE_PRESENT + PTE_WRITABLE, %eax
	absolute
	movl	$WINDOW_PDS, %ecx
2:	movl	%eax, (%edi)
	addl	$4096, %eax
	addl	$8, %edi
	decl	%ecx
	jnz	2b
	ret
	.size	fill_window, . - fill_window
