// SPDX-License-Identifier: BSD-2-Clause
/*
 * Looks for the node that says what to write, then for the system controller
 * whose register it is: the node's parent, or the one that it names.
 */
#include "syscon.h"

#include "nodes.h"
#include "ranges.h"
#include "tree.h"

#define DEFAULT_PRIORITY 192 /* of syscon-reboot */
#define DEFAULT_WIDTH	 4

static bool has(const struct nodes *nodes, u64 node, struct view name)
{
	struct view value;

	return nodes_value(nodes, node, name, &value);
}

static bool is_enabled(const struct nodes *nodes, u64 node)
{
	struct view status = nodes_string(nodes, node, VIEW("status"));

	return !status.len || view_starts(status, VIEW("ok"));
}

/* Is the name one of its strings? */
static bool is_compatible(const struct nodes *nodes, u64 node, struct view name)
{
	struct view list = VIEW(""), one;

	if (!nodes_value(nodes, node, VIEW("compatible"), &list))
		return false;
	for (; list.len; list = view_from(list, one.len + 1)) {
		one = list;
		one.len = strnlen((const char *)list.at, list.len);
		if (view_equal(one, name))
			return true;
	}
	return false;
}

/* The enabled node of the highest priority, the first of several. */
static bool find_node(const struct nodes *nodes, struct view compatible,
		      struct node_path *out)
{
	struct node_path path = { .next = 0 };
	u64 best = 0;

	while (nodes_walk(nodes, &path)) {
		u64 node = nodes_above(&path, 0);
		u64 priority = nodes_number(nodes, node, VIEW("priority"),
					    DEFAULT_PRIORITY) +
			       1;

		if (priority > best && is_compatible(nodes, node, compatible) &&
		    is_enabled(nodes, node)) {
			best = priority;
			*out = path;
		}
	}
	return best;
}

/* The node that a number stands for; "linux,phandle" is its older name. */
static bool find_phandle(const struct nodes *nodes, u64 phandle,
			 struct node_path *out)
{
	*out = (struct node_path){ .next = 0 };
	while (nodes_walk(nodes, out)) {
		u64 node = nodes_above(out, 0);
		u64 old = nodes_number(nodes, node, VIEW("linux,phandle"), 0);

		if (nodes_number(nodes, node, VIEW("phandle"), old) == phandle)
			return true;
	}
	return false;
}

/* Take a number of up to two cells off a value. */
static bool take_cells(struct view *value, u64 nr, u64 *out)
{
	u32 cell;

	*out = 0;
	for (; nr; nr--) {
		if (*out >> 32 || !view_read(*value, 0, &cell, sizeof(cell)))
			return false;
		*out = *out << 32 | __builtin_bswap32(cell);
		*value = view_from(*value, sizeof(cell));
	}
	return true;
}

/* Do all buses above a node, except the root, use the CPU's addresses? */
static bool is_bus_transparent(const struct nodes *nodes,
			       const struct node_path *path)
{
	struct view ranges;

	for (u32 i = 1; i + 1 < path->depth; i++)
		if (!nodes_value(nodes, path->node[i], VIEW("ranges"),
				 &ranges) ||
		    ranges.len)
			return false;
	return true;
}

/* The first registers of a system controller; empty where they cannot be
 * reached by their addresses. */
static struct range registers_of(const struct nodes *nodes,
				 const struct node_path *path)
{
	struct range out = { 0, 0 };
	u64 controller = nodes_above(path, 0), start, size, bus;
	struct view reg;

	if (path->depth < 2 ||
	    !nodes_value(nodes, controller, VIEW("reg"), &reg) ||
	    !is_enabled(nodes, controller) ||
	    has(nodes, controller, VIEW("big-endian")) ||
	    !is_bus_transparent(nodes, path))
		return out;
	bus = nodes_above(path, 1);
	/* The defaults of the specification, section 2.3.5. */
	if (!take_cells(&reg,
			nodes_number(nodes, bus, VIEW("#address-cells"), 2),
			&start) ||
	    !take_cells(&reg, nodes_number(nodes, bus, VIEW("#size-cells"), 1),
			&size) ||
	    !range_of(start, size, &out))
		return (struct range){ 0, 0 };
	return out;
}

/* The one that it names, or is in. */
static bool find_controller(const struct nodes *nodes,
			    const struct node_path *path, struct node_path *out)
{
	u64 phandle =
		nodes_number(nodes, nodes_above(path, 0), VIEW("regmap"), 0);

	if (phandle)
		return find_phandle(nodes, phandle, out);
	*out = *path;
	return --out->depth;
}

bool syscon_find(struct view tree, const char *compatible, struct syscon *out)
{
	struct node_path path, above;
	struct range registers, range;
	struct nodes nodes;
	u64 node, offset, width;

	if (tree_check(tree, &tree))
		return false;
	nodes = nodes_of(tree);
	if (!find_node(&nodes, view_string(compatible), &path) ||
	    !find_controller(&nodes, &path, &above))
		return false;
	node = nodes_above(&path, 0);
	registers = registers_of(&nodes, &above);
	width = nodes_number(&nodes, nodes_above(&above, 0),
			     VIEW("reg-io-width"), DEFAULT_WIDTH);
	offset =
		nodes_number(&nodes, node, VIEW("reg"),
			     nodes_number(&nodes, node, VIEW("offset"), ~0ull));
	if (width > 4 || !is_power_of_two(width) ||
	    !range_of(registers.start + offset, width, &range) ||
	    !range_within(range, registers) || range.start % width)
		return false;
	/* Alone, either of them is the value, of all bits. */
	*out = (struct syscon){
		.at = range.start,
		.width = (u32)width,
		.value = (u32)nodes_number(
			&nodes, node, VIEW("value"),
			nodes_number(&nodes, node, VIEW("mask"), 0)),
		.mask = ~0u,
	};
	if (has(&nodes, node, VIEW("value")))
		out->mask = (u32)nodes_number(&nodes, node, VIEW("mask"), ~0u);
	return has(&nodes, node, VIEW("value")) ||
	       has(&nodes, node, VIEW("mask"));
}
