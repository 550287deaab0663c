// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where the bytes of a FIT image's images are.
 */
#include "fit_images.h"

#include <libfdt.h>

#include "tool.h"
#include "tree.h"

why fit_images_tree(struct view file, struct view *tree)
{
	u64 len = tree_len(file);
	u8 *copy;

	if ((u64)file.at % TREE_ALIGN == 0 || len > file.len)
		return tree_check(file, tree);
	copy = get_memory(len);
	memcpy(copy, file.at, len);
	return tree_check((struct view){ copy, len }, tree);
}

u64 fit_images_place(struct view tree, int image)
{
	u64 at = 0;

	if (tree_number(tree, image, "data-offset", &at))
		return at + align_up(tree.len, 4);
	return tree_number(tree, image, "data-position", &at) ? at : 0;
}

why fit_images_data(struct view file, struct view tree, int image,
		    struct view *out)
{
	int len = 0;
	const void *data = fdt_getprop(tree.at, image, "data", &len);
	u64 size;

	*out = VIEW("");
	if (data) {
		*out = (struct view){ data, (u64)len };
		return NULL;
	}
	if (!tree_number(tree, image, "data-size", &size))
		return "the image has no data";
	if (!view_cut(file, fit_images_place(tree, image), size, out))
		return "the image's data passes the end of the file";
	return NULL;
}
