/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A walk over the tags of a flattened device tree (Devicetree Specification
 * 0.4, chapter 5), in views.
 */
#ifndef CORE_TREE_H
#define CORE_TREE_H

#include <libfdt_env.h>

#include <fdt.h>

#include "base.h"
#include "view.h"

/* A place in the tree: the newest tag, and how deep it is (the root is 1). */
struct tree_walk {
	struct view tree; /* as long as its header says */
	struct view strings;
	struct view left; /* of the structure block */
	int depth;
	u32 tag;
	struct view name;  /* of a node that begins, or of a property */
	struct view value; /* of a property */
	bool is_damaged;
};

/* A name to look for, of at most 15 characters: most differ in length. */
struct tree_name {
	u8 len;
	char text[15];
};

#define TREE_NAME(text)                                                        \
	{                                                                      \
		sizeof(text) - 1, text                                         \
	}

/* Does the file begin as a device tree blob does? */
bool tree_claims(struct view file);

/* The length that a tree's header gives it; 0 if there is no header. */
u64 tree_len(struct view file);

/* Begin a walk; fails if the header is damaged or the file too short. */
must_check why tree_begin(struct view file, struct tree_walk *walk);

/* Go to the next tag; false behind the last, and where the tree is damaged. */
bool tree_step(struct tree_walk *walk);

/* How a walk ended. */
must_check why tree_end(const struct tree_walk *walk);

/* Walk the whole tree. */
must_check why tree_check(struct view file, struct view *out);

/* Is the tag the beginning of a node of that name? */
bool tree_is_node(const struct tree_walk *walk, int depth, struct view name);

/* Keep the tag's value if it is a property of one of nr names: in the view of
 * the name's index. */
void tree_keep(const struct tree_walk *walk, const struct tree_name *names,
	       u32 nr, struct view *values);

/* The first cell of a value; false, and *out untouched, if it has none. */
must_check bool tree_number(struct view value, u64 *out);

#endif
