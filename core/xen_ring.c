// SPDX-License-Identifier: BSD-2-Clause
/*
 * Writing to the ring of a Xen guest's console.
 */
#include "xen_ring.h"

#include "view.h"

/* The order of the accesses counts: room is seen before it is filled, and
 * filled before the other end may see it. An x86 CPU keeps the order of loads
 * before stores and of stores, so it is only the compiler that must. */
u64 xen_ring_put(volatile struct xen_ring *ring, struct view text)
{
	u32 at = ring->out_prod;
	u32 used = at - ring->out_cons;
	u64 n;

	if (used > XEN_RING_OUT)
		return 0;
	n = min_u64(text.len, XEN_RING_OUT - used);
	for (u64 i = 0; i < n; i++)
		ring->out[at++ % XEN_RING_OUT] = text.at[i];
	ring->out_prod = at;
	return n;
}
