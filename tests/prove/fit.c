// SPDX-License-Identifier: BSD-2-Clause
/*
 * FIT images: what a configuration names lies in the file or in its tree. An
 * image of it stands for its contract, which fit_image.c proves.
 */
#include "fit_nodes.h"

static why find_image(const struct fit *fit, const char *key, struct view name,
		      struct fit_image *out)
{
	prove(key && (!name.len || __CPROVER_r_ok(name.at, name.len)));
	if (nondet_bool())
		return "any";
	out->data = any_part(nondet_bool() ? fit->file : fit->tree);
	return NULL;
}

#include "../../formats/containers/fit.c"

void harness(void)
{
	struct view file = any_file(LONG), tree = any_file(LONG);
	struct view asked = any_file(4);
	struct fit fit;

	(void)fit_has_images(tree);
	if (fit_open(file, tree, asked, NULL, &fit))
		return;
	prove(fit.kernel.data.len);
	prove(is_of(fit.kernel.data, &fit) && is_of(fit.ramdisk.data, &fit) &&
	      is_of(fit.devicetree.data, &fit) && is_of(fit.bootargs, &fit) &&
	      is_of(fit.loadables, &fit) &&
	      (is_of(fit.config, &fit) || is_part(fit.config, asked)));
}
