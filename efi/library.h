/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Around calls of libraries as Debian packages them. They keep things below
 * their stack, where an interrupt would put its own, and read their canary
 * where FS points, which is the firmware's to change at each call of it.
 */
#ifndef EFI_LIBRARY_H
#define EFI_LIBRARY_H

/* No call of the firmware until library_end(). */
void library_begin(void);
void library_end(void);

/* Let interrupts in, between two calls. */
void library_pause(void);

#endif
