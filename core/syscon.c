// SPDX-License-Identifier: BSD-2-Clause
/*
 * Walks a device tree twice: for the node that says what to write, and, if that
 * one names it, for the system controller whose register it is.
 */
#include "syscon.h"

#include "ranges.h"
#include "tree.h"

#define MAX_DEPTH	 8   /* nodes below are not seen */
#define DEFAULT_PRIORITY 192 /* of syscon-reboot */
#define DEFAULT_WIDTH	 4

enum {
	ADDRESS_CELLS,
	SIZE_CELLS,
	RANGES,
	STATUS,
	COMPATIBLE,
	PHANDLE,
	REG,
	IO_WIDTH,
	IS_BIG_ENDIAN,
	REGMAP,
	OFFSET,
	MASK,
	VALUE,
	PRIORITY,
};

/* The properties that count. */
static const struct tree_name names[] = {
	[ADDRESS_CELLS] = TREE_NAME("#address-cells"),
	[SIZE_CELLS] = TREE_NAME("#size-cells"),
	[RANGES] = TREE_NAME("ranges"),
	[STATUS] = TREE_NAME("status"),
	[COMPATIBLE] = TREE_NAME("compatible"),
	[PHANDLE] = TREE_NAME("phandle"),
	[REG] = TREE_NAME("reg"),
	[IO_WIDTH] = TREE_NAME("reg-io-width"),
	[IS_BIG_ENDIAN] = TREE_NAME("big-endian"),
	[REGMAP] = TREE_NAME("regmap"),
	[OFFSET] = TREE_NAME("offset"),
	[MASK] = TREE_NAME("mask"),
	[VALUE] = TREE_NAME("value"),
	[PRIORITY] = TREE_NAME("priority"),
};

/* Values that are not there are at NULL. */
struct node {
	struct view values[ARRAY_LEN(names)];
};

/* Not on the stack: that may be an exception's, which is short. */
static struct {
	struct tree_walk walk;
	struct node nodes[MAX_DEPTH + 1]; /* from the root, which is 1, on */
	struct node node, controller;	  /* that were found */
	struct range registers;		  /* the controller's, or empty */
} search;

static u64 number(const struct node *node, u32 property, u64 standard)
{
	u64 value = standard;

	return tree_number(node->values[property], &value) ? value : standard;
}

/* Go on to the next node that ends, all of whose properties are then known;
 * its depth, or 0 at the end of the tree. */
static int next_node(void)
{
	struct tree_walk *walk = &search.walk;

	while (tree_step(walk)) {
		int depth = walk->depth + (walk->tag == FDT_END_NODE);

		if (depth > MAX_DEPTH)
			continue;
		if (walk->tag == FDT_BEGIN_NODE)
			search.nodes[depth] = (struct node){ 0 };
		if (walk->tag == FDT_PROP)
			tree_keep(walk, names, ARRAY_LEN(names),
				  search.nodes[depth].values);
		if (walk->tag == FDT_END_NODE)
			return depth;
	}
	return 0;
}

static bool is_enabled(const struct node *node)
{
	struct view status = node->values[STATUS];

	return !status.len || view_starts(status, VIEW("ok"));
}

/* Is the node compatible, by one of the strings in its list? */
static bool is_compatible(const struct node *node, struct view wanted)
{
	struct view list = node->values[COMPATIBLE];

	while (list.len) {
		struct view word = list;

		word.len = strnlen((const char *)list.at, list.len);
		if (view_equal(word, wanted))
			return is_enabled(node);
		list = view_from(list, word.len + 1);
	}
	return false;
}

/* Take a number of one or two cells off a value. */
static bool take_cells(struct view *value, u64 nr, u64 *out)
{
	*out = 0;
	for (u64 cell; nr; nr--) {
		if (*out >> 32 || !tree_number(*value, &cell))
			return false;
		*out = *out << 32 | cell;
		*value = view_from(*value, sizeof(fdt32_t));
	}
	return true;
}

/* Take the node at a depth as the system controller: its first registers count
 * if its buses have the CPU's addresses. */
static void take_controller(int depth)
{
	const struct node *nodes = search.nodes, *node = &nodes[depth];
	struct view reg = node->values[REG];
	u64 start, len;
	bool good = depth > 1 && is_enabled(node) &&
		    !node->values[IS_BIG_ENDIAN].at;

	for (int i = 2; i < depth; i++)
		good = good && nodes[i].values[RANGES].at &&
		       !nodes[i].values[RANGES].len;
	search.controller = *node;
	if (!good ||
	    !take_cells(&reg, number(node - 1, ADDRESS_CELLS, 2), &start) ||
	    !take_cells(&reg, number(node - 1, SIZE_CELLS, 1), &len) ||
	    !range_of(start, len, &search.registers))
		search.registers = (struct range){ 0, 0 };
}

/* Find the node, and the controller that it is in. */
static bool find_node(struct view compatible)
{
	u64 best = 0;
	int depth;

	while ((depth = next_node())) {
		const struct node *node = &search.nodes[depth];
		u64 priority = number(node, PRIORITY, DEFAULT_PRIORITY) + 1;

		if (priority <= best || !is_compatible(node, compatible))
			continue;
		best = priority;
		search.node = *node;
		take_controller(depth - 1);
	}
	return best;
}

/* Find the controller that the node names instead. */
static bool find_controller(u64 phandle)
{
	int depth;

	while ((depth = next_node()))
		if (number(&search.nodes[depth], PHANDLE, 0) == phandle) {
			take_controller(depth);
			return true;
		}
	return false;
}

bool syscon_find(struct view tree, struct view compatible, struct syscon *out)
{
	const struct node *node = &search.node;
	struct range range;
	u64 phandle, offset, width;

	memset(&search, 0, sizeof(search));
	if (tree_begin(tree, &search.walk) || !find_node(compatible))
		return false;
	phandle = number(node, REGMAP, 0);
	if (phandle &&
	    (tree_begin(tree, &search.walk) || !find_controller(phandle)))
		return false;
	width = number(&search.controller, IO_WIDTH, DEFAULT_WIDTH);
	offset = number(node, REG, number(node, OFFSET, ~0ull));
	if (width > 4 || !is_power_of_two(width) ||
	    !range_of(search.registers.start + offset, width, &range) ||
	    !range_within(range, search.registers) || range.start % width)
		return false;
	/* Alone, either of them is the value, of all bits. */
	*out = (struct syscon){
		.at = range.start,
		.width = (u32)width,
		.value = (u32)number(node, VALUE, number(node, MASK, 0)),
		.mask = ~0u,
	};
	if (node->values[VALUE].at)
		out->mask = (u32)number(node, MASK, ~0u);
	return node->values[VALUE].at || node->values[MASK].at;
}
