/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first program of user space, for Linux to run as its init: it says so and
 * resets the machine. "reached" is at an address that nothing else has.
 */
#define WRITE	     1
#define REBOOT	     169
#define MAGIC1	     0xfee1dead
#define MAGIC2	     0x28121969
#define AUTOBOOT     0x01234567

	.globl	_start, reached
	.text
_start:
	movl	$WRITE, %eax
	movl	$1, %edi
	leaq	line(%rip), %rsi
	movl	$line_end - line, %edx
	syscall
reached:
	movl	$REBOOT, %eax
	movl	$MAGIC1, %edi
	movl	$MAGIC2, %esi
	movl	$AUTOBOOT, %edx
	syscall
1:	jmp	1b

line:	.ascii	"GUEST-FIRST in user space\n"
line_end:
	.section .note.GNU-stack, "", @progbits
