/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two files of the planner share: plan.c, which finds room, and
 * plan_order.c, which knows the copies.
 */
#ifndef CORE_PLAN_PARTS_H
#define CORE_PLAN_PARTS_H

#include "plan.h"

#define SPARE_ALIGN 16 /* no page each: there may be hundreds */

/* Keep the first promise that could not be kept. */
void plan_refuse(struct plan *plan, why reason);

/* Add a copy that is one: its destination is nobody else's. */
void plan_add_copy(struct plan *plan, struct copy copy);

/*
 * Put all copies into an order in which nothing is overwritten before it is
 * read; where they wait for each other in a circle, the shortest one goes
 * through spare memory, which is promised like the rest. What must not be
 * written is held by then.
 */
void plan_order(struct plan *plan);

/* Where the last of what is needed from a step on ends in a range; 0 if there
 * is nothing. */
phys plan_last_held(const struct plan *plan, struct range range,
		    enum until until);

static inline struct range copy_source(const struct copy *copy)
{
	return (struct range){ copy->src, copy->src + copy->len };
}

static inline struct range copy_destination(const struct copy *copy)
{
	return (struct range){ copy->dst, copy->dst + copy->len + copy->zero };
}

#endif
