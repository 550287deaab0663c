/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The libraries that a program is linked with.
 */
#ifndef MACHINE_LIBRARIES_H
#define MACHINE_LIBRARIES_H

/* To be called before any of them: it does what a program's start would do, as
 * liblzma's, which looks what the CPU has for its checksums. */
void libraries_prepare(void);

#endif
