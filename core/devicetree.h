/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel looks for under /chosen of its device tree (Devicetree
 * Specification 0.4, section 3.6; Linux, Documentation/arch/arm64/booting.rst).
 */
#ifndef CORE_DEVICETREE_H
#define CORE_DEVICETREE_H

#include "ranges.h"
#include "view.h"

struct chosen {
	struct view bootargs;
	struct view rng_seed; /* empty: none, and none is left there */
	bool has_initrd; /* with room for its addresses, which come later */
};

/* Bytes that a tree needs with what is to be put in. */
u64 devicetree_room(struct view tree, const struct chosen *chosen);

/*
 * Copy a tree to room, which is as long as devicetree_room() says and lies on
 * an 8-byte boundary, and put chosen into it, in place of what was there. All
 * else, memory too, stays as it is. *out is the tree, without slack. Fails if
 * it is damaged, or older than version 17.
 */
must_check why devicetree_fix(struct view tree, const struct chosen *chosen,
			      u8 *room, struct view *out);

/* Write where the initrd is into a tree that was fixed with has_initrd. */
void devicetree_set_initrd(u8 *tree, struct range initrd);

#endif
