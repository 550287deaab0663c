/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The characters of a framebuffer, ' ' to '~', 16 bytes each: a row of pixels
 * a byte, the highest bit to the left. The makefile cuts them out of a console
 * font of Debian's, which is in the public domain.
 */
	.section .rodata.font, "a"
	.globl	font
	.type	font, @object
font:
	.incbin	"font"
	.size	font, . - font
