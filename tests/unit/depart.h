/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What jump.S does with a plan's copies, in C, on a fake machine's memory.
 */
#ifndef TESTS_DEPART_H
#define TESTS_DEPART_H

#include "guest.h"
#include "handoff.h"

static inline void depart_copies(const struct mem *mem,
				 const struct copy *copies, u64 nr)
{
	for (u64 i = 0; i < nr; i++) {
		const struct copy *copy = &copies[i];

		memmove(guest_at(mem, copy->dst, copy->len),
			guest_at(mem, copy->src, copy->len), copy->len);
		memset(guest_at(mem, copy->dst + copy->len, copy->zero), 0,
		       copy->zero);
	}
}

#endif
