// SPDX-License-Identifier: BSD-2-Clause
/*
 * FIT images of any bytes, at any alignment: refused, or all that is found
 * lies in the file.
 */
#include "fit.h"
#include "lies_in.h"
#include "oracle.h"
#include "tree.h"

static void must_be_sound(struct view file, const struct fit *fit)
{
	struct fit_image image;

	assert(is_found_in(file, fit->kernel.data));
	assert(is_found_in(file, fit->ramdisk.data));
	assert(is_found_in(file, fit->devicetree.data));
	assert(is_found_in(file, fit->bootargs));
	assert(is_found_in(file, fit->unused));
	for (u32 n = 0; n < 4; n++)
		if (!fit_loadable(fit, n, &image)) {
			assert(is_found_in(file, image.data));
			assert(is_found_in(file, image.description));
		}
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	u8 *copy = malloc(len + !len);
	struct view file = { copy, len }, tree;
	struct fit fit;

	memcpy(copy, bytes, len);
	if (tree_claims(file) && !tree_check(file, &tree)) {
		assert(is_found_in(file, tree));
		if (fit_has_images(tree) &&
		    !fit_open(file, tree, VIEW(""), NULL, &fit))
			must_be_sound(file, &fit);
	}
	free(copy);
	return 0;
}
