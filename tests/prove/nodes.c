// SPDX-License-Identifier: BSD-2-Clause
/* Tags of device trees and FIT images: every walk ends, and what it finds lies
 * in the tree. */
#include "prove.h"

#include "nodes.h"

void harness(void)
{
	struct view tree = any_view(), strings = tree;
	struct view name = VIEW(""), value = VIEW("");
	struct nodes nodes = { tree, strings };
	struct node_walk walk = { nondet_u64(), 0 };
	struct node_path path = { .next = nondet_u64(), .depth = nondet_u32() };
	u64 node = nondet_u64(), child;

	/* As a walk leaves them. */
	assume(walk.at <= BOUND && node <= BOUND && path.next <= BOUND);
	assume(path.depth <= NODES_DEPTH);
	if (nodes_next(&nodes, &walk, &name, &child))
		prove(is_part(name, tree) && walk.depth == 1 &&
		      child == walk.at);
	if (nodes_property(&nodes, &node, &name, &value))
		prove(is_part(name, strings) && is_inside(value, tree));
	if (nodes_walk(&nodes, &path))
		prove(path.depth && path.depth <= NODES_DEPTH);
	(void)nodes_are_sound(&nodes);
}
