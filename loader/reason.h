/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reasons that name a number.
 */
#ifndef LOADER_REASON_H
#define LOADER_REASON_H

#include "base.h"

/* The text, a blank, and the number in decimal. Lives until the next call:
 * long enough, since the first reason ends a boot. */
why reason_number(const char *text, u64 number);

#endif
