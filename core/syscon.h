/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a device tree says of switching the machine off and resetting it: nodes
 * syscon-poweroff and syscon-reboot (Linux's bindings of those names, and
 * mfd/syscon).
 */
#ifndef CORE_SYSCON_H
#define CORE_SYSCON_H

#include "base.h"
#include "view.h"

/* A little-endian register, and what is to be written to it. */
struct syscon {
	phys at;
	u32 width;	 /* 1, 2 or 4 bytes; divides at */
	u32 mask, value; /* the bits to be changed, and to what */
};

/*
 * Find the node that is compatible, of several the one of the highest priority.
 * False, and *out undefined, if there is none, if it or its system controller
 * does not say enough, or if that one's bus has addresses of its own.
 */
must_check bool syscon_find(struct view tree, const char *compatible,
			    struct syscon *out);

#endif
