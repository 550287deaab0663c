/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * To be called around Debian's libraries. They use the red zone, which
 * interrupts would overwrite, and read their canary at the base of FS, which
 * the firmware may change in any of its calls.
 */
#ifndef EFI_LIBRARY_H
#define EFI_LIBRARY_H

/* The firmware must not be called until library_end(). */
void library_begin(void);
void library_end(void);

/* Let pending interrupts in, between two library calls. */
void library_pause(void);

#endif
