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
	must(part.at);
	must(!part.len ||
	     (part.at >= file.at && part.at <= file.at + file.len &&
	      part.len <= (u64)(file.at + file.len - part.at)));
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t len)
{
	u8 *copy = malloc(len + !len);
	struct view file = { copy, len }, tree;
	struct fit fit;

	memcpy(copy, bytes, len);
	if (tree_claims(file) && !tree_check(file, &tree)) {
		must_lie_in(file, tree);
		if (fit_has_images(tree) && !fit_open(file, tree, &fit)) {
			must_lie_in(file, fit.kernel);
			must_lie_in(file, fit.ramdisk);
			must_lie_in(file, fit.devicetree);
			must_lie_in(file, fit.bootargs);
		}
	}
	free(copy);
	return 0;
}
