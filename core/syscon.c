// SPDX-License-Identifier: BSD-2-Clause
/*
 * Looks for the node that says what to write, then for the system controller
 * whose register it is: the node's parent, or the one that it names.
 */
#include "syscon.h"

#include <libfdt.h>

#include "ranges.h"
#include "tree.h"

#define DEFAULT_PRIORITY 192 /* of syscon-reboot */
#define DEFAULT_WIDTH	 4

static u64 number(struct view tree, int node, const char *name, u64 standard)
{
	u64 value = standard;

	return tree_number(tree, node, name, &value) ? value : standard;
}

static bool has(struct view tree, int node, const char *name)
{
	return fdt_getprop(tree.at, node, name, NULL);
}

static bool is_enabled(struct view tree, int node)
{
	struct view status = tree_string(tree, node, "status");

	return !status.len || view_starts(status, VIEW("ok"));
}

/* The enabled node of the highest priority, the first of several; negative:
 * there is none. */
static int find_node(struct view tree, const char *compatible)
{
	int best = -FDT_ERR_NOTFOUND, node = -1;
	u64 best_priority = 0;

	for (;;) {
		u64 priority;

		node = fdt_node_offset_by_compatible(tree.at, node, compatible);
		if (node < 0)
			return best;
		priority = number(tree, node, "priority", DEFAULT_PRIORITY) + 1;
		if (priority > best_priority && is_enabled(tree, node)) {
			best_priority = priority;
			best = node;
		}
	}
}

/* Take a number of up to two cells off a value. */
static bool take_cells(struct view *value, int nr, u64 *out)
{
	fdt32_t cell;

	*out = 0;
	for (; nr > 0; nr--) {
		if (*out >> 32 || !view_read(*value, 0, &cell, sizeof(cell)))
			return false;
		*out = *out << 32 | fdt32_to_cpu(cell);
		*value = view_from(*value, sizeof(cell));
	}
	return !nr; /* negative: libfdt's refusal */
}

/* Do all buses above a node, except the root, use the CPU's addresses? */
static bool is_bus_transparent(struct view tree, int bus)
{
	int len;

	for (; bus > 0; bus = fdt_parent_offset(tree.at, bus))
		if (!fdt_getprop(tree.at, bus, "ranges", &len) || len)
			return false;
	return bus == 0;
}

/* The first registers of a system controller; empty where they cannot be
 * reached by their addresses. */
static struct range registers_of(struct view tree, int controller)
{
	struct range out = { 0, 0 };
	int bus = fdt_parent_offset(tree.at, controller), len;
	const void *value = fdt_getprop(tree.at, controller, "reg", &len);
	struct view reg;
	u64 start, size;

	if (bus < 0 || !value || !is_enabled(tree, controller) ||
	    has(tree, controller, "big-endian") ||
	    !is_bus_transparent(tree, bus))
		return out;
	reg = (struct view){ value, (u64)len };
	if (!take_cells(&reg, fdt_address_cells(tree.at, bus), &start) ||
	    !take_cells(&reg, fdt_size_cells(tree.at, bus), &size) ||
	    !range_of(start, size, &out))
		return (struct range){ 0, 0 };
	return out;
}

bool syscon_find(struct view tree, const char *compatible, struct syscon *out)
{
	struct range registers, range;
	u64 phandle, offset, width;
	int node, controller;

	if (tree_check(tree, &tree))
		return false;
	node = find_node(tree, compatible);
	if (node < 0)
		return false;
	phandle = number(tree, node, "regmap", 0);
	controller = phandle ? fdt_node_offset_by_phandle(tree.at, (u32)phandle)
			     : fdt_parent_offset(tree.at, node);
	if (controller < 0)
		return false;
	registers = registers_of(tree, controller);
	width = number(tree, controller, "reg-io-width", DEFAULT_WIDTH);
	offset = number(tree, node, "reg", number(tree, node, "offset", ~0ull));
	if (width > 4 || !is_power_of_two(width) ||
	    !range_of(registers.start + offset, width, &range) ||
	    !range_within(range, registers) || range.start % width)
		return false;
	/* Alone, either of them is the value, of all bits. */
	*out = (struct syscon){
		.at = range.start,
		.width = (u32)width,
		.value = (u32)number(tree, node, "value",
				     number(tree, node, "mask", 0)),
		.mask = ~0u,
	};
	if (has(tree, node, "value"))
		out->mask = (u32)number(tree, node, "mask", ~0u);
	return has(tree, node, "value") || has(tree, node, "mask");
}
