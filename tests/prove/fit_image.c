// SPDX-License-Identifier: BSD-2-Clause
/*
 * An image of a FIT image: its data lies in the file or in the tree.
 */
#include "fit_nodes.h"

#include "../../formats/containers/fit.c"

#define NAMES_LEN 2 /* of the list of loadables */

u32 digest_of(struct view algorithm, struct view data, void (*pause)(void),
	      u8 out[DIGEST_MAX])
{
	u32 len = nondet_u32();

	(void)pause;
	prove(!algorithm.len || __CPROVER_r_ok(algorithm.at, algorithm.len));
	prove(!data.len || __CPROVER_r_ok(data.at, data.len));
	__CPROVER_havoc_slice(out, DIGEST_MAX);
	assume(len <= DIGEST_MAX);
	return len;
}

void harness(void)
{
	struct view file = any_file(LONG), tree = any_file(LONG);
	struct fit fit = { .file = file,
			   .tree = tree,
			   .config = tree,
			   .images = IMAGES,
			   .nodes = { tree, tree } };
	struct fit_image image;

	fit.loadables = any_part(tree);
	fit.loadables.len = min_u64(fit.loadables.len, NAMES_LEN);
	if (!fit_loadable(&fit, nondet_u32(), &image))
		prove(is_of(image.data, &fit) && is_of(image.type, &fit) &&
		      is_of(image.compression, &fit) &&
		      is_of(image.description, &fit));
}
