/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first 8 KiB of gangway.efi, where loaders look for what they know: Linux's
 * setup header in the first page, the entries, Multiboot's headers and, put in
 * by pe.py, PE's in the second, which is where the protected-mode part begins.
 */
#include "settle.h"

#define PROTOCOL	0x020f
#define LOADED_HIGH	0x01
#define XLOADFLAGS	0x13	/* 64-bit, above 4 GiB too, EFI kept by kexec */
#define CODE32_START	0x100000
#define LOWEST_ALIGN	12	/* log2 */
#define SETUP_LEN	4096
#define MB1_MAGIC	0x1badb002
#define MB1_FLAGS	0x00010003 /* addresses valid, memory map, aligned modules */
#define MB2_MAGIC	0xe85250d6
#define MB2_INFO_LEN	8
#define MULTIBOOT_AT	0x100000   /* the file's beginning, by Multiboot */
#define MB1_LOAD_AT	0x100010   /* no page's beginning: see mb1_header */
#define LINKED(label)	(label) - head + SETUP_LEN + MULTIBOOT_AT
#define SCRATCH_END	0x1e8	/* of a word in the boot parameters */

	.section .setup, "ax"
	.code16
setup:
	.ascii	"MZ"
	.org	0x3c
	.long	pe_headers - setup
	.org	0x1f1
	.globl	hdr_setup_sects, hdr_boot_flag, hdr_magic, hdr_version
	.globl	hdr_code32_start, hdr_initrd_addr_max, hdr_xloadflags
	.globl	hdr_pref_address, hdr_init_size, hdr_kernel_info, hdr_end
hdr_setup_sects:
	.byte	SETUP_LEN / 512 - 1
	.word	1			/* root_flags: read-only */
	.long	0			/* syssize: pe.py */
	.word	0			/* ram_size */
	.word	0xffff			/* vid_mode: normal */
	.word	0			/* root_dev */
hdr_boot_flag:
	.word	0xaa55
	.byte	0xeb, hdr_end - 1f	/* 0x200: jmp */
1:
hdr_magic:
	.ascii	"HdrS"
hdr_version:
	.word	PROTOCOL
realmode_swtch:
	.long	0
	.word	0			/* start_sys_seg */
	.word	version_text - setup - 0x200
type_of_loader:
	.byte	0
	.byte	LOADED_HIGH
	.word	0			/* setup_move_size */
hdr_code32_start:
	.long	CODE32_START
	.long	0, 0			/* ramdisk_image, ramdisk_size */
	.long	0			/* bootsect_kludge */
	.word	0			/* heap_end_ptr: no heap */
	.byte	0, 0			/* ext_loader_ver, ext_loader_type */
	.long	0			/* cmd_line_ptr */
hdr_initrd_addr_max:
	.long	0x7fffffff
	.long	1 << LOWEST_ALIGN	/* kernel_alignment */
	.byte	1			/* relocatable_kernel */
	.byte	LOWEST_ALIGN
hdr_xloadflags:
	.word	XLOADFLAGS
	.long	65535			/* cmdline_size */
	.long	0			/* hardware_subarch */
	.quad	0			/* hardware_subarch_data */
	.long	payload - setup - SETUP_LEN, payload_end - payload
	.quad	0			/* setup_data */
hdr_pref_address:
	.quad	CODE32_START
hdr_init_size:
	.long	_image_end - setup - SETUP_LEN
	.long	0			/* handover_offset */
hdr_kernel_info:
	.long	kernel_info - head
hdr_end:
	jmp	start16			/* setup.S */
version_text:
	.ascii	"gangway "
	.asciz	GANGWAY_VERSION

	.section .head, "ax"
	.code32
	.globl	head
/*
 * Linux, 32-bit: see linux_entry. The loader may have put the image anywhere.
 */
head:
	cli
	cld
	leal	SCRATCH_END(%esi), %esp
	call	1f
1:	popl	%ebp
	subl	$1b - head, %ebp
	movl	%esi, %ebx
	movl	$linux_entry - head, %edi
	xorl	%ecx, %ecx		/* SETTLE_LINUX */

/* In: EBP the image, EBX the information, ECX what it is, EDI where to go on,
 * from the image's beginning. Goes there with ESI what EBX is. */
go:	leal	early_stack_top - head(%ebp), %esp
	pushl	%eax
	leal	settle_self - head(%ebp), %edx
	leal	settle32 - head(%ebp), %eax
	pushl	%ebx			/* arguments, last to first */
	pushl	%ecx
	pushl	%ebp
	pushl	%edx
	call	*%eax
	addl	$16, %esp
	addl	%eax, %edi
	popl	%eax
	movl	%ebx, %esi
	jmp	*%edi

/* Multiboot 1: where the header says. */
mb1_head:
	movl	$MULTIBOOT_AT + SETUP_LEN, %ebp
	movl	$mb1_entry - head, %edi
	jmp	2f

/* Multiboot 2: where the loader wanted it. No stack, but a word that nobody
 * reads, in the information. */
mb2_head:
	leal	MB2_INFO_LEN(%ebx), %esp
	call	1f
1:	popl	%ebp
	subl	$1b - head, %ebp
	movl	$mb2_entry - head, %edi
2:	cli
	cld
	movl	$SETTLE_MULTIBOOT, %ecx
	jmp	go

/*
 * Linux, 64-bit: see file_entry. The image may lie above 4 GiB, but what goes on
 * does not.
 */
	.org	0x200
	.code64
	.globl	head64
head64:
	cli
	cld
	leaq	early_stack_top(%rip), %rsp
	pushq	%rsi			/* twice: to align */
	pushq	%rsi
	movq	%rsi, %rcx
	xorl	%edx, %edx		/* SETTLE_LINUX */
	leaq	head(%rip), %rsi
	leaq	settle_self(%rip), %rdi
	call	settle
	popq	%rsi
	addq	$file_entry - head, %rax
	jmp	*%rax

	.balign	8
	.globl	settle_self
settle_self:				/* settle.h */
	.long	_loaded_end - head
	.long	_image_end - head
	.long	pe_headers - head, mb1_header - head
	.long	_relocs - head, 4096
	.long	_fixups - head, _fixups_end - head
	.long	entry_base - head, 0
	.quad	0, 0

	.balign	8
kernel_info:				/* boot.rst, "The kernel_info" */
	.ascii	"LToP"
	.long	kernel_info_end - kernel_info, kernel_info_end - kernel_info
	.long	0x8000000a		/* setup_type_max: SETUP_INDIRECT, KHO */
kernel_info_end:

/*
 * kexec-tools looks for this before it looks for Linux's header, and could not
 * use kexec_file_load then. But it leaves alone what has to be loaded from the
 * middle of a page (kexec-multiboot-x86.c, 2.0.25 to 2.0.29), as this has,
 * without the file's first bytes, which nobody needs there.
 */
	.balign	4
mb1_header:
	.long	MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)
	.long	LINKED(mb1_header), MB1_LOAD_AT, LINKED(_loaded_end)
	.long	LINKED(_image_end), LINKED(mb1_head)

	.balign	8
mb2_header:
	.long	MB2_MAGIC, 0, mb2_header_end - mb2_header
	.long	-(MB2_MAGIC + mb2_header_end - mb2_header)
	.short	2, 0			/* addresses */
	.long	24, LINKED(mb2_header), MULTIBOOT_AT, LINKED(_loaded_end)
	.long	LINKED(_image_end)
	.short	3, 0			/* entry */
	.long	12, LINKED(mb2_head)
	.balign	8
	.short	6, 0			/* modules on page boundaries */
	.long	8
	.short	5, 1			/* a framebuffer, any, if there is one */
	.long	20, 0, 0, 0
	.balign	8
	.short	7, 0			/* EFI boot services */
	.long	8
	.short	9, 0			/* EFI64 entry */
	.long	12, LINKED(mb2_efi_entry)
	.balign	8
	.short	10, 0			/* relocatable, best high */
	.long	24, 0, 0xffffffff, 4096, 2
	.short	0, 0			/* end */
	.long	8
mb2_header_end:

	.balign	8
pe_headers:
	.org	0x1000

/* What Xen's tools unpack, and start in place of the rest: domu/domu.h. */
	.section .payload, "a"
payload:
	.incbin	"domu.gz"
payload_end:
