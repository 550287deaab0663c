/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The current step of the boot and its format, for reports of failures.
 */
#ifndef EFI_STEP_H
#define EFI_STEP_H

extern const char *step_now, *step_for;

void step_begin(const char *what, const char *whom);

#endif
