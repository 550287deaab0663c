// SPDX-License-Identifier: BSD-2-Clause
/*
 * FIT images of any bytes, at any alignment: refused, or all that is found
 * lies in the file.
 */
#include "fit.h"
#include "oracle.h"
#include "tree.h"

static void must_lie_in(struct view file, struct view part)
{
	assert(part.at);
	assert(!part.len ||
	       (part.at >= file.at && part.at <= file.at + file.len &&
		part.len <= (u64)(file.at + file.len - part.at)));
}

static void must_be_sound(struct view file, const struct fit *fit)
{
	struct fit_image image;

	must_lie_in(file, fit->kernel.data);
	must_lie_in(file, fit->ramdisk.data);
	must_lie_in(file, fit->devicetree.data);
	must_lie_in(file, fit->bootargs);
	must_lie_in(file, fit->unused);
	for (u32 n = 0; n < 4; n++)
		if (!fit_loadable(fit, n, &image)) {
			must_lie_in(file, image.data);
			must_lie_in(file, image.description);
		}
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	u8 *copy = malloc(len + !len);
	struct view file = { copy, len }, tree;
	struct fit fit;

	memcpy(copy, bytes, len);
	if (tree_claims(file) && !tree_check(file, &tree)) {
		must_lie_in(file, tree);
		if (fit_has_images(tree) &&
		    !fit_open(file, tree, VIEW(""), NULL, &fit))
			must_be_sound(file, &fit);
	}
	free(copy);
	return 0;
}
