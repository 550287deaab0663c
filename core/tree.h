/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flattened device trees (Devicetree Specification 0.4, chapter 5) as views.
 * What tree_check() has found whole may be read with libfdt.
 */
#ifndef CORE_TREE_H
#define CORE_TREE_H

#include "base.h"
#include "view.h"

#define TREE_ALIGN 8 /* of its address in bytes, for libfdt */

/* Does the file begin as a device tree blob does? */
bool tree_claims(struct view file);

/* The length that a tree's header gives it; 0 if there is no header. */
u64 tree_len(struct view file);

/* See that the header and all tags are right. *out is as long as the header
 * says. Fails if it does not lie at a multiple of TREE_ALIGN. */
must_check why tree_check(struct view file, struct view *out);

/* A property that is one string, which need not end in a NUL; empty, at the
 * tree's beginning, where it is not there. node is libfdt's offset. */
struct view tree_string(struct view tree, int node, const char *name);

/* The first cell of a property; false, and *out untouched, if it has none. */
must_check bool tree_number(struct view tree, int node, const char *name,
			    u64 *out);

#endif
