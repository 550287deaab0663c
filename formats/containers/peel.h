/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Peeling: what is in a module that may be packed, a bundle, or both.
 */
#ifndef FORMATS_PEEL_H
#define FORMATS_PEEL_H

#include "boot.h"
#include "format.h"

/* What is looked for. */
struct wanted {
	const struct format *format; /* NULL: of any */
	enum claim least;	     /* how sure it must be one */
};

/*
 * Peel a file until there is no container left, and ask the formats for it:
 * payload.image, and what else comes out. payload.format stays NULL if none
 * claims it; a packed file is opened whole only if its beginning is promising,
 * so that a compressed initrd is neither unpacked nor judged: if not even its
 * beginning can be read, or a tree, that is a doubt only, which concerns
 * whoever meant it to be a kernel.
 */
must_check why peel(struct boot *boot, struct plan *scratch, struct view file,
		    struct wanted wanted, why *doubt);

/* A line that names a format says that the kernel is one of it. */
void peel_read_format(struct view line, struct wanted *wanted);

/* The tree at a file's beginning, whole, and moved if it does not lie as libfdt
 * wants it. */
must_check why peel_tree(struct boot *boot, struct plan *scratch,
			 struct view file, struct view *tree);

/* Give the kernel one more module. */
must_check why peel_add_module(struct payload *payload, struct module module);

#endif
