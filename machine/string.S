/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mem* and str* functions that our C, zlib and libfdt call: ISO C's, made
 * of string instructions, which are small and cost little per byte; and
 * view.h's mem_find64.
 */
	.text
	.code64

	.macro	begin name
	.globl	\name
	.type	\name, @function
\name:
	.endm
	.macro	end name
	.size	\name, . - \name
	.endm

	begin	memcpy
	movq	%rdi, %rax
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep movsq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep movsb
	ret
	end	memcpy

	begin	memmove
	movq	%rdi, %rax
	subq	%rsi, %rax
	cmpq	%rdx, %rax
	jae	memcpy
	movq	%rdi, %rax
	leaq	-1(%rdi, %rdx), %rdi
	leaq	-1(%rsi, %rdx), %rsi
	movq	%rdx, %rcx
	std
	rep movsb
	cld
	ret
	end	memmove

	begin	memset
	movq	%rdi, %r8
	movzbl	%sil, %eax
	movabsq	$0x0101010101010101, %rcx
	imulq	%rcx, %rax
	movq	%rdx, %rcx
	shrq	$3, %rcx
	rep stosq
	movl	%edx, %ecx
	andl	$7, %ecx
	rep stosb
	movq	%r8, %rax
	ret
	end	memset

	begin	memcmp
	movq	%rdx, %rcx
	xorl	%eax, %eax		/* equal if there is nothing */
	repe cmpsb
	je	1f
	movzbl	-1(%rdi), %eax
	movzbl	-1(%rsi), %ecx
	subl	%ecx, %eax
1:	ret
	end	memcmp

	begin	memchr
	movl	%esi, %eax
	movq	%rdx, %rcx
	testq	%rcx, %rcx		/* no match if there is nothing */
	jz	1f
	repne scasb
	jne	1f
	leaq	-1(%rdi), %rax
	ret
1:	xorl	%eax, %eax
	ret
	end	memchr

	begin	mem_find64
	movq	%rdx, %rax
	movq	%rsi, %rcx
	movq	%rsi, %rdx
	testq	%rcx, %rcx
	jz	1f
	repne scasq
	jne	1f
	incq	%rcx			/* the value itself */
1:	movq	%rdx, %rax
	subq	%rcx, %rax
	ret
	end	mem_find64

	begin	mem_find32
	movl	%edx, %eax
	movq	%rsi, %rcx
	movq	%rsi, %rdx
	testq	%rcx, %rcx
	jz	1f
	repne scasl
	jne	1f
	incq	%rcx			/* the value itself */
1:	movq	%rdx, %rax
	subq	%rcx, %rax
	ret
	end	mem_find32

	begin	strlen
	movq	$-1, %rsi
	/* fall through */
	end	strlen

	begin	strnlen
	movq	%rsi, %rcx
	movq	%rsi, %rdx
	xorl	%eax, %eax
	testq	%rcx, %rcx
	jz	1f
	repne scasb
	jne	1f
	incq	%rcx			/* the NUL itself */
1:	movq	%rdx, %rax
	subq	%rcx, %rax
	ret
	end	strnlen

	begin	strrchr
	xorl	%eax, %eax
1:	movzbl	(%rdi), %ecx
	cmpb	%sil, %cl
	cmoveq	%rdi, %rax
	incq	%rdi
	testl	%ecx, %ecx
	jnz	1b
	ret
	end	strrchr
