/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way from a CPU exception to C.
 */
#include "exceptions.h"

	.text
	.code64

/*
 * One stub per vector, EXCEPTION_STUB bytes apart. In: the CPU's frame. Out: an
 * error code, 0 where the CPU has pushed none, and the vector below it.
 */
	.globl	exception_stubs
	.type	exception_stubs, @function
	.balign	EXCEPTION_STUB
exception_stubs:
	.set	vector, 0
	.rept	NR_EXCEPTIONS
	.balign	EXCEPTION_STUB
	.if	(WITH_ERROR_CODE >> vector & 1) == 0
	pushq	$0
	.endif
	pushq	$vector
	jmp	exception_entry
	.set	vector, vector + 1
	.endr
	.size	exception_stubs, . - exception_stubs

/*
 * In: the above on the stack. Out: RDI a struct exception_frame; no return, so
 * nothing is kept.
 */
	.type	exception_entry, @function
exception_entry:
	pushq	%r15
	pushq	%r14
	pushq	%r13
	pushq	%r12
	pushq	%r11
	pushq	%r10
	pushq	%r9
	pushq	%r8
	pushq	%rbp
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%rbx
	pushq	%rax
	movq	%rsp, %rdi
	andq	$-16, %rsp
	cld
	call	exception
	.size	exception_entry, . - exception_entry
