/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry from UEFI firmware and return to it, and the exit to a kernel after
 * boot services have ended.
 */
#include "handoff.h"

#define EFI_LOAD_ERROR 0x8000000000000001
#define MSR_FS	 0xc0000100
#define XMM6_TO_15 160		/* bytes */
#define CPUID_RDRAND 30
#define CR4_PGE	 0x80
#define MB2_LOADER_MAGIC 0x36d76289
#define HEADERS_LEN 4096	/* of them lie in front of _image */
#define RELOCS_LEN  4096	/* as efi.lds says */

	.section .text.first, "ax"
	.code64

/*
 * UEFI 2.10, section 2.3.4: long mode, identity mapped, the firmware's stack;
 * RCX the image's handle, RDX the system table; RBX, RBP, RDI, RSI, R12 to R15
 * and XMM6 to XMM15 are the caller's. Returns in RAX what efi_main() returns.
 * Added sections may overlap all but the first page of code, so that page
 * checks for it first.
 */
	.globl	efi_entry
	.type	efi_entry, @function
efi_entry:
	pushq	%rdi
	pushq	%rsi
	pushq	%rbx
	pushq	%rbp
	movq	%rsp, %rbp
	movq	%rcx, %rbx
	movq	%rdx, %rsi
	cld
	andq	$-16, %rsp
	pushq	%rdx
	pushq	%rbx
	leaq	_image-HEADERS_LEN(%rip), %rdi
	call	image_is_sound
	popq	%rdi
	popq	%rsi
	testb	%al, %al
	movabsq	$EFI_LOAD_ERROR, %rax
	jz	1f
	call	run_image
1:	movq	%rbp, %rsp
	popq	%rbp
	popq	%rbx
	popq	%rsi
	popq	%rdi
	ret
	.size	efi_entry, . - efi_entry

	.text
/* In: RDI and RSI as efi_main() wants them, the stack aligned. Out: RAX what it
 * returns. Libraries use XMM registers. */
	.type	run_image, @function
run_image:
	subq	$XMM6_TO_15 + 8, %rsp
	.irp	n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movaps	%xmm\n, (\n - 6) * 16(%rsp)
	.endr
	call	fill_guard
	xorl	%edx, %edx
	call	efi_main
	.irp	n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movaps	(\n - 6) * 16(%rsp), %xmm\n
	.endr
	addq	$XMM6_TO_15 + 8, %rsp
	ret
	.size	run_image, . - run_image

/*
 * Multiboot2 2.0, 3.5, EFI64 entry: RAX the magic number, RBX the information,
 * all else as above. The image lies where the loader wanted it, and knows of no
 * address yet.
 */
	.globl	mb2_efi_entry
	.type	mb2_efi_entry, @function
mb2_efi_entry:
	movl	%eax, %r12d
	movq	%rbx, %r13
	cld
	call	fill_guard
	andq	$-16, %rsp
	leaq	_image-HEADERS_LEN(%rip), %rdi
	movq	%rdi, %rsi
	leaq	_relocs(%rip), %rdx
	movl	$RELOCS_LEN, %ecx
	call	base_relocs_apply
	movl	%r12d, %edi
	movq	%r13, %rsi
	call	mb2_main
	.size	mb2_efi_entry, . - mb2_efi_entry

/*
 * _Noreturn void efi_enter(phys entry, phys info): leave for a Multiboot2 kernel
 * (Multiboot2 2.0, 3.5) with RAX and RBX as it wants them, and the stack where
 * it is, aligned to 16.
 */
	.globl	efi_enter
	.type	efi_enter, @function
efi_enter:
	movq	%rsi, %rbx
	movl	$MB2_LOADER_MAGIC, %eax
	andq	$-16, %rsp
	cld
	jmp	*%rdi
	.size	efi_enter, . - efi_enter

/* Choose the stack protector's canary. Changes RAX, RBX, RCX and RDX. */
	.type	fill_guard, @function
fill_guard:
	movl	$1, %eax
	cpuid
	xorl	%ebx, %ebx
	btl	$CPUID_RDRAND, %ecx
	jnc	1f
	rdrand	%rbx
1:	rdtsc
	shlq	$32, %rdx
	xorq	%rdx, %rbx
	xorq	%rax, %rbx
	movb	$0, %bl			/* stops string functions */
	movq	%rbx, __stack_chk_guard(%rip)
	ret
	.size	fill_guard, . - fill_guard

/*
 * _Noreturn void efi_depart(phys tables): in: RDI page tables that map all RAM
 * at its own address, the firmware's boot services gone. Goes on in efi_finish()
 * on a stack and with tables of ours, since all that is the firmware's is free
 * RAM now, and leaves with the handoff whose address that returns. Pages that
 * the firmware made global must not outlive its tables.
 */
	.globl	efi_depart
	.type	efi_depart, @function
efi_depart:
	cli
	cld
	movq	%cr4, %rax
	andq	$~CR4_PGE, %rax
	movq	%rax, %cr4
	movq	%rdi, %cr3
	leaq	efi_stack_top(%rip), %rsp
	lidt	no_idt(%rip)
	leaq	thread_block(%rip), %rax	/* for libraries */
	movq	%rax, %rdx
	shrq	$32, %rdx
	movl	$MSR_FS, %ecx
	wrmsr
	call	efi_finish
	movq	%rax, %rdi
	movq	HANDOFF_TABLES(%rdi), %rax
	movq	%rax, %cr3
	jmp	*HANDOFF_CODE(%rdi)
	.size	efi_depart, . - efi_depart

	.section .rodata.entry, "a"
	.balign	8
no_idt:	.word	0
	.quad	0

	.section .bss.efi_stack, "aw", @nobits
	.balign	16
	.skip	32768
efi_stack_top:
