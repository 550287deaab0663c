/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FIT images (flat image tree specification), which are device trees.
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

/* Is it a tree that holds images? Judged by its first bytes if it is longer
 * than the view. */
bool fit_claims(struct view file);

/*
 * Find what the default configuration names. Views point into file. Fails if
 * the tree is damaged or names what is not there.
 */
must_check why fit_open(struct view file, struct fit *out);

#endif
