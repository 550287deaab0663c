// SPDX-License-Identifier: BSD-2-Clause
/*
 * Device trees, with libfdt.
 */
#include "devicetree.h"

#include <libfdt.h>

#include "tree.h"

/* Of the node and four properties: tags, lengths, padding, names. */
#define FIX_ROOM 256

u64 devicetree_room(struct view tree, const struct chosen *chosen)
{
	return tree.len + FIX_ROOM + chosen->bootargs.len +
	       chosen->rng_seed.len;
}

/* Offset of /chosen, made if it is not there; negative if that fails. */
static int find_chosen(void *tree)
{
	int node = fdt_path_offset(tree, "/chosen");

	return node == -FDT_ERR_NOTFOUND ? fdt_add_subnode(tree, 0, "chosen")
					 : node;
}

static int put_bootargs(void *tree, struct view line)
{
	void *value;
	int error = fdt_setprop_placeholder(tree, find_chosen(tree), "bootargs",
					    (int)line.len + 1, &value);

	if (error)
		return error;
	memcpy(value, line.at, line.len);
	((char *)value)[line.len] = '\0';
	return 0;
}

/* Take a property off; it need not be there. */
static int drop(void *tree, const char *name)
{
	int error = fdt_delprop(tree, find_chosen(tree), name);

	return error == -FDT_ERR_NOTFOUND ? 0 : error;
}

static int put_seed(void *tree, struct view seed)
{
	if (!seed.len)
		return drop(tree, "rng-seed");
	return fdt_setprop(tree, find_chosen(tree), "rng-seed", seed.at,
			   (int)seed.len);
}

static int put_initrd(void *tree, const char *name, bool is_there)
{
	if (!is_there)
		return drop(tree, name);
	return fdt_setprop_u64(tree, find_chosen(tree), name, 0);
}

static int put_chosen(void *tree, const struct chosen *chosen)
{
	int error = put_bootargs(tree, chosen->bootargs);

	if (!error)
		error = put_seed(tree, chosen->rng_seed);
	if (!error)
		error = put_initrd(tree, "linux,initrd-start",
				   chosen->has_initrd);
	if (!error)
		error = put_initrd(tree, "linux,initrd-end",
				   chosen->has_initrd);
	return error ? error : fdt_pack(tree);
}

why devicetree_fix(struct view tree, const struct chosen *chosen, u8 *room,
		   struct view *out)
{
	u64 len = devicetree_room(tree, chosen);
	why bad = tree_check(tree, &tree);

	if (bad)
		return bad;
	if (len > INT32_MAX)
		return "the device tree is too long";
	if (fdt_check_full(tree.at, tree.len) ||
	    fdt_open_into(tree.at, room, (int)len))
		return "the device tree is damaged";
	if (put_chosen(room, chosen))
		return "the device tree does not take what the kernel is told";
	*out = (struct view){ room, fdt_totalsize(room) };
	return NULL;
}

void devicetree_set_initrd(u8 *tree, struct range initrd)
{
	int node = fdt_path_offset(tree, "/chosen");

	fdt_setprop_inplace_u64(tree, node, "linux,initrd-start", initrd.start);
	fdt_setprop_inplace_u64(tree, node, "linux,initrd-end", initrd.end);
}
