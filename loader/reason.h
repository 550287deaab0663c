/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reasons that name a number.
 */
#ifndef LOADER_REASON_H
#define LOADER_REASON_H

#include "base.h"

/* The sentence with the number behind it. It stays until the next call. */
why reason_number(const char *sentence, u32 number);

#endif
