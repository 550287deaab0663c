/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which step of a boot is under way, and for whom: what a failure is reported
 * with.
 */
#ifndef EFI_STEP_H
#define EFI_STEP_H

extern const char *step_now, *step_for;

void step_begin(const char *what, const char *whom);

#endif
