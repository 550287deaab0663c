/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FIT images (flat image tree specification), which are device trees.
 */
#ifndef FORMATS_FIT_H
#define FORMATS_FIT_H

#include "base.h"
#include "nodes.h"
#include "view.h"

/* An image that a configuration names; data is empty if it names none. */
struct fit_image {
	struct view name, data;
	struct view description, type, compression; /* empty: it does not say */
};

struct fit {
	struct fit_image kernel, ramdisk, devicetree;
	struct view bootargs; /* command line; empty: none */
	struct view config;   /* the configuration's name */
	bool is_default;      /* or asked for; else the first, as none is */
	bool is_signed;	      /* by what nobody checks here */
	struct view unused;   /* what else it names; empty: nothing */

	/* For the other images. */
	struct view file, tree, loadables;
	struct nodes nodes;
	u64 images, at;
	void (*pause)(void);
};

/* Does a tree, already checked, hold images? */
bool fit_has_images(struct view tree);

/*
 * Find what a configuration names, the default's if its own name is empty, and
 * hold it against all the hashes that the tree has for it. tree is what
 * tree_check() gave of the file's beginning, or of a copy; views point into
 * either. pause, if not NULL, is called in time during long work. Fails if the
 * tree names what is not there, a kernel for another machine, a hash that is
 * wrong or of an unknown kind: no other configuration is tried.
 */
must_check why fit_open(struct view file, struct view tree, struct view config,
			void (*pause)(void), struct fit *out);

/* The n-th of its loadables, checked in the same way; its data is empty behind
 * the last one. */
must_check why fit_loadable(const struct fit *fit, u32 n,
			    struct fit_image *out);

#endif
