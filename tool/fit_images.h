/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A FIT image with all its images, to be shown and taken apart. Which of them
 * are booted is decided in formats/containers/fit.h.
 */
#ifndef TOOL_FIT_IMAGES_H
#define TOOL_FIT_IMAGES_H

#include "view.h"

/* The tree at a file's beginning, checked: a copy if it does not lie as libfdt
 * wants it. Fails as tree_check() does. */
must_check why fit_images_tree(struct view file, struct view *tree);

/* The bytes of an image, in the tree or behind it. */
must_check why fit_images_data(struct view file, struct view tree, int image,
			       struct view *out);

/* Where those that lie behind the tree should begin; else 0. */
u64 fit_images_place(struct view tree, int image);

#endif
