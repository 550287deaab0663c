/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU exceptions: each of them is the end, with a dump of the registers.
 *
 * exceptions.S includes this file for the numbers.
 */
#ifndef LOADER_EXCEPTIONS_H
#define LOADER_EXCEPTIONS_H

#define NR_EXCEPTIONS  32
#define EXCEPTION_STUB 16 /* bytes */

/* Of the vectors those for which the CPU pushes an error code. */
#define WITH_ERROR_CODE 0x60227d00

#ifndef __ASSEMBLER__

#include "base.h"

/*
 * Build and load the IDT, and the TSS whose emergency stack all exceptions
 * run on, since the usual one may be what has run out. Uses SEG_TSS of gdt[].
 * Each exception goes to end after it was told of, also one that end raises:
 * the first with a dump of the registers, the second with a line, others in
 * silence, since telling of them may be what raises them.
 */
void exceptions_init(void (*end)(void) __attribute__((noreturn)));

#endif
#endif
