/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page that a Xen guest's console is (Xen public/io/console.h). Whoever is
 * at the other end writes to it too, and the kernel goes on with it after us.
 */
#ifndef CORE_XEN_RING_H
#define CORE_XEN_RING_H

#include "base.h"

struct view;

#define XEN_RING_OUT 2048

/* The indices count bytes, modulo 2^32, and are never set back. */
struct xen_ring {
	u8 in[1024];
	u8 out[XEN_RING_OUT];
	u32 in_cons, in_prod;
	u32 out_cons, out_prod;
};
WIRE_SIZE(struct xen_ring, 3088);
WIRE_AT(struct xen_ring, out, 1024);
WIRE_AT(struct xen_ring, out_cons, 3080);
WIRE_AT(struct xen_ring, out_prod, 3084);

/* Put as many bytes of text as there is room for, and return how many: none if
 * the ring is full, or its indices make no sense. */
u64 xen_ring_put(volatile struct xen_ring *ring, struct view text);

#endif
