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
	u8 *copy = malloc(len + 8);
	struct view file = { copy, len }, tree;
	struct fit fit;

	/* Mostly aligned; the last byte of few inputs is 7. */
	if (len && bytes[len - 1] == 7)
		file.at = copy + 4;
	memcpy(copy + (file.at - copy), bytes, len);
	copy = realloc(copy, (u64)(file.at - copy) + len + !len);
	file.at = copy + (len && bytes[len - 1] == 7 ? 4 : 0);
	if (fit_claims(file) && !fit_open(file, &fit)) {
		must_lie_in(file, fit.kernel);
		must_lie_in(file, fit.ramdisk);
		must_lie_in(file, fit.devicetree);
		must_lie_in(file, fit.bootargs);
	}
	if (tree_claims(file) && !tree_check(file, &tree))
		must_lie_in(file, tree);
	free(copy);
	return 0;
}
