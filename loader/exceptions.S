/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way from a CPU exception to C.
 */
#include "exceptions.h"

	.text
	.code64

/*
 * One call per vector, so that the return address tells which it was. In: the
 * CPU's frame, maybe with an error code. Out: as exception_entry.
 */
	.globl	exception_stubs
	.type	exception_stubs, @function
exception_stubs:
	.rept	NR_EXCEPTIONS
	call	exception_entry
	.endr
	.size	exception_stubs, . - exception_stubs

/*
 * In: the call's return address and the CPU's frame on the stack. Out: RDI a
 * struct exception_frame; no return, so nothing is kept.
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

/*
 * void exceptions_load(const void *idt_pointer, u16 tss): in: RDI a 10-byte
 * pointer, SI a selector. Out: IDTR and TR loaded, nothing clobbered.
 */
	.globl	exceptions_load
	.type	exceptions_load, @function
exceptions_load:
	lidt	(%rdi)
	ltr	%si
	ret
	.size	exceptions_load, . - exceptions_load
