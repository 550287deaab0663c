/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What compiled code guards its frames with.
 */
#ifndef MACHINE_CANARY_H
#define MACHINE_CANARY_H

#include "base.h"

/* A new value at each boot. For entries, before any C that looks for it where
 * it is to be kept: this one does not. */
__attribute__((no_stack_protector)) u64 make_canary(void);

#endif
