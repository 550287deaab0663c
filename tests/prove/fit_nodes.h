/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The nodes of a FIT image by their contract alone, which nodes.c proves.
 */
#ifndef TESTS_PROVE_FIT_NODES_H
#define TESTS_PROVE_FIT_NODES_H

#include "prove.h"

#include "fit.h"

/* Where nodes begin, so far apart, below the root at 0. */
#define STEP	0x10
#define CONFIGS STEP
#define IMAGES	(4 * STEP)
/* A node has no more properties, and no more children. */
#define PROPERTIES 2
#define CHILDREN   1

static inline struct view any_part(struct view whole)
{
	struct view out;
	u64 at = nondet_u64(), len = nondet_u64();

	return view_cut(whole, at, len, &out) ? out
					      : (struct view){ whole.at, 0 };
}

bool nodes_root(const struct nodes *nodes, u64 *out)
{
	(void)nodes;
	*out = 0;
	return true;
}

bool nodes_child(const struct nodes *nodes, u64 node, struct view name,
		 u64 *out)
{
	(void)nodes;
	prove(!name.len || __CPROVER_r_ok(name.at, name.len));
	if (nondet_bool())
		return false;
	*out = node ? node + STEP : name.len == 6 ? IMAGES : CONFIGS;
	return true;
}

bool nodes_next(const struct nodes *nodes, struct node_walk *walk,
		struct view *name, u64 *child)
{
	if (walk->at % STEP >= CHILDREN || nondet_bool())
		return false;
	*name = any_part(nodes->tags);
	*child = align_down(walk->at, STEP) + STEP;
	walk->at++;
	return true;
}

bool nodes_property(const struct nodes *nodes, u64 *at, struct view *name,
		    struct view *value)
{
	if (*at % STEP >= PROPERTIES || nondet_bool())
		return false;
	*name = any_part(nodes->strings);
	*value = any_part(nodes->tags);
	++*at;
	return true;
}

struct view nodes_string(const struct nodes *nodes, u64 node, struct view name)
{
	(void)node;
	(void)name;
	return any_part(nodes->tags);
}

struct nodes nodes_of(struct view tree)
{
	return (struct nodes){ tree, tree };
}

static inline bool is_of(struct view part, const struct fit *fit)
{
	return is_part(part, fit->file) || is_part(part, fit->tree);
}

#endif
