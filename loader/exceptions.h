/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU exceptions: each of them is the end, with a dump of the registers.
 *
 * exceptions.S includes this file for the numbers.
 */
#ifndef LOADER_EXCEPTIONS_H
#define LOADER_EXCEPTIONS_H

#define NR_EXCEPTIONS  32
#define EXCEPTION_STUB 5 /* bytes of a call */

#ifndef __ASSEMBLER__

#include "base.h"

/*
 * Build and load the IDT, and the TSS whose emergency stack all exceptions
 * run on, since the usual one may be what has run out. Uses SEG_TSS of gdt[].
 */
void exceptions_init(void);

/* Where an exception ends after its dump: the same way as any failure. The
 * program that links exceptions.c provides it. */
_Noreturn void fail_exception(void);

#endif
#endif
