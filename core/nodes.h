/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The nodes of a device tree blob that tree_check() has found sound, read by
 * one pass over its tags (Devicetree Specification 0.4, section 5.4). libfdt
 * does the same with ten times the instructions, as it checks each tag anew.
 */
#ifndef CORE_NODES_H
#define CORE_NODES_H

#include "base.h"
#include "view.h"

/* A tree. A node is known by where its first property or child is. */
struct nodes {
	struct view tags, strings;
};

struct nodes nodes_of(struct view tree);

/* The root; false if there is none. */
must_check bool nodes_root(const struct nodes *nodes, u64 *out);

/* A walk over the children of a node, which it begins with. */
struct node_walk {
	u64 at;
	u32 depth;
};

/* The next child; false behind the last one. */
must_check bool nodes_next(const struct nodes *nodes, struct node_walk *walk,
			   struct view *name, u64 *child);

/* The child of a name; false, and *out untouched, if there is none. */
must_check bool nodes_child(const struct nodes *nodes, u64 node,
			    struct view name, u64 *out);

/* The next property of a node, from *at on, which begins as the node; false
 * behind the last one. */
must_check bool nodes_property(const struct nodes *nodes, u64 *at,
			       struct view *name, struct view *value);

/* A node with all that it is in, from the root on. */
#define NODES_DEPTH 16
struct node_path {
	u64 next; /* of the walk */
	u32 depth;
	u64 node[NODES_DEPTH];
};

/* Walk over all nodes, the root first: begin with a path of zeroes. False at
 * the end, and where nodes lie deeper than NODES_DEPTH. */
must_check bool nodes_walk(const struct nodes *nodes, struct node_path *path);

/* The node that a path leads to, and above it; there must be as many. */
static inline u64 nodes_above(const struct node_path *path, u32 levels)
{
	return path->node[path->depth - 1 - levels];
}

/* Are all tags right: nodes end as often as they begin, properties have names,
 * and then comes the end? */
must_check bool nodes_are_sound(const struct nodes *nodes);

/* A property; false, and *out untouched, if it is not there. */
must_check bool nodes_value(const struct nodes *nodes, u64 node,
			    struct view name, struct view *out);

/* The first cell of a property; otherwise, if it has none, the standard. */
u64 nodes_number(const struct nodes *nodes, u64 node, struct view name,
		 u64 standard);

/* A property that is one string, which need not end in a NUL; empty if it is
 * not there. */
struct view nodes_string(const struct nodes *nodes, u64 node, struct view name);

#endif
