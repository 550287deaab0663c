/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FIT images (flat image tree specification), read with libfdt, and plain
 * flattened device trees, which look alike.
 */
#ifndef FORMATS_FIT_H
#define FORMATS_FIT_H

#include "base.h"
#include "view.h"

struct fit {
	struct view kernel;
	struct view ramdisk;	/* empty: none */
	struct view devicetree; /* empty: none */
	struct view bootargs;	/* command line; empty: none */
};

/* Does the file begin as a device tree blob does? */
bool fit_is_tree(struct view file);

/* Is it a tree that holds images? Judged by its first bytes if it is longer
 * than the view. */
bool fit_claims(struct view file);

/* Check a plain device tree; *out is as long as the tree says it is. */
must_check why fit_check_tree(struct view file, struct view *out);

/*
 * Find what the default configuration names. Views point into file. Fails if
 * the tree is damaged, lies on no 8-byte boundary, or names what is not there.
 */
must_check why fit_open(struct view file, struct fit *out);

#endif
