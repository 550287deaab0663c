/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Overwriting memory, as a kernel that uses it does.
 */
#ifndef KERNELS_FILL_H
#define KERNELS_FILL_H

#include <stdint.h>

#define FILL 0xcc

static inline void fill(uint64_t start, uint64_t end)
{
	if (start >= end)
		return;
	end -= start;
	__asm__ volatile("rep stosb"
			 : "+D"(start), "+c"(end)
			 : "a"(FILL)
			 : "memory");
}

#endif
