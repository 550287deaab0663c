/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small world: addresses and lengths are of one byte, which is all that it
 * needs, and the solver takes short ones. Nothing of it is a wire's layout.
 * To be included first.
 */
#ifndef TESTS_PROVE_SMALL_H
#define TESTS_PROVE_SMALL_H

#include "base.h"

#define phys u8
#define u64  u8
#undef WIRE_SIZE
#undef WIRE_AT
#define WIRE_SIZE(type, size)	 _Static_assert(1, "")
#define WIRE_AT(type, field, at) _Static_assert(1, "")

#endif
