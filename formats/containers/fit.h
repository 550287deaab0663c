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
	struct view ramdisk;	 /* empty: none */
	struct view devicetree;	 /* empty: none */
	struct view bootargs;	 /* command line; empty: none */
	struct view config;	 /* the configuration's name */
	bool is_default;	 /* or else the first, as none is */
	struct view compression; /* of the kernel, as it says; empty: nothing */
};

/* Does a tree, already checked, hold images? */
bool fit_has_images(struct view tree);

/*
 * Find what the default configuration names. tree is what tree_check() gave of
 * the file's beginning, or of a copy; views point into either. Fails if the
 * tree names what is not there, or a kernel for another machine.
 */
must_check why fit_open(struct view file, struct view tree, struct fit *out);

#endif
