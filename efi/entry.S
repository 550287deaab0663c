/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way into gangway from UEFI firmware and back, and the way out once the
 * firmware is gone.
 */
#include "handoff.h"

#define MSR_FS	 0xc0000100
#define CANARY	 0x28
#define CPUID_RDRAND 30
#define CR4_PGE	 0x80
#define MB2_LOADER_MAGIC 0x36d76289
#define HEADERS_LEN 4096	/* in front of _image */
#define RELOCS_LEN  4096	/* as efi.lds says */

	.text
	.code64

/*
 * UEFI 2.10, section 2.3.4: long mode, identity mapped, the firmware's stack;
 * RCX the image's handle, RDX the system table; RBX, RBP, RDI, RSI, R12 to R15
 * and XMM6 to XMM15, which nothing here uses, are the caller's.
 * Returns in RAX what efi_main() returns.
 */
	.globl	efi_entry
	.type	efi_entry, @function
efi_entry:
	pushq	%rdi
	pushq	%rsi
	pushq	%rbx
	pushq	%rbp
	movq	%rcx, %rdi
	movq	%rdx, %rsi
	cld
	call	take_fs
	xorl	%edx, %edx
	movq	%rsp, %rbp
	andq	$-16, %rsp
	call	efi_main
	movq	%rbp, %rsp
	movq	%rax, %rbx
	call	give_fs
	movq	%rbx, %rax
	popq	%rbp
	popq	%rbx
	popq	%rsi
	popq	%rdi
	ret
	.size	efi_entry, . - efi_entry

/*
 * Multiboot2 2.0, 3.5, EFI64 entry: RAX the magic number, RBX the information,
 * all else as above. The image lies where the loader wanted it, and knows of no
 * address yet.
 */
	.globl	mb2_entry
	.type	mb2_entry, @function
mb2_entry:
	movl	%eax, %r12d
	movq	%rbx, %r13
	cld
	call	take_fs
	andq	$-16, %rsp
	leaq	_image-HEADERS_LEN(%rip), %rdi
	movq	%rdi, %rsi
	leaq	_relocs(%rip), %rdx
	movl	$RELOCS_LEN, %ecx
	call	base_relocs_apply
	movl	%r12d, %edi
	movq	%r13, %rsi
	call	mb2_main
	.size	mb2_entry, . - mb2_entry

/*
 * _Noreturn void efi_enter(phys entry, phys info): leave for a Multiboot2 kernel
 * (Multiboot2 2.0, 3.5) with RAX and RBX as it wants them, all that is the
 * firmware's as it was found, and the stack where it is, aligned to 16.
 */
	.globl	efi_enter
	.type	efi_enter, @function
efi_enter:
	call	give_fs
	movq	%rsi, %rbx
	movl	$MB2_LOADER_MAGIC, %eax
	andq	$-16, %rsp
	cld
	jmp	*%rdi
	.size	efi_enter, . - efi_enter

/* Compiled code looks for its canary in a block that FS points at: from
 * take_fs to give_fs that is one of ours. Both change RAX, RCX and RDX, take_fs
 * also RBX. */
	.type	take_fs, @function
take_fs:
	movl	$MSR_FS, %ecx
	rdmsr
	movl	%eax, callers_fs(%rip)
	movl	%edx, callers_fs+4(%rip)
	leaq	thread_block(%rip), %rax
	movq	%rax, %rdx
	shrq	$32, %rdx
	wrmsr
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
	movb	$0, %bl			/* a string cannot run over it */
	movq	%rbx, thread_block+CANARY(%rip)
	ret
	.size	take_fs, . - take_fs

	.globl	give_fs
	.type	give_fs, @function
give_fs:
	movl	$MSR_FS, %ecx
	movl	callers_fs(%rip), %eax
	movl	callers_fs+4(%rip), %edx
	wrmsr
	ret
	.size	give_fs, . - give_fs

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
	leaq	stack_top(%rip), %rsp
	lidt	no_idt(%rip)
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

	.section .bss.stack, "aw", @nobits
	.balign	16
	.skip	32768
stack_top:
thread_block:
	.skip	64
callers_fs:
	.skip	8
